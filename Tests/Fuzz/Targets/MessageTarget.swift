import JSONText
import MCP

extension FuzzTarget {
  static let messages = FuzzTarget(
    "messages", "lines cut out of a stream in any pieces, and the messages in them",
    words: ["\n", "\r\n", "\u{feff}", "jsonrpc", "\"2.0\"", "\"id\":", "method", "params", "result", "error", "null"],
    maximumLength: 6_000,
    seeds: { corpus in
      let lines = corpus.messages
      let conversations = stride(from: 0, to: lines.count, by: 7).map { start in
        Array(lines[start..<min(start + 7, lines.count)].joined(separator: [UInt8(ascii: "\n")]))
      }
      return lines + conversations
    },
    check: { bytes in
      var numbers = SeededNumbers(digest(bytes))
      let limit = [40, 400, 1 << 20][numbers.pick(3)]
      let lines = MessageChecks.lines(bytes, limit: limit)
      try hold(
        MessageChecks.cut(bytes, limit: limit, &numbers) == lines, "the lines are others when they come in pieces")
      for case .line(let line) in lines { try MessageChecks.holds(line) }
    })
}

/// What holds of framing and messages.
enum MessageChecks {
  /// The lines of a stream that is there as a whole.
  static func lines(_ bytes: [UInt8], limit: Int) -> [LineBuffer.Line] {
    var lines: [LineBuffer.Line] = []
    for (place, piece) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      var line = piece
      // What was too long before its mark and its CR are taken away may be told at once.
      if place == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if line.count > limit {
        lines.append(.oversized)
      } else if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        lines.append(.line(Array(line)))
      }
    }
    return lines
  }

  /// The same through the buffer, in pieces of any length.
  static func cut(_ bytes: [UInt8], limit: Int, _ numbers: inout SeededNumbers) -> [LineBuffer.Line] {
    var buffer = LineBuffer(limit: limit)
    var lines: [LineBuffer.Line] = []
    var rest = bytes[...]
    let longest = [1, 7, 100, 5_000][numbers.pick(4)]
    while !rest.isEmpty {
      let piece = rest.prefix(1 + numbers.pick(longest))
      rest = rest.dropFirst(piece.count)
      _ = unsafe buffer.fill { room in
        unsafe room.copyBytes(from: piece)
        return piece.count
      }
      while let line = buffer.next() { lines.append(line) }
    }
    if let last = buffer.finish() { lines.append(last) }
    return lines
  }

  static func holds(_ line: [UInt8]) throws {
    let message = IncomingMessage(line: line)
    try answer(message, isInBatch: false)
    if case .refused = message { return }
    try hold(String(validating: line, as: UTF8.self) != nil, "a message of ill-formed UTF-8")
    try hold((try? JSONDocument(line, dialect: .strict)) != nil, "a message that is no JSON")
  }

  /// What is answered is one line of JSON with the id as it came.
  private static func answer(_ message: IncomingMessage, isInBatch: Bool) throws {
    switch message {
    case .request(let id, let method, let params):
      try hold(params.map { $0.kind == .object } ?? true, "parameters that are no object")
      let root = try line(OutgoingMessage.result(["method": .string(method)], id: id))
      guard let json = root["id"], let again = RequestID(json) else { throw Violation("the id is lost") }
      try hold(again == id && again.hashValue == id.hashValue, "another id goes back")
      try hold(root["result"]?["method"]?.string == method, "another method goes back")
    case .refused(let error, let id):
      try hold((-32_700 ... -32_000).contains(error.code.rawValue), "an odd code")
      let root = try line(OutgoingMessage.error(error, id: id))
      try hold(root["error"]?["message"]?.string?.isEmpty == false, "an error without words")
    case .batch(let messages):
      try hold(!isInBatch, "a batch in a batch")
      for message in messages { try answer(message, isInBatch: true) }
    case .notification, .ignored: break
    }
  }

  private static func line(_ bytes: [UInt8]) throws -> JSONValue {
    try hold(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().allSatisfy { $0 >= 0x20 }, "not one line")
    try hold(String(validating: bytes, as: UTF8.self) != nil, "an answer of ill-formed UTF-8")
    return try JSONDocument(bytes, dialect: .strict).root
  }
}
