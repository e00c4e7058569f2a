import JSONText

/// Puts a value into a JSON text and leaves every other byte as it is: order, blanks, numbers as they are written.
struct JSONMerge {
  private var bytes: [UInt8]
  private var edits: [Change.Edit] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text with the members of an object at the path, which is made where it is missing. Members that stand there and are
  /// not among the new ones stay.
  func merged(_ entry: JSON, at path: [String]) throws(Refusal) -> Change {
    var copy = self
    try copy.merge(entry, at: path[...])
    return Change(text: copy.bytes, edits: copy.edits)
  }

  private mutating func merge(_ entry: JSON, at path: ArraySlice<String>) throws(Refusal) {
    var expected = JSON(try scanned())
    var (depth, here) = (path.startIndex, try object([]))
    while depth < path.endIndex, let next = here[path[depth]] {
      depth += 1
      here = next
      guard next.kind == .object else { throw notAnObject(path[..<depth], next) }
    }
    let found = Array(path[..<depth])
    if depth < path.endIndex {
      // The outermost of what is missing holds all the rest.
      let inner = path[(depth + 1)...].reversed().reduce(entry) { .object([JSON.Member($1, $0)]) }
      try insert(JSON.Member(path[depth], inner), at: found)
    } else {
      for member in entry.members {
        guard let old = try object(found)[member.key] else {
          try insert(member, at: found)
          continue
        }
        if JSON(old) != member.value { try replace(old, with: member, at: found) }
      }
    }
    // What was done by cutting must be what would be done by building.
    expected = Self.set(expected, entry, path)
    guard JSON(try scanned()) == expected else {
      throw Refusal("it could not be changed without changing more than the server's entry; add the entry by hand")
    }
  }

  private func scanned() throws(Refusal) -> JSONValue {
    do throws(ScanError) {
      return try JSONDocument(bytes, dialect: .strict).root
    } catch {
      let (line, column) = Position.at(error.offset, in: bytes)
      let isComment = error.offset < bytes.count && bytes[error.offset] == UInt8(ascii: "/")
      let reason = isComment ? "comments are not read here" : "expected \(error.expected)"
      throw Refusal("it is no JSON at line \(line), column \(column): \(reason); mend it, or add the entry by hand")
    }
  }

  private func object(_ path: [String]) throws(Refusal) -> JSONValue {
    var value = try scanned()
    guard value.kind == .object else { throw notAnObject([], value) }
    for key in path { value = value[key] ?? .null }
    return value
  }

  private func notAnObject(_ path: ArraySlice<String>, _ value: JSONValue) -> Refusal {
    let (line, column) = Position.at(value.rawBytes.startIndex, in: bytes)
    let name = path.isEmpty ? "the file" : path.joined(separator: ".")
    return Refusal("\(name) holds no object (line \(line), column \(column)); mend it, or add the entry by hand")
  }

  // MARK: Cutting

  private mutating func insert(_ member: JSON.Member, at path: [String]) throws(Refusal) {
    let value = try object(path)
    let (raw, layout) = (value.rawBytes, Layout(bytes, path.count, try scanned()))
    let inside = raw.dropFirst().dropLast()
    let lead = Array(inside.prefix { Blank.bytes.contains($0) })
    let place: Int
    var new: [UInt8]
    var shown: String
    if !layout.hasLines {
      shown = "\(JSON.string(member.key).text): \(member.value.text)"
      place = value.count > 0 ? Self.end(of: inside) : inside.startIndex
      new = Array(((value.count > 0 ? ", " : "") + shown).utf8)
    } else if value.count > 0 {
      let base = String(decoding: lead.reversed().prefix { $0 != 0x0A }.reversed(), as: UTF8.self)
      shown = layout.text(member, base: lead.contains(0x0A) ? base : layout.indent(path.count + 1))
      place = Self.end(of: inside)
      let separator = lead.contains(0x0A) ? String(decoding: lead, as: UTF8.self) : " "
      new = Array(("," + separator + shown).utf8)
    } else {
      shown = layout.text(member, base: layout.indent(path.count + 1))
      place = inside.startIndex
      new = Array(
        (layout.newline + layout.indent(path.count + 1) + shown + layout.newline + layout.indent(path.count)).utf8)
      bytes.removeSubrange(inside.startIndex..<inside.endIndex)
    }
    bytes.insert(contentsOf: new, at: place)
    let lineBreaks = new.prefix { Blank.bytes.contains($0) || $0 == UInt8(ascii: ",") }.count { $0 == 0x0A }
    edits.append(Change.Edit(line: Position.at(place, in: bytes).line + lineBreaks, old: nil, new: shown))
  }

  private mutating func replace(_ old: JSONValue, with member: JSON.Member, at path: [String]) throws(Refusal) {
    let layout = Layout(bytes, path.count, try scanned())
    let raw = old.rawBytes
    let new = layout.hasLines ? layout.value(member.value, base: layout.indent(path.count + 1)) : member.value.text
    let key = JSON.string(member.key).text
    edits.append(
      Change.Edit(
        line: Position.at(raw.startIndex, in: bytes).line, old: "\(key): \(String(decoding: raw, as: UTF8.self))",
        new: "\(key): \(new)"))
    bytes.replaceSubrange(raw.startIndex..<raw.endIndex, with: Array(new.utf8))
  }

  /// Behind the last value of an object.
  private static func end(of inside: ArraySlice<UInt8>) -> Int {
    (inside.lastIndex { !Blank.bytes.contains($0) } ?? inside.startIndex - 1) + 1
  }

  private static func set(_ json: JSON, _ entry: JSON, _ path: ArraySlice<String>) -> JSON {
    var copy = json
    guard let key = path.first else {
      for member in entry.members { copy[member.key] = member.value }
      return copy
    }
    copy[key] = set(copy[key] ?? .object([]), entry, path.dropFirst())
    return copy
  }

  /// How the file is laid out: what its levels are indented by and what ends its lines.
  private struct Layout {
    var hasLines: Bool
    var newline: String
    var unit: String

    init(_ bytes: [UInt8], _ depth: Int, _ root: JSONValue) {
      hasLines = root.count == 0 || root.rawBytes.contains(0x0A)
      newline = root.rawBytes.contains(0x0D) ? "\r\n" : "\n"
      let lead = root.rawBytes.dropFirst().prefix { Blank.bytes.contains($0) }
      let indent = lead.reversed().prefix { $0 != 0x0A }.reversed()
      unit = root.count > 0 && lead.contains(0x0A) && !indent.isEmpty ? String(decoding: indent, as: UTF8.self) : "  "
    }

    func indent(_ level: Int) -> String { String(repeating: unit, count: level) }
    func value(_ value: JSON, base: String) -> String { value.prettyText(unit: unit, base: base, newline: newline) }
    func text(_ member: JSON.Member, base: String) -> String {
      "\(JSON.string(member.key).text): \(value(member.value, base: base))"
    }
  }
}
