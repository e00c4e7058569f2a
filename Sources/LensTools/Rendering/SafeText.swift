/// Makes recorded text safe to show: it cannot move a cursor, hide or reorder letters, or start a line of its own.
///
/// What would is shown as `\u001b`, in the notation of JSON, so that inside JSON text the meaning stays the same.
package enum SafeText {
  /// Neutralises text of any length. Line breaks and tabs become `\n` and `\t`; ill-formed UTF-8 becomes U+FFFD.
  package static func neutralized(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var copied = 0
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte >= 0x20, byte < 0x7F {
        position += 1
        continue
      }
      var decoder = UTF8()
      var rest = bytes[position..<min(position + 4, bytes.count)].makeIterator()
      let replacement: [UInt8]?
      var length = 1
      switch decoder.decode(&rest) {
      case .scalarValue(let scalar):
        length = UTF8.width(scalar)
        replacement = isHarmful(scalar) ? escape(scalar) : nil
      case .error, .emptyInput:
        replacement = Array("\u{FFFD}".utf8)
      }
      if let replacement {
        output += bytes[copied..<position]
        output += replacement
        copied = position + length
      }
      position += length
    }
    return copied == 0 ? bytes : output + bytes[copied...]
  }

  /// The same for words that a caller wrote, and had from a trace perhaps.
  package static func neutralized(_ text: some StringProtocol) -> String {
    String(decoding: neutralized(Array(text.utf8)), as: UTF8.self)
  }

  /// Control characters, separators that split lines, marks that reorder text, characters without width, and the tag and
  /// variation blocks in which text can be hidden. (U+FE0F, which makes an emoji coloured, is harmless.)
  package static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case _ where scalar.value & 0xFFFE == 0xFFFE: true  // noncharacters
    case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0E,
      0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar {
    case "\n": return Array(#"\n"#.utf8)
    case "\r": return Array(#"\r"#.utf8)
    case "\t": return Array(#"\t"#.utf8)
    default:
      return String(scalar).utf16.flatMap { unit in
        let digits = String(unit, radix: 16)
        return Array((#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
      }
    }
  }

  /// The longest prefix of at most `count` bytes that splits no character.
  package static func prefix(_ bytes: ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
    guard bytes.count > count else { return bytes }
    var end = bytes.startIndex + max(0, count)
    while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return bytes[..<end]
  }

  /// The longest suffix of at most `count` bytes that splits no character.
  package static func suffix(_ bytes: ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
    guard bytes.count > count else { return bytes }
    var start = bytes.endIndex - max(0, count)
    while start < bytes.endIndex, bytes[start] & 0xC0 == 0x80 { start += 1 }
    return bytes[start...]
  }
}
