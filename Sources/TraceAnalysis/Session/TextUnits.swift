/// A text in units by which texts of any language are compared: words, and of scripts that put no blanks between them pairs of
/// characters.
enum TextUnits {
  /// The units in their order, without case and punctuation.
  static func of(_ text: String) -> [String] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return StepText.words(text) }
    var units: [String] = []
    var word = ""
    /// The character before, of a script without blanks.
    var before: Unicode.Scalar?
    func endWord() {
      if !word.isEmpty { units.append(word) }
      word = ""
    }
    for scalar in text.unicodeScalars {
      if isUnspaced(scalar) {
        endWord()
        if let before { units.append("\(before)\(scalar)") }
        before = scalar
        continue
      }
      before = nil
      switch scalar.value {
      case 0x41...0x5A: word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value | 0x20)))
      case 0x61...0x7A, 0x30...0x39: word.unicodeScalars.append(scalar)
      case ..<0x80: endWord()
      case 0xFF10...0xFF19: word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30)))
      default: if isLetter(scalar) { word += scalar.properties.lowercaseMapping } else { endWord() }
      }
    }
    endWord()
    return units
  }

  /// Whether two texts are nearly the same, unit by unit.
  static func areAlike(_ units: [String], _ other: [String]) -> Bool {
    guard units.count >= 4, other.count >= 4 else { return false }
    // So different in length they cannot be.
    guard units.count <= other.count * 3, other.count <= units.count * 3 else { return false }
    let (first, second) = (Set(units), Set(other))
    return first.intersection(second).count * 10 >= first.union(second).count * 8
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// Thai, Lao, Burmese, Khmer; kana and Chinese characters.
  private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x0E00: false
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: isLetter(scalar)
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x20000...0x3FFFF:
      // The middle dot of katakana is punctuation.
      scalar.value != 0x30FB
    default: false
    }
  }
}
