import JSONText

/// Varies a JSON document as a tree, so that what comes out is JSON in most cases.
struct JSONMutator: Sendable {
  /// Trees whose parts are put into others.
  let donors: [JSON]
  /// Names that mean something.
  let words: [String]

  /// Varies a document; what is none stays.
  func vary(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    guard let document = try? JSONDocument(bytes) else { return }
    var json = JSON(document.root)
    for _ in 0...numbers.pick(4) {
      var place = numbers.pick(Self.count(json))
      json = vary(json, &place, &numbers)
    }
    bytes = numbers.pick(3) == 0 ? Array(json.pythonText.utf8) : json.bytes
  }

  /// Varies one of the lines.
  func varyLines(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    for _ in 0...numbers.pick(2) {
      let place = numbers.pick(lines.count)
      vary(&lines[place], &numbers)
    }
    if numbers.pick(8) == 0 { lines.insert(lines[numbers.pick(lines.count)], at: lines.count) }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private static func count(_ json: JSON) -> Int {
    switch json {
    case .array(let elements): elements.reduce(1) { $0 + count($1) }
    case .object(let members): members.reduce(1) { $0 + count($1.value) }
    default: 1
    }
  }

  /// The tree with its `place`-th value varied.
  private func vary(_ json: JSON, _ place: inout Int, _ numbers: inout SeededNumbers) -> JSON {
    place -= 1
    if place == -1 { return varied(json, &numbers) }
    guard place >= 0 else { return json }
    switch json {
    case .array(let elements): return .array(elements.map { place < 0 ? $0 : vary($0, &place, &numbers) })
    case .object(let members):
      return .object(members.map { place < 0 ? $0 : JSON.Member($0.key, vary($0.value, &place, &numbers)) })
    default: return json
    }
  }

  private func varied(_ json: JSON, _ numbers: inout SeededNumbers) -> JSON {
    switch (numbers.pick(12), json) {
    case (0, _): return Self.extremes[numbers.pick(Self.extremes.count)]
    // JSON in a string, which is what MLflow stores.
    case (1, _): return .string(json.text)
    case (2, .string(let text)): return (try? JSONDocument(text)).map { JSON($0.root) } ?? json
    case (3, _):
      var value = json
      for _ in 0..<[1, 2, 5, 5, 30, 60, 400][numbers.pick(numbers.pick(4) == 0 ? 7 : 4)] {
        value = numbers.pick(2) == 0 ? [value] : ["a": value]
      }
      return value
    case (4, _):
      guard let donor = numbers.pick(donors) else { return json }
      return Self.part(donor, numbers.pick(Self.count(donor)))
    case (5...9, .object(var members)) where !members.isEmpty:
      let place = numbers.pick(members.count)
      switch numbers.pick(4) {
      case 0: members.remove(at: place)
      case 1: members.insert(members[place], at: numbers.pick(members.count))
      case 2: members[place].key = key(&numbers)
      default: members.append(JSON.Member(key(&numbers), members[place].value))
      }
      return .object(members)
    case (5...9, .array(var elements)) where !elements.isEmpty:
      let place = numbers.pick(elements.count)
      switch numbers.pick(4) {
      case 0: elements.remove(at: place)
      case 1: elements.swapAt(place, numbers.pick(elements.count))
      default: elements += Array(repeating: elements[place], count: [1, 3, 40][numbers.pick(3)])
      }
      return .array(elements)
    case (5...9, .string(let text)): return .string(varied(text, &numbers))
    case (5...9, .int(let number)):
      return .int([number &+ 1, 0 &- number, number &* 1_000, number / 1_000, 0, .max, .min][numbers.pick(7)])
    default: return Self.extremes[numbers.pick(Self.extremes.count)]
    }
  }

  private func key(_ numbers: inout SeededNumbers) -> String {
    numbers.pick(6) == 0 ? varied("key", &numbers) : numbers.pick(words) ?? "key"
  }

  private func varied(_ text: String, _ numbers: inout SeededNumbers) -> String {
    let piece = numbers.pick(3) == 0 ? numbers.pick(words) ?? "" : Self.pieces[numbers.pick(Self.pieces.count)]
    var scalars = Array(text.unicodeScalars)
    let place = numbers.pick(scalars.count + 1)
    switch numbers.pick(5) {
    case 0: scalars.removeSubrange(place...)
    case 1: scalars += scalars
    case 2: return String(repeating: piece, count: [1, 10, 300][numbers.pick(3)])
    default: scalars.insert(contentsOf: piece.unicodeScalars, at: place)
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func part(_ json: JSON, _ place: Int) -> JSON {
    var left = place
    func find(_ json: JSON) -> JSON? {
      if left == 0 { return json }
      left -= 1
      switch json {
      case .array(let elements): return elements.lazy.compactMap(find).first
      case .object(let members): return members.lazy.compactMap { find($0.value) }.first
      default: return nil
      }
    }
    return find(json) ?? json
  }

  private static let extremes: [JSON] = [
    .null, true, false, 0, -1, .int(.max), .int(.min), .number("1e400"), .number("NaN"), .number("-Infinity"),
    .number("18446744073709551616"), .number("-0.0"), .double(0.1), "", "\u{0}", [], [:], [[]], [.null], "{", "[1,",
    "null",
    "\"\"", "0", "-1", "true", "9223372036854775807", "1e400s", "99999999999999.5s", "2026-11-16T09:00:00Z",
    "9999-12-31T23:59:59.999999999Z", "0000-00-00", "AAAAAAAAAAA=", "ffffffffffffffff", "STATUS_CODE_ERROR",
    .string(String(repeating: "long words ", count: 400)), .array(Array(repeating: 7, count: 300)),
  ]
  private static let pieces = [
    "\n", "\r\n", "\t", "\"", "\\", "\u{1b}[31m", "\u{202e}", "\u{200b}", "\u{0}", "\u{301}", "😀", "日本", "```", "<b>",
    "|",
    "12,345.67", "2026-11-16", "sorry, I cannot", "error: ", "https://example.com/a?b=c",
    "mlflow-attachment://x?size=1",
    "data:image/png;base64,AAAA", "password: hunter2hunter2", "you said always", "{\"half\": ", "not found", "s1", "%",
  ]
}
