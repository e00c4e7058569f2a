package import JSONText
import TraceModel

/// Cuts recorded text to one safe line: secrets masked, control characters shown, blanks collapsed, head and tail kept.
package struct Excerpter: Sendable {
  /// Whether secrets are masked. Only the command line can switch this off.
  package var masksSecrets: Bool

  /// An excerpter that masks secrets or shows them.
  package init(masksSecrets: Bool) { self.masksSecrets = masksSecrets }

  /// Read beyond the cut, so that a secret that begins before it is recognised and masked.
  private static let margin = 4_096

  /// A line of at most `limit` bytes. Says how much was cut out.
  package func line(_ text: String, limit: Int) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: line(bytes[...], limit: limit), as: UTF8.self)
  }

  /// The same for a value: a string's own words, anything else as JSON text.
  package func line(_ value: JSONValue, limit: Int) -> String {
    value.kind == .string
      ? String(decoding: line(value.stringBytes[...], limit: limit), as: UTF8.self)
      : String(decoding: line(value.rawBytes, limit: limit), as: UTF8.self)
  }

  /// Text that is shown whole, however long: a page of a payload.
  ///
  /// - Parameter key: The key the value stands under, where that is not part of the text.
  package func whole(_ bytes: some Sequence<UInt8>, under key: String? = nil) -> [UInt8] {
    SafeText.neutralized(masked(Array(bytes), under: key))
  }

  /// The text with its secrets masked and nothing else changed.
  func masked(_ bytes: [UInt8], under key: String? = nil) -> [UInt8] {
    guard masksSecrets else { return bytes }
    return key.map { SecretMask.masked(bytes, under: $0) } ?? SecretMask.masked(bytes)
  }

  private func line(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
    guard bytes.count > limit + 2 * Self.margin else { return cut(clean(bytes), limit, lost: 0) }
    // Of a long text only both ends are looked at.
    let head = clean(SafeText.prefix(bytes, limit + Self.margin))
    let tail = clean(Self.behindKey(SafeText.suffix(bytes, limit + Self.margin)))
    return cut(head, limit, lost: bytes.count - head.count, tail: tail)
  }

  /// The end of a text without what is left at its start of a private key, which is known by its beginning only.
  private static func behindKey(_ tail: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let dashes = Array("-----".utf8)
    var place = tail.startIndex
    while let dash = tail[place...].firstIndex(of: dashes[0]) {
      let rest = tail[dash...]
      guard rest.starts(with: dashes), !rest.dropFirst(5).starts(with: dashes.prefix(1)) else {
        place = dash + 1
        continue
      }
      let label = String(decoding: rest.prefix(48), as: UTF8.self)
      // A key that begins in this part is masked with the rest.
      if label.hasPrefix("-----BEGIN ") { return tail }
      if label.hasPrefix("-----END "), label.contains("PRIVATE KEY") { return rest }
      // Other dashes, or those at the end of a first line whose beginning was cut off.
      place = dash + 1
    }
    return tail
  }

  private func clean(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let masked = masksSecrets ? SecretMask.masked(Array(bytes)) : Array(bytes)
    return SafeText.neutralized(Self.collapsed(AttachmentLinks.summarized(Base64Runs.summarized(masked))))
  }

  /// Head and tail around a note of what is missing; a short line keeps only its head.
  private func cut(_ bytes: [UInt8], _ limit: Int, lost: Int, tail: [UInt8]? = nil) -> [UInt8] {
    guard lost > 0 || bytes.count > limit else { return bytes }
    guard limit >= 120 else { return Array(SafeText.prefix(bytes[...], max(0, limit - 3))) + Array("…".utf8) }
    let ends = limit - 32
    let front = SafeText.prefix(bytes[...], ends * 3 / 4)
    let back = SafeText.suffix((tail ?? bytes)[...], ends - front.count)
    let missing = bytes.count + lost - front.count - back.count
    return Array(front) + Array(" …[\(Units.bytes(missing)) cut]… ".utf8) + Array(back)
  }

  /// Runs of blanks and line breaks as one space.
  private static func collapsed(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var isBlank = true
    for byte in bytes {
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        if !isBlank { output.append(0x20) }
        isBlank = true
      } else {
        output.append(byte)
        isBlank = false
      }
    }
    if output.last == 0x20 { output.removeLast() }
    return output
  }
}
