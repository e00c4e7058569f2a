/// The backticks around a key with characters of its own, as in filters: ``tag.`my key` ``.
package enum Backticks {
  /// What stands between the backticks that a text begins and ends with; nil where it does not, or where nothing does.
  ///
  /// By scalars: what a key begins with may combine with the sign before it to one character.
  package static func content(of text: some StringProtocol) -> Substring? {
    let scalars = Substring(text).unicodeScalars
    guard scalars.count > 2, scalars.first == "`", scalars.last == "`" else { return nil }
    return Substring(scalars.dropFirst().dropLast())
  }

  /// Whether a backtick stands in a text.
  static func stand(in text: some StringProtocol) -> Bool { text.unicodeScalars.contains("`") }
}
