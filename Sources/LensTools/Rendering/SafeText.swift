/// Makes recorded text safe to show: it cannot move a cursor, hide or reorder letters, or start a line of its own.
///
/// What would is shown as `\u001b`, in the notation of JSON, so that inside JSON text the meaning stays the same.
enum SafeText {
  /// Neutralises text of any length. Line breaks and tabs become `\n` and `\t`.
  static func neutralized(_ text: some Sequence<UInt8>) -> [UInt8] {
    let bytes = Array(text)
    guard bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return bytes }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 16)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n": output += #"\n"#.utf8
      case "\r": output += #"\r"#.utf8
      case "\t": output += #"\t"#.utf8
      case _ where isHarmful(scalar):
        for unit in String(scalar).utf16 { output += escape(unit) }
      default:
        output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    return output
  }

  /// Control characters, separators that split lines, marks that reorder text, characters without width, and the tag and
  /// variation blocks in which text can be hidden. (U+FE0F, which makes an emoji coloured, is harmless.)
  static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0E,
      0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  private static func escape(_ unit: UInt16) -> [UInt8] {
    let digits = String(unit, radix: 16)
    return Array((#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
  }

  /// The longest prefix of at most `count` bytes that splits no character.
  static func prefix(_ bytes: ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
    guard bytes.count > count else { return bytes }
    var end = bytes.startIndex + max(0, count)
    while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return bytes[..<end]
  }

  /// The longest suffix of at most `count` bytes that splits no character.
  static func suffix(_ bytes: ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
    guard bytes.count > count else { return bytes }
    var start = bytes.endIndex - max(0, count)
    while start < bytes.endIndex, bytes[start] & 0xC0 == 0x80 { start += 1 }
    return bytes[start...]
  }
}
