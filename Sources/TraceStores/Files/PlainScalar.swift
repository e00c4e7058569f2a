import JSONText

/// What an unquoted YAML scalar means, by the rules of PyYAML's resolver (YAML 1.1 with PyYAML's own narrowings: `1e5` is
/// text, `1.0e+5` a number, `0o17` text, `017` octal).
enum PlainScalar {
  private static let words: [String: JSON] = [
    "": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null,
    "true": true, "True": true, "TRUE": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
    "false": false, "False": false, "FALSE": false, "no": false, "No": false, "NO": false,
    "off": false, "Off": false, "OFF": false,
    // As Python writes them in JSON, which is how they are read back.
    ".nan": .number("NaN"), ".NaN": .number("NaN"), ".NAN": .number("NaN"),
    ".inf": .number("Infinity"), ".Inf": .number("Infinity"), ".INF": .number("Infinity"),
    "+.inf": .number("Infinity"), "+.Inf": .number("Infinity"), "+.INF": .number("Infinity"),
    "-.inf": .number("-Infinity"), "-.Inf": .number("-Infinity"), "-.INF": .number("-Infinity"),
  ]

  /// The value; a string when nothing else fits.
  static func json(_ text: String) -> JSON {
    if let word = words[text] { return word }
    // A long text is none of the numbers anybody writes, and most scalars end at their first letter.
    guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first), text.utf8.count <= 400 else {
      return .string(text)
    }
    let bytes = Array(text.utf8)
    return integer(bytes) ?? float(bytes) ?? .string(text)
  }

  // MARK: Integers

  private static func integer(_ bytes: [UInt8]) -> JSON? {
    var digits = bytes[...]
    let isNegative = takeSign(&digits)
    let sign = isNegative ? "-" : ""
    let isZeroLed = digits.first == UInt8(ascii: "0")
    if digits.elementsEqual("0".utf8) { return .int(0) }
    if isZeroLed {
      let second = digits.dropFirst().first
      switch second {
      case UInt8(ascii: "b"): return based(digits.dropFirst(2), 2, sign)
      case UInt8(ascii: "x"): return based(digits.dropFirst(2), 16, sign)
      default: return based(digits.dropFirst(), 8, sign)
      }
    }
    let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard let head = parts.first, let first = head.first, isDigit(first), head.allSatisfy(isDigitOrLine) else {
      return nil
    }
    if parts.count == 1 { return decimal(plain(head), sign) }
    guard let value = sexagesimal(parts) else { return nil }
    return .int(isNegative ? -value : value)
  }

  private static func decimal(_ digits: String, _ sign: String) -> JSON {
    Int64(sign + digits).map { .int($0) } ?? .number(sign + digits)
  }

  private static func based(_ digits: ArraySlice<UInt8>, _ radix: Int, _ sign: String) -> JSON? {
    let text = plain(digits)
    guard !digits.isEmpty, text.utf8.allSatisfy({ digit($0, radix) }) else { return nil }
    // PyYAML would fail on underlines alone; text is the better answer. Beyond 64 bits nobody writes octal.
    return Int64(sign + text, radix: radix).map { .int($0) }
  }

  /// `1:30:00`: base 60, each place but the first below 60.
  private static func sexagesimal(_ parts: [ArraySlice<UInt8>]) -> Int64? {
    var value: Int64 = 0
    for (place, part) in parts.enumerated() {
      guard let number = Int64(plain(part)),
        place == 0 || (part.count <= 2 && part.allSatisfy(isDigit) && number < 60)
      else { return nil }
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 60)
      let (sum, isTooLargeToo) = product.addingReportingOverflow(number)
      guard !isTooLarge, !isTooLargeToo else { return nil }
      value = sum
    }
    return value
  }

  // MARK: Floats

  private static func float(_ bytes: [UInt8]) -> JSON? {
    var rest = bytes[...]
    let hasSign = rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+")
    let isNegative = takeSign(&rest)
    let whole = rest.prefix { isDigitOrLine($0) || $0 == UInt8(ascii: ":") }
    rest = rest.dropFirst(whole.count)
    guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
    // `.5` has no sign and needs a digit behind its point; `5.` needs none.
    guard whole.isEmpty ? !hasSign && rest.first.map(isDigit) == true : whole.first.map(isDigit) == true else {
      return nil
    }
    let fraction = rest.prefix(while: isDigitOrLine)
    rest = rest.dropFirst(fraction.count)
    let parts = whole.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    if parts.count > 1 {
      guard rest.isEmpty, let value = sexagesimal(parts) else { return nil }
      let number = Double(value) + (Double("0." + plain(fraction) + "0") ?? 0)
      return .double(isNegative ? -number : number)
    }
    var exponent = ""
    if !rest.isEmpty {
      guard let mark = rest.popFirst(), mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E"),
        let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), !rest.isEmpty,
        rest.allSatisfy(isDigit)
      else { return nil }
      exponent = "e" + String(decoding: [sign] + rest, as: UTF8.self)
    }
    return number(plain(whole), plain(fraction), exponent, isNegative: isNegative)
  }

  /// By its text, made what JSON allows: no empty part and no leading zeros.
  private static func number(_ whole: String, _ fraction: String, _ exponent: String, isNegative: Bool) -> JSON {
    let trimmed = whole.drop { $0 == "0" }
    return .number(
      (isNegative ? "-" : "") + (trimmed.isEmpty ? "0" : trimmed) + "." + (fraction.isEmpty ? "0" : fraction) + exponent
    )
  }

  // MARK: Characters

  private static func takeSign(_ bytes: inout ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return false }
    bytes.removeFirst()
    return first == UInt8(ascii: "-")
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func isDigitOrLine(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "_") }

  private static func digit(_ byte: UInt8, _ radix: Int) -> Bool {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
  }
}
