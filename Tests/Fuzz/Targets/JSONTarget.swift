import JSONText

extension FuzzTarget {
  static let json = FuzzTarget(
    "json", "the scanner against RFC 8259; values, writers and paths against what was read", shape: .json,
    maximumLength: 3_000,
    seeds: { corpus in
      (corpus.spans + corpus.messages).filter { $0.count < 1_200 } + [
        Array(#"{"a":{"b":[1,{"c.d":"e"}]},"":{"":0},"/":{"~":1},"a":{"b":[2,3]}}"#.utf8),
        Array(#"["\ud83d\ude00","\ud83d","\ude00x","\u00e9\n\/\b\f","{\"in\":[\"\\\"TOOL\\\"\"]}","\"TOOL\""]"#.utf8),
        Array("[-0,0.5e+10,1E400,-12.25e-3,123456789012345678901234567890,NaN,Infinity,-Infinity]".utf8),
      ]
    },
    check: { bytes in
      try JSONChecks.wellFormed(bytes)
      for dialect in [JSONDialect.strict, .python] { try JSONChecks.agreesWithReference(bytes, dialect) }
      guard let root = try? JSONDocument(bytes).root else { return }
      try JSONChecks.isWrittenAndReadAgain(root, seed: digest(bytes))
      try JSONChecks.pathsLeadBack(root, seed: digest(bytes))
    })
}

/// What holds of JSON.
enum JSONChecks {
  static func wellFormed(_ bytes: [UInt8]) throws(Violation) {
    let isText = String(validating: bytes, as: UTF8.self) != nil
    guard let offset = UTF8Check.firstIllFormed(in: bytes.span) else {
      return try hold(isText, "ill-formed UTF-8 is taken for well-formed")
    }
    try hold(!isText, "well-formed UTF-8 is refused at byte \(offset)")
    try hold(
      String(validating: bytes[..<offset], as: UTF8.self) != nil, "ill-formed UTF-8 is told at \(offset), not before")
  }

  static func agreesWithReference(_ bytes: [UInt8], _ dialect: JSONDialect) throws(Violation) {
    let depth = JSONDocument.defaultMaximumDepth
    let reference = JSONReference.read(bytes, isPython: dialect == .python, maximumDepth: depth)
    let root: JSONValue
    do throws(ScanError) {
      root = try JSONDocument(bytes, dialect: dialect).root
    } catch {
      try hold(reference == nil, "\(dialect): JSON is refused: \(error)")
      return try hold((0...bytes.count).contains(error.offset), "the error's offset \(error.offset) is outside")
    }
    guard let reference else { throw Violation("\(dialect): what is no JSON is read") }
    try compare(root, reference)
  }

  private static func compare(_ value: JSONValue, _ reference: JSONReference) throws(Violation) {
    switch (value.kind, reference) {
    case (.null, .null): break
    case (.true, .bool(let flag)), (.false, .bool(let flag)): try hold(value.bool == flag, "true and false")
    case (.number, .number(let text)):
      try hold(Array(value.rawBytes) == text, "a number's text")
      let string = String(decoding: text, as: UTF8.self)
      try hold(
        value.int64 == Int64(string) && value.double?.bitPattern == Double(string)?.bitPattern, "a number's value")
    case (.string, .string(let decoded)):
      try hold(value.stringBytes == decoded, "a string's value: \(value.stringBytes) for \(decoded)")
      try hold(value.rawBytes.count == value.encodedStringLength + 2, "a string's length")
      if let word = value.quotedWord {
        try hold((try? JSONDocument(decoded))?.root.string == word, "a quoted word is not what JSON says")
      }
      let nested =
        decoded.first { $0 > 0x20 }.map { $0 == 0x7B || $0 == 0x5B } == true ? try? JSONDocument(decoded) : nil
      try hold(value.nestedDocument()?.bytes == nested?.bytes, "nested JSON")
    case (.array, .array(let elements)):
      try hold(value.count == elements.count, "an array's count")
      for (element, other) in zip(value.elements, elements) { try compare(element, other) }
      if let last = elements.indices.last {
        try hold(value[last]?.rawBytes == value.elements.suffix(1).first?.rawBytes, "the last element")
      }
      try hold(value[elements.count] == nil && value[-1] == nil, "elements that are not there")
    case (.object, .object(let members)):
      try hold(value.count == members.count, "an object's count")
      for (member, other) in zip(value.members, members) {
        try hold(Array(member.key.utf8) == Array(String(decoding: other.key, as: UTF8.self).utf8), "a key")
        try compare(member.value, other.1)
        guard let key = String(validating: other.key, as: UTF8.self) else { continue }
        // Of many members not each is looked for among all.
        guard value.count < 40 else { continue }
        let last = value.members.reversed().first { Array($0.key.utf8) == other.key }
        try hold(value[key]?.rawBytes == last?.value.rawBytes, "the last of equal keys counts: \(key)")
      }
    default: throw Violation("\(value.kind) for \(reference)")
    }
  }

  /// What is written reads back as the same, and is written the same again.
  static func isWrittenAndReadAgain(_ root: JSONValue, seed: UInt64) throws {
    let json = JSON(root)
    for (text, name) in [(json.bytes, "compact"), (Array(json.pythonText.utf8), "Python's")] {
      let again = JSON(try JSONDocument(text).root)
      try hold(again == json && again.bytes == json.bytes, "written \(name), it reads back as something else")
    }
    try hold(!json.bytes.contains { $0 < 0x20 || $0 == 0x7F }, "a control character is written as it is")
    // As it stands in the document it is the same value.
    let raw = JSON(try JSONDocument(Array(root.rawBytes)).root)
    try hold(raw.bytes == json.bytes, "its own text reads as something else")
    // Every level is indented, so that what is deep is long.
    guard json.bytes.count < 200 || seed % 8 == 0 else { return }
    let pretty = JSON(try JSONDocument(json.prettyText()).root)
    try hold(pretty.bytes == json.bytes, "written for people, it reads back as something else")
  }

  /// The pointer to a value leads to it, also when it is written and read.
  static func pathsLeadBack(_ root: JSONValue, seed: UInt64) throws(Violation) {
    var numbers = SeededNumbers(seed)
    for _ in 0..<3 {
      var value = root
      var steps: [String] = []
      while steps.count < 20, value.count > 0 {
        let place = numbers.pick(value.count)
        if let next = value[place] {
          steps.append("\(place)")
          value = next
        } else if let key = value.members.dropFirst(place).first(where: { _ in true })?.key,
          !key.unicodeScalars.contains("\u{FFFD}"), let next = value[key]
        {
          steps.append(key)
          value = next
        } else {
          break
        }
        if numbers.pick(4) == 0 { break }
      }
      let path = JSONPath(steps: steps)
      for path in [path, JSONPath(path.description)] {
        guard case .found(let found) = path.resolve(in: root) else {
          throw Violation("the path \(steps), written \(path.description), leads nowhere")
        }
        try hold(found.rawBytes == value.rawBytes, "the path \(steps) leads elsewhere")
      }
    }
  }
}
