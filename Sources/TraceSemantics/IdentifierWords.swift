/// The words that a programmer joined to a name.
public enum IdentifierWords {
  /// In lower case: `app.userText` is `app`, `user`, `text`; `modify_order` is `modify`, `order`.
  public static func of(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isBehindLowercase = false
    for character in name {
      if character.isUppercase && isBehindLowercase {
        words.append(word)
        word = ""
      }
      if character.isLetter || character.isNumber {
        word += character.lowercased()
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
      isBehindLowercase = character.isLowercase
    }
    return word.isEmpty ? words : words + [word]
  }
}
