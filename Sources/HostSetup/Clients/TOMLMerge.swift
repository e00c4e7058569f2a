/// Appends a table to a TOML file that does not have it.
///
/// What stands in the file is only looked through, never written anew: TOML has too many ways to say the same for a change in
/// the middle to be safe.
struct TOMLMerge {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text with the server's table at its end.
  ///
  /// - Throws: when the file cannot be read, or has another table of that name.
  func appended(_ entry: ServerEntry, to table: String) throws(Refusal) -> Change {
    let outline = try TOMLOutline(bytes)
    let own = [table, entry.name]
    let text = entry.toml(in: table)
    if let place = outline.tables.first(where: { $0.path == own }) {
      guard !outline.says(text, at: place) else { return Change(text: bytes, edits: []) }
      throw Refusal(
        "it has a table [\(table).\(entry.name)] at line \(place.line) that says something else. "
          + "Remove it, or change it to this:\n\(text)")
    }
    if let below = outline.tables.first(where: { $0.path.starts(with: own) }) {
      throw Refusal(
        "it has a table [\(below.path.joined(separator: "."))] at line \(below.line) but none of its server. "
          + "Add this by hand:\n\(text)")
    }
    // `mcp_servers = { … }` or `mcp_servers.mlflow-lens.command = …`: the table is closed, or is there in another form.
    if let key = outline.keys.first(where: { $0.path == [table] || $0.path.starts(with: own) }) {
      throw Refusal(
        "line \(key.line) gives \(key.path.joined(separator: ".")) without a table of its own. "
          + "Add this there by hand:\n\(text)")
    }
    var whole = bytes
    let newline = bytes.contains(0x0D) ? "\r\n" : "\n"
    let added =
      newline == "\n" ? text : text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: newline)
    if whole.last != 0x0A { whole += Array(newline.utf8) }
    if !outline.endsBlank { whole += Array(newline.utf8) }
    let line = Position.at(whole.count, in: whole).line
    whole += Array(added.utf8)
    return Change(text: whole, edits: [Change.Edit(line: line, old: nil, new: text)])
  }
}

/// The tables and keys of a TOML text, and the lines they stand on.
struct TOMLOutline {
  struct Place: Hashable {
    var path: [String]
    var line: Int
    /// Where the line behind it begins.
    var end: Int
  }

  private(set) var tables: [Place] = []
  /// With the path of their table.
  private(set) var keys: [Place] = []
  private let bytes: [UInt8]
  private var position = 0

  /// - Throws: what cannot be read, with its line.
  init(_ bytes: [UInt8]) throws(Refusal) {
    self.bytes = bytes
    var table: [String] = []
    while position < bytes.count {
      skipBlanks()
      switch peek {
      case nil: break
      case 0x0A?, 0x0D?: position += 1
      case UInt8(ascii: "#")?: skipLine()
      case UInt8(ascii: "[")?:
        let line = line
        let isArray = bytes[position...].starts(with: [UInt8(ascii: "["), UInt8(ascii: "[")])
        position += isArray ? 2 : 1
        table = try key()
        for _ in 0..<(isArray ? 2 : 1) { try expect(UInt8(ascii: "]"), "']' behind the name of a table") }
        try endLine()
        tables.append(Place(path: table, line: line, end: position))
      default:
        let line = line
        let path = table + (try key())
        try expect(UInt8(ascii: "="), "'=' behind a key")
        try value()
        try endLine()
        keys.append(Place(path: path, line: line, end: position))
      }
    }
  }

  /// Whether the file's last line is empty.
  var endsBlank: Bool { bytes.suffix(2) == [0x0A, 0x0A] || bytes.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] }

  /// Whether a table has these lines, in this order, and no others but empty ones and comments.
  func says(_ text: String, at table: Place) -> Bool {
    let next = tables.filter { $0.line > table.line }.map(\.line).min() ?? Int.max
    let there = lines(String(decoding: bytes, as: UTF8.self)).enumerated()
      .filter { $0.offset >= table.line && $0.offset + 1 < next }.map(\.element)
    return significant(there) == significant(Array(lines(text).dropFirst()))
  }

  private func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }

  private func significant(_ lines: [Substring]) -> [Substring] {
    lines.map { line in
      let start = line.drop { $0.isWhitespace }
      return start[..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)]
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }

  // MARK: Reading

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
  private var line: Int { Position.at(position, in: bytes).line }

  private func refusal(_ expected: String) -> Refusal {
    let (line, column) = Position.at(position, in: bytes)
    return Refusal(
      "it is no TOML at line \(line), column \(column): expected \(expected); mend it, or add the entry by hand")
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 { position += 1 }
  }

  private mutating func skipLine() {
    while let byte = peek, byte != 0x0A { position += 1 }
  }

  private mutating func expect(_ byte: UInt8, _ words: String) throws(Refusal) {
    skipBlanks()
    guard peek == byte else { throw refusal(words) }
    position += 1
  }

  private mutating func endLine() throws(Refusal) {
    skipBlanks()
    if peek == UInt8(ascii: "#") { skipLine() }
    if peek == 0x0D { position += 1 }
    guard peek == nil || peek == 0x0A else { throw refusal("the end of the line") }
    position += peek == nil ? 0 : 1
  }

  /// A dotted key.
  private mutating func key() throws(Refusal) -> [String] {
    var parts: [String] = []
    repeat {
      if !parts.isEmpty { position += 1 }
      skipBlanks()
      if let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        let start = position
        try string()
        // Escapes in a key are left as they are: no key that is looked for has any.
        parts.append(String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self))
      } else {
        let word = bytes[position...].prefix(while: Self.isBare)
        guard !word.isEmpty else { throw refusal("a key") }
        position += word.count
        parts.append(String(decoding: word, as: UTF8.self))
      }
      skipBlanks()
    } while peek == UInt8(ascii: ".")
    return parts
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39, 0x2D, 0x5F: true
    default: false
    }
  }

  /// A value: only its end is looked for.
  private mutating func value() throws(Refusal) {
    skipBlanks()
    guard let first = peek, first != 0x0A, first != UInt8(ascii: "#") else { throw refusal("a value") }
    var open: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): try string()
      case UInt8(ascii: "["): open.append(UInt8(ascii: "]")); position += 1
      case UInt8(ascii: "{"): open.append(UInt8(ascii: "}")); position += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard open.popLast() == byte else { throw refusal("no bracket that was not opened") }
        position += 1
      case UInt8(ascii: "#"):
        if open.isEmpty { return }
        skipLine()
      case 0x0A, 0x0D:
        if open.isEmpty { return }
        position += 1
      default: position += 1
      }
    }
    guard open.isEmpty else {
      throw refusal("'\(Character(UnicodeScalar(open[open.count - 1])))' before the end of the file")
    }
  }

  /// A string of any of the four kinds.
  private mutating func string() throws(Refusal) {
    let quote = bytes[position]
    let isLong = bytes[position...].starts(with: [quote, quote, quote])
    let hasEscapes = quote == UInt8(ascii: "\"")
    let begin = position
    position += isLong ? 3 : 1
    while let byte = peek {
      if hasEscapes, byte == UInt8(ascii: "\\") {
        position += 2
      } else if byte == 0x0A, !isLong {
        break
      } else if byte == quote, isLong, !bytes[position...].starts(with: [quote, quote, quote]) {
        position += 1
      } else if byte == quote {
        position += isLong ? 3 : 1
        // Up to two more quotes belong to the text of a long string.
        while isLong, peek == quote, position - begin < bytes.count { position += 1 }
        return
      } else {
        position += 1
      }
    }
    position = begin
    throw refusal("the end of this string")
  }
}
