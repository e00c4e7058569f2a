import TraceModel

/// The words and values of a text, found in one pass: no expressions, so that a hostile text costs no more than another.
struct StepText {
  /// Words in lower case, in their order, without those of code.
  let words: [String]
  /// Numbers, names, addresses, identifiers and quoted strings of the prose, in one form each.
  let values: Set<String>
  /// All words, those of code too.
  let vocabulary: Set<String>

  init(_ recorded: String) {
    // Nothing that is worked out of a text may give away a secret in it.
    let text = SecretMask.removed(from: recorded)
    let prose = Self.withoutCode(text)
    words = Self.words(prose)
    values = Self.values(prose)
    vocabulary = Set(prose.count == text.count ? words : Self.words(text))
  }

  /// Lower case, with one blank between words.
  static func normalized(_ text: some StringProtocol) -> String { words(String(text)).joined(separator: " ") }

  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var bytes = Array(text.utf8)
    // Words of most languages have five letters and a blank.
    words.reserveCapacity(bytes.count / 6 + 1)
    var start = 0
    for place in bytes.indices {
      switch bytes[place] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[place] |= 0x20
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: break
      default:
        if start < place { words.append(String(decoding: bytes[start..<place], as: UTF8.self)) }
        start = place + 1
      }
    }
    if start < bytes.count { words.append(String(decoding: bytes[start...], as: UTF8.self)) }
    return words
  }

  /// A word's first letters, by which `refunds` meets `refund`.
  static func stem(_ word: String) -> String {
    guard word.utf8.count > 6 else { return word }
    // Counting characters takes long, and most words have only letters of one byte.
    return word.utf8.allSatisfy { $0 < 0x80 }
      ? String(decoding: word.utf8.prefix(6), as: UTF8.self) : String(word.prefix(6))
  }

  /// The text outside of ``` fences and of `<code>` elements.
  static func withoutCode(_ text: String) -> String {
    var text = text
    if text.contains("```") {
      let parts = text.split(separator: "```", omittingEmptySubsequences: false)
      text = parts.enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: "\n")
    }
    guard text.contains("<code>") else { return text }
    let parts = text.split(separator: "<code>", omittingEmptySubsequences: false)
    return parts.enumerated().map { place, part in
      place == 0 ? String(part) : part.firstRange(of: "</code>").map { String(part[$0.upperBound...]) } ?? ""
    }.joined(separator: "\n")
  }

  // MARK: Values

  private static func values(_ text: String) -> Set<String> {
    var values = quoted(text)
    for line in text.split(whereSeparator: \.isNewline) { addValues(of: line, to: &values) }
    return values
  }

  /// Words that a sentence begins with, and that are no part of a name.
  private static let openings: Set<String> = [
    "the", "this", "that", "these", "a", "an", "i", "we", "you", "it", "in", "on", "for", "to", "if", "when", "and",
    "but", "step", "let's", "please", "here", "there", "what", "how", "then", "next", "first", "use", "check",
  ]

  private static func addValues(of line: Substring, to values: inout Set<String>) {
    var names: [Substring] = []
    func endName() {
      while let first = names.first, openings.contains(first.lowercased()) { names.removeFirst() }
      if names.count >= 2 { values.insert(names.joined(separator: " ").lowercased()) }
      names = []
    }
    for token in line.split(whereSeparator: \.isWhitespace) {
      let bare = token.trimming { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "/" }
      guard let first = bare.first else {
        endName()
        continue
      }
      if let address = address(in: token) {
        values.insert(address)
        endName()
        continue
      }
      if first.isNumber || (first == "-" && bare.dropFirst().first?.isNumber == true) {
        // `2000-2009` is two numbers.
        for part in bare.split(separator: "-") { if let number = number(part) { values.insert(number) } }
      } else if bare.count >= 5, bare.contains(where: \.isNumber),
        bare.allSatisfy({ $0.isLetter || $0.isNumber || "-_/.".contains($0) })
      {
        values.insert(bare.lowercased())
      }
      if first.isUppercase, bare.dropFirst().contains(where: \.isLowercase) {
        names.append(bare)
        // A name ends with its sentence.
        if token.last.map({ ".,;:!?".contains($0) }) ?? false { endName() }
      } else {
        endName()
      }
    }
    endName()
  }

  /// The address in a word, out of its brackets: `[page](https://…)`.
  private static func address(in token: Substring) -> String? {
    guard let place = token.firstRange(of: "http")?.lowerBound, token[place...].contains("://") else { return nil }
    return token[place...].prefix { !")]>\"'".contains($0) }.lowercased()
  }

  /// The numbers of a text, wherever they stand in it.
  static func numbers(in text: String) -> Set<String> {
    var found: Set<String> = []
    for run in text.split(whereSeparator: { !($0.isNumber || $0 == "." || $0 == ",") }) {
      let bare = run.trimming { !$0.isNumber }
      if let number = number(bare) { found.insert(number) }
    }
    return found
  }

  /// `1,234.50` is `1234.5`; numbers up to ten are said everywhere.
  private static func number(_ token: Substring) -> String? {
    let digits = token.filter { $0.isNumber || $0 == "." }
    guard !digits.isEmpty, token.allSatisfy({ $0.isNumber || ".,-%".contains($0) }), let value = Double(digits),
      value > 10
    else { return nil }
    return value == value.rounded() && value < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func quoted(_ text: String) -> Set<String> {
    var found: Set<String> = []
    for mark in ["\"", "**"] {
      let parts = text.split(separator: mark, maxSplits: 400, omittingEmptySubsequences: false)
      for (place, part) in parts.enumerated()
      where place % 2 == 1 && (3...60).contains(part.count) && !part.contains("\n") {
        // A key of JSON names what its value is of, and is in every such text.
        if mark == "\"", place + 1 < parts.count, parts[place + 1].first == ":" { continue }
        found.insert(oneForm(part))
      }
    }
    return found
  }
}

extension StepText {
  /// A quoted string in the form in which it is found outside of quotes: a number, an identifier, or words.
  private static func oneForm(_ quoted: Substring) -> String {
    if !quoted.dropFirst().contains("-"), let number = number(quoted) { return number }
    let bare = quoted.trimming { !$0.isLetter && !$0.isNumber }
    return bare.contains(where: \.isWhitespace) ? normalized(bare) : bare.lowercased()
  }
}

extension Substring {
  fileprivate func trimming(_ isEdge: (Character) -> Bool) -> Substring {
    var text = self
    while let first = text.first, isEdge(first) { text = text.dropFirst() }
    while let last = text.last, isEdge(last) { text = text.dropLast() }
    return text
  }
}
