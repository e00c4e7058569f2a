/// Base64 (RFC 4648 §4). The standard library has none, and full Foundation would cost 44 MB for it.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text of some bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var digits: [UInt8] = []
      for _ in 0..<4 {
        digits.insert(alphabet[value & 63], at: 0)
        value >>= 6
      }
      output += digits.prefix(group.count + 1)
      output += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The bytes of a text, padded or not; nil when it is no base64.
  package static func decode(_ text: String) -> [UInt8]? {
    var output: [UInt8] = []
    var value = 0
    var digits = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
      guard let digit = alphabet.firstIndex(of: byte) else { return nil }
      value = value << 6 | digit
      digits += 1
      if digits == 4 {
        output += [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
        (value, digits) = (0, 0)
      }
    }
    switch digits {
    case 0: break
    case 2: output.append(UInt8(value >> 4 & 255))
    case 3: output += [UInt8(value >> 10 & 255), UInt8(value >> 2 & 255)]
    default: return nil
    }
    return output
  }
}
