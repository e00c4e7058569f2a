/// Writes JSON on one line. Commas are its own business; the caller says what comes.
public struct JSONWriter: Sendable {
  /// How the text looks.
  public enum Style: Sendable {
    /// No blanks; line separators and DEL escaped.
    case compact
    /// As Python's `json.dumps(…, ensure_ascii=False)` writes: a blank behind commas and colons, and only what JSON demands
    /// escaped. MLflow stores attributes like that.
    case python
  }

  private let style: Style
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty writer.
  public init(style: Style = .compact) { self.style = style }

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// Closes the object.
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// Closes the array.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: String) {
    separate()
    quote(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    if style == .python { bytes.append(0x20) }
    needsComma = false
  }

  /// A member with a value.
  public mutating func member(_ name: String, _ value: JSON) {
    key(name)
    write(value)
  }

  /// A value that has been built.
  public mutating func write(_ value: JSON) {
    switch value {
    case .null: token("null")
    case .bool(let flag): token(flag ? "true" : "false")
    case .int(let number): token("\(number)")
    case .double(let number): token(number.isFinite ? Self.text(of: number) : "null")
    case .number(let text): token(text)
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { write(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members { self.member(member.key, member.value) }
      endObject()
    }
  }

  /// A string value.
  public mutating func string(_ text: String) {
    separate()
    quote(text.utf8)
    needsComma = true
  }

  /// A value that is JSON text already.
  public mutating func raw(_ text: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
    needsComma = true
  }

  /// Whole numbers below 2^53 without a fraction, everything else as short as it reads back exactly.
  private static func text(of number: Double) -> String {
    number == number.rounded() && number.magnitude < 9_007_199_254_740_992 ? "\(Int64(number))" : "\(number)"
  }

  private mutating func token(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    guard needsComma else { return }
    bytes.append(UInt8(ascii: ","))
    if style == .python { bytes.append(0x20) }
  }

  /// Beside what JSON demands, U+0085, U+2028 and U+2029 are escaped: some line readers split on them.
  private mutating func quote(_ text: some Collection<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var lineBreak: [UInt8] = []
    for byte in text {
      if style == .compact, !lineBreak.isEmpty || byte == 0xC2 || byte == 0xE2 {
        lineBreak.append(byte)
        switch lineBreak {
        case [0xC2], [0xE2], [0xE2, 0x80]: continue
        case [0xC2, 0x85]: bytes.append(contentsOf: #"\u0085"#.utf8)
        case [0xE2, 0x80, 0xA8]: bytes.append(contentsOf: #"\u2028"#.utf8)
        case [0xE2, 0x80, 0xA9]: bytes.append(contentsOf: #"\u2029"#.utf8)
        default:
          bytes.append(contentsOf: lineBreak)
        }
        lineBreak.removeAll(keepingCapacity: true)
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
      case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
      case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
      case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
      case 0x08 where style == .python: bytes.append(contentsOf: #"\b"#.utf8)
      case 0x0C where style == .python: bytes.append(contentsOf: #"\f"#.utf8)
      case 0x7F where style == .python: bytes.append(byte)
      case 0..<0x20, 0x7F: bytes.append(contentsOf: Self.hexEscape(byte))
      default: bytes.append(byte)
      }
    }
    bytes.append(contentsOf: lineBreak)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexEscape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return Array(#"\u00"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
