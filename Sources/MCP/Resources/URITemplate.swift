/// Addresses with variable parts: literal text and simple expressions `{name}` (RFC 6570, level 1). A variable stands for
/// anything but `/`, `?` and `#`, which are escaped in it.
public struct URITemplate: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Part: Hashable {
    case literal([UInt8])
    case variable(String)
  }

  /// As it is written.
  public let description: String
  private let parts: [Part]

  /// A template as it is written. A brace that opens nothing is literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// A template as it is written.
  public init(_ text: String) {
    description = text
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { parts.append(.literal(Array(rest[..<open].utf8))) }
      parts.append(.variable(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.literal(Array(rest.utf8))) }
    self.parts = parts
  }

  /// The names of the variables, in their order.
  public var variables: [String] {
    parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
  }

  /// The variables of an address; nil when it is none of these addresses, or one of its parts is empty.
  public func match(_ uri: String) -> [String: String]? {
    var rest = Array(uri.utf8)[...]
    var values: [String: String] = [:]
    for (place, part) in parts.enumerated() {
      switch part {
      case .literal(let text):
        guard rest.starts(with: text) else { return nil }
        rest = rest.dropFirst(text.count)
      case .variable(let name):
        let end = Self.end(of: rest, before: parts.dropFirst(place + 1).first)
        guard let end, end > rest.startIndex, let value = Self.decoded(rest[..<end]) else { return nil }
        values[name] = value
        rest = rest[end...]
      }
    }
    return rest.isEmpty ? values : nil
  }

  /// The address with these values; nil when one is missing.
  public func expanded(_ values: [String: String]) -> String? {
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .literal(let text): bytes += text
      case .variable(let name):
        guard let value = values[name] else { return nil }
        for byte in value.utf8 { bytes += Self.isUnreserved(byte) ? [byte] : Self.escaped(byte) }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func end(of rest: ArraySlice<UInt8>, before next: Part?) -> Int? {
    let stop = rest.firstIndex { ["/", "?", "#"].contains(UnicodeScalar($0)) } ?? rest.endIndex
    guard case .literal(let text)? = next, let first = text.first else { return next == nil ? stop : nil }
    return rest[..<min(rest.endIndex, stop + 1)].firstIndex(of: first)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    let scalar = UnicodeScalar(byte)
    return scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      || ["-", ".", "_", "~"].contains(scalar)
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Nil for a broken escape, and for what is no UTF-8 when decoded.
  private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
    var output: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
      output.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: output, as: UTF8.self)
  }
}
