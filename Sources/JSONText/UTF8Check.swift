/// Well-formedness of UTF-8 (Unicode 15, table 3-7). `UTF8Span` of the standard library needs macOS 26.
public enum UTF8Check {
  /// The offset of the first byte that is not part of a well-formed sequence, or nil when all are.
  public static func firstIllFormed(in bytes: Span<UInt8>) -> Int? {
    var position = 0
    let raw = unsafe bytes.bytes
    let high = SIMD16<UInt8>(repeating: 0x80)
    while position < bytes.count {
      if position + 16 <= bytes.count {
        // Sixteen bytes from `position` lie inside the span, and any bit pattern is a valid SIMD16.
        let chunk = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
        if (chunk & high) == SIMD16(repeating: 0) {
          position += 16
          continue
        }
      }
      let lead = bytes[position]
      if lead < 0x80 {
        position += 1
        continue
      }
      let length: Int
      var range: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, range) = (3, 0xA0...0xBF)
      case 0xED: (length, range) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, range) = (4, 0x90...0xBF)
      case 0xF4: (length, range) = (4, 0x80...0x8F)
      case 0xF1...0xF3: length = 4
      default: return position
      }
      guard position + length <= bytes.count, range.contains(bytes[position + 1]) else { return position }
      for index in position + 2..<max(position + length, position + 2) where bytes[index] & 0xC0 != 0x80 {
        return position
      }
      position += length
    }
    return nil
  }
}
