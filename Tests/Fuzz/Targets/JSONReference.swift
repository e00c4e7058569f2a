/// JSON as RFC 8259 has it, read in the simplest way there is: what the scanner is held to. Shares no code with it.
indirect enum JSONReference {
  case null, bool(Bool), number([UInt8]), string([UInt8]), array([JSONReference]), object(
    [(key: [UInt8], JSONReference)])

  /// Reads a document; nil when it is none.
  ///
  /// - Parameter isPython: Whether `NaN`, `Infinity` and `-Infinity` are numbers.
  static func read(_ bytes: [UInt8], isPython: Bool, maximumDepth: Int) -> JSONReference? {
    var reader = Reader(bytes: bytes, isPython: isPython, maximumDepth: maximumDepth)
    reader.skip()
    guard let value = reader.value(0) else { return nil }
    reader.skip()
    return reader.place == bytes.count ? value : nil
  }

  private struct Reader {
    let bytes: [UInt8]
    let isPython: Bool
    let maximumDepth: Int
    var place = 0

    init(bytes: [UInt8], isPython: Bool, maximumDepth: Int) {
      self.bytes = bytes
      self.isPython = isPython
      self.maximumDepth = maximumDepth
    }

    var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skip() {
      while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    mutating func take(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      guard place + count <= bytes.count else { return false }
      for offset in 0..<count where unsafe bytes[place + offset] != text.utf8Start[offset] { return false }
      place += count
      return true
    }

    mutating func value(_ depth: Int) -> JSONReference? {
      switch current {
      case UInt8(ascii: "{"): return object(depth)
      case UInt8(ascii: "["): return array(depth)
      case UInt8(ascii: "\""): return string().map { .string($0) }
      default:
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        let start = place
        if isPython, take("NaN") || take("Infinity") || take("-Infinity") {
          return .number(Array(bytes[start..<place]))
        }
        return number()
      }
    }

    mutating func array(_ depth: Int) -> JSONReference? {
      guard depth < maximumDepth, take("[") else { return nil }
      var elements: [JSONReference] = []
      skip()
      if take("]") { return .array([]) }
      while true {
        skip()
        guard let element = value(depth + 1) else { return nil }
        elements.append(element)
        skip()
        if take("]") { return .array(elements) }
        guard take(",") else { return nil }
      }
    }

    mutating func object(_ depth: Int) -> JSONReference? {
      guard depth < maximumDepth, take("{") else { return nil }
      var members: [(key: [UInt8], JSONReference)] = []
      skip()
      if take("}") { return .object([]) }
      while true {
        skip()
        guard let key = string() else { return nil }
        skip()
        guard take(":") else { return nil }
        skip()
        guard let value = value(depth + 1) else { return nil }
        members.append((key, value))
        skip()
        if take("}") { return .object(members) }
        guard take(",") else { return nil }
      }
    }

    mutating func digits() -> Bool {
      let start = place
      while let byte = current, byte >= 0x30, byte <= 0x39 { place += 1 }
      return place > start
    }

    mutating func number() -> JSONReference? {
      let start = place
      _ = take("-")
      if !take("0") {
        guard let byte = current, byte >= 0x31, byte <= 0x39, digits() else { return nil }
      }
      if take("."), !digits() { return nil }
      if take("e") || take("E") {
        if !take("+") { _ = take("-") }
        guard digits() else { return nil }
      }
      return .number(Array(bytes[start..<place]))
    }

    mutating func string() -> [UInt8]? {
      guard take("\"") else { return nil }
      var output: [UInt8] = []
      while let byte = current {
        place += 1
        switch byte {
        case 0x22: return output
        case 0..<0x20: return nil
        case 0x5C:
          guard let escape = current else { return nil }
          place += 1
          switch escape {
          case 0x22, 0x5C, 0x2F: output.append(escape)
          case UInt8(ascii: "b"): output.append(8)
          case UInt8(ascii: "f"): output.append(12)
          case UInt8(ascii: "n"): output.append(10)
          case UInt8(ascii: "r"): output.append(13)
          case UInt8(ascii: "t"): output.append(9)
          case UInt8(ascii: "u"):
            guard let unit = unit() else { return nil }
            output += scalar(unit)
          default: return nil
          }
        default: output.append(byte)
        }
      }
      return nil
    }

    mutating func unit() -> UInt32? {
      guard place + 4 <= bytes.count else { return nil }
      let digits = bytes[place..<place + 4]
      guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
      place += 4
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// The UTF-8 of a code unit, with its partner if that follows; a lone surrogate is U+FFFD.
    mutating func scalar(_ unit: UInt32) -> [UInt8] {
      if unit >= 0xD800, unit < 0xDC00 {
        let before = place
        if take("\\u"), let low = self.unit(), low >= 0xDC00, low < 0xE000 {
          let value = 0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)
          return Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        }
        place = before
      }
      return Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
    }
  }
}
