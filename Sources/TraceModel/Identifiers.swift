import JSONText

/// The id of a trace: `tr-` and 32 hex digits since MLflow 3, 32 hex digits before. Kept as it is written.
public struct TraceID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The id as MLflow writes it.
  public let rawValue: String

  /// An id from its text.
  public init(rawValue: String) { self.init(rawValue) }

  /// An id from its text. An exported file may hold any: what would move a cursor or hide letters stands as U+FFFD in it, for
  /// ids are shown as they are, to be given back.
  public init(_ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    rawValue = isPlain ? text : Self.harmless(text)
  }

  private static func harmless(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// The id as MLflow writes it.
  public var description: String { rawValue }

  /// Orders by text.
  public static func < (left: TraceID, right: TraceID) -> Bool { left.rawValue < right.rawValue }
}

/// The id of a span, eight bytes: 16 hex digits in columns and filters, base64 inside span JSON.
public struct SpanID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The eight bytes, big-endian.
  public var value: UInt64

  /// An id from its value.
  public init(value: UInt64) { self.value = value }

  /// Reads 16 hex digits, or the base64 of eight bytes (padding optional).
  public init?(_ text: String) { self.init(utf8: text.utf8) }

  /// Reads a string of JSON. Ids have no escapes, save that an encoder may write `\/` for the slash of base64.
  init?(_ value: JSONValue) {
    if let plain = value.plainBytes { self.init(utf8: plain) } else { self.init(utf8: value.stringBytes) }
  }

  private init?(utf8 text: some Collection<UInt8>) {
    guard let value = (text.count == 16 ? Self.hexValue(text) : nil) ?? Self.base64Value(text) else { return nil }
    self.value = value
  }

  /// The value of hex digits of either case.
  private static func hexValue(_ text: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt64(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }

  /// Sixteen lower-case hex digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Orders by the bytes.
  public static func < (left: SpanID, right: SpanID) -> Bool { left.value < right.value }

  /// The value of 11 base64 digits (RFC 4648, either alphabet), which hold 66 bits of which the last two are zero.
  private static func base64Value(_ text: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var digits = 0
    for byte in text where byte != UInt8(ascii: "=") {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
      default: return nil
      }
      digits += 1
      guard digits <= 11 else { return nil }
      value = digits < 11 ? value << 6 | UInt64(digit) : value << 4 | UInt64(digit >> 2)
    }
    return digits == 11 ? value : nil
  }
}
