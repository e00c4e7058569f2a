import TraceModel

/// What a text names besides numbers and ids: addresses, quotations, identifiers of code, names of several words. As they
/// stand in it, for they are looked for word by word.
enum Phrases {
  /// Of a longer text only the beginning is read.
  private static let longest = 8_000
  /// More are not looked for.
  private static let most = 12

  /// The phrases in their order, each once, without those in its secrets.
  static func all(in recorded: String) -> [String] {
    let text = SecretMask.removed(from: String(decoding: recorded.utf8.prefix(longest), as: UTF8.self))
    var found: [String] = []
    func add(_ phrase: some StringProtocol) {
      guard found.count < most, (3...120).contains(phrase.utf8.count), !found.contains(where: { $0 == phrase }) else {
        return
      }
      found.append(String(phrase))
    }
    quotations(text).forEach { add($0) }
    for sentence in Sentences.of(text) {
      var name: [Substring] = []
      var isStart = true
      func endName() {
        // The first word of a sentence is written large in any case.
        if name.count >= 2 { add(name.joined(separator: " ")) }
        name = []
      }
      for token in sentence.split(whereSeparator: \.isWhitespace) {
        defer { isStart = false }
        if isAddress(token) {
          endName()
          add(address(token))
          continue
        }
        let bare = token.drop { !$0.isLetter && !$0.isNumber }
        let word = bare.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "'" || $0 == "’" }
        if isIdentifier(word) {
          endName()
          add(word)
        } else if let first = word.first, first.isUppercase, word.dropFirst().contains(where: \.isLowercase),
          !(isStart || CommonWords.all.contains(word.lowercased()))
        {
          name.append(word)
          if word.endIndex != token.endIndex { endName() }
        } else {
          endName()
        }
      }
      endName()
    }
    return found
  }

  private static func isAddress(_ token: Substring) -> Bool {
    token.contains("://") || token.contains("@") && token.contains(".") && !token.hasPrefix("@")
  }

  /// An address out of its brackets and without the point behind it.
  private static func address(_ token: Substring) -> Substring {
    var rest = token.drop { "([<\"'".contains($0) }
    if let start = rest.firstRange(of: "http")?.lowerBound { rest = rest[start...] }
    rest = rest.prefix { !")]>\"'".contains($0) }
    while let last = rest.last, ".,;:!?".contains(last) { rest = rest.dropLast() }
    return rest
  }

  /// `get_order`, `getOrder`: a word no person writes.
  private static func isIdentifier(_ word: Substring) -> Bool {
    guard word.utf8.count >= 5, let first = word.first, first.isLetter else { return false }
    if word.dropFirst().dropLast().contains("_") { return true }
    return first.isLowercase && word.dropFirst().contains(where: \.isUppercase)
  }

  private static func quotations(_ text: String) -> [Substring] {
    var found: [Substring] = []
    for mark: Character in ["\"", "`"] {
      let parts = text.split(separator: mark, maxSplits: 60, omittingEmptySubsequences: false)
      for (place, part) in parts.enumerated()
      where place % 2 == 1 && place + 1 < parts.count && (3...60).contains(part.utf8.count)
        && !part.contains(where: \.isNewline)
      {
        // A key of JSON says nothing by itself.
        if parts[place + 1].first == ":" { continue }
        found.append(part)
      }
    }
    return found
  }
}
