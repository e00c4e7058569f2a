/// Which texts count as JSON.
public enum JSONDialect: Sendable {
  /// RFC 8259, nothing else.
  case strict
  /// What Python's `json` module writes and reads: RFC 8259 and the bare words `NaN`, `Infinity`, `-Infinity`.
  case python
}

/// One pass over the bytes that checks the grammar and leaves a tape. It makes no strings and no numbers.
///
/// Well-formed UTF-8 is not checked here: the bytes of a string are handed on as they are, and a reader that needs the
/// guarantee asks ``UTF8Check`` first.
enum Scanner {
  static func scan(
    _ bytes: Span<UInt8>, dialect: JSONDialect, maximumDepth: Int
  ) throws(ScanError) -> [UInt64] {
    guard bytes.count < TapeWord.maximumOffset else {
      throw ScanError(code: .tooLarge, offset: bytes.count, expected: "4 GiB")
    }
    var tape = TapeBuilder(capacity: min(bytes.count / 8, 1 << 16))
    var position = skipBlanks(bytes, 0)

    value: while true {
      guard position < bytes.count else { throw malformed(position, "a value") }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position = try string(bytes, position, &tape)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = byte == UInt8(ascii: "{")
        guard tape.depth < maximumDepth else {
          throw ScanError(code: .tooDeep, offset: position, expected: "\(maximumDepth)")
        }
        try checkRoom(tape, position)
        tape.openContainer(isObject: isObject, at: position)
        position = skipBlanks(bytes, position + 1)
        guard position < bytes.count else { throw malformed(position, isObject ? "a key or '}'" : "a value or ']'") }
        if bytes[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          position += 1
          try close(&tape, position)
        } else {
          if isObject { position = try key(bytes, position, &tape) }
          continue value
        }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        position = try number(bytes, position, dialect, &tape)
      case UInt8(ascii: "t"):
        position = try word(bytes, position, "true", .true, &tape)
      case UInt8(ascii: "f"):
        position = try word(bytes, position, "false", .false, &tape)
      case UInt8(ascii: "n"):
        position = try word(bytes, position, "null", .null, &tape)
      case UInt8(ascii: "N") where dialect == .python:
        position = try word(bytes, position, "NaN", .number, &tape)
      case UInt8(ascii: "I") where dialect == .python:
        position = try word(bytes, position, "Infinity", .number, &tape)
      default:
        throw malformed(position, "a value")
      }

      // A value has ended; so may the containers around it.
      while true {
        position = skipBlanks(bytes, position)
        guard tape.depth > 0 else {
          guard position == bytes.count else { throw malformed(position, "the end of the text") }
          return tape.finished()
        }
        let isObject = tape.isInObject
        tape.countChild()
        guard position < bytes.count else { throw malformed(position, isObject ? "',' or '}'" : "',' or ']'") }
        let byte = bytes[position]
        if byte == UInt8(ascii: ",") {
          position = skipBlanks(bytes, position + 1)
          if isObject { position = try key(bytes, position, &tape) }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw malformed(position, isObject ? "',' or '}'" : "',' or ']'")
        }
        position += 1
        try close(&tape, position)
      }
    }
  }

  private static func close(_ tape: inout TapeBuilder, _ end: Int) throws(ScanError) {
    try checkRoom(tape, end)
    tape.closeContainer(at: end)
  }

  private static func checkRoom(_ tape: borrowing TapeBuilder, _ position: Int) throws(ScanError) {
    guard !tape.isFull else {
      throw ScanError(code: .tooLarge, offset: position, expected: "\(TapeWord.maximumLength) children")
    }
  }

  /// A member's key and its colon; returns the offset of the value.
  private static func key(_ bytes: Span<UInt8>, _ start: Int, _ tape: inout TapeBuilder) throws(ScanError) -> Int {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { throw malformed(start, "a key in quotes") }
    let position = skipBlanks(bytes, try string(bytes, start, &tape))
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw malformed(position, "':'") }
    return skipBlanks(bytes, position + 1)
  }

  private static func string(_ bytes: Span<UInt8>, _ start: Int, _ tape: inout TapeBuilder) throws(ScanError) -> Int {
    let first = start + 1
    var position = first
    var hasEscapes = false
    while true {
      position = nextSpecial(bytes, position)
      guard position < bytes.count else { throw malformed(bytes.count, "the closing quote") }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") { break }
      guard byte == UInt8(ascii: "\\") else { throw malformed(position, "an escape in place of a control character") }
      hasEscapes = true
      position += 1
      guard position < bytes.count else { throw malformed(position, "an escape") }
      switch bytes[position] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        position += 1
      case UInt8(ascii: "u"):
        guard position + 4 < bytes.count else { throw malformed(position, "four hex digits") }
        for index in position + 1...position + 4 where !isHexDigit(bytes[index]) {
          throw malformed(index, "a hex digit")
        }
        position += 5
      default:
        throw malformed(position, "one of \" \\ / b f n r t u")
      }
    }
    guard position - first < TapeWord.maximumLength else {
      throw ScanError(code: .tooLarge, offset: start, expected: "256 MiB for one string")
    }
    tape.append(TapeWord(kind: .string, length: position - first, offset: first, hasEscapes: hasEscapes))
    return position + 1
  }

  /// The offset of the next quote, backslash or control character, sixteen bytes at a time.
  @inline(__always)
  private static func nextSpecial(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    let raw = unsafe bytes.bytes
    let quote = SIMD16<UInt8>(repeating: UInt8(ascii: "\""))
    let backslash = SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
    let blank = SIMD16<UInt8>(repeating: 0x20)
    while position + 16 <= bytes.count {
      // Sixteen bytes from `position` lie inside the span, and any bit pattern is a valid SIMD16.
      let chunk = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
      let hits = (chunk .== quote) .| (chunk .== backslash) .| (chunk .< blank)
      let lanes = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
      if lanes[0] != 0 { return position + lanes[0].trailingZeroBitCount / 8 }
      if lanes[1] != 0 { return position + 8 + lanes[1].trailingZeroBitCount / 8 }
      position += 16
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return position }
      position += 1
    }
    return position
  }

  private static func number(
    _ bytes: Span<UInt8>, _ start: Int, _ dialect: JSONDialect, _ tape: inout TapeBuilder
  ) throws(ScanError) -> Int {
    var position = start
    if bytes[position] == UInt8(ascii: "-") {
      position += 1
      if dialect == .python, position < bytes.count, bytes[position] == UInt8(ascii: "I") {
        let end = try match(bytes, position, "Infinity")
        tape.append(TapeWord(kind: .number, length: end - start, offset: start))
        return end
      }
    }
    guard position < bytes.count, isDigit(bytes[position]) else { throw malformed(position, "a digit") }
    if bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      position = skipDigits(bytes, position)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      guard position < bytes.count, isDigit(bytes[position]) else { throw malformed(position, "a digit") }
      position = skipDigits(bytes, position)
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      guard position < bytes.count, isDigit(bytes[position]) else { throw malformed(position, "a digit") }
      position = skipDigits(bytes, position)
    }
    guard position - start < TapeWord.maximumLength else {
      throw ScanError(code: .tooLarge, offset: start, expected: "256 MiB for one number")
    }
    tape.append(TapeWord(kind: .number, length: position - start, offset: start))
    return position
  }

  private static func word(
    _ bytes: Span<UInt8>, _ start: Int, _ text: StaticString, _ kind: JSONKind, _ tape: inout TapeBuilder
  ) throws(ScanError) -> Int {
    let end = try match(bytes, start, text)
    tape.append(TapeWord(kind: kind, length: end - start, offset: start))
    return end
  }

  private static func match(_ bytes: Span<UInt8>, _ start: Int, _ text: StaticString) throws(ScanError) -> Int {
    let expected = text.description.utf8
    var position = start
    for byte in expected {
      guard position < bytes.count, bytes[position] == byte else { throw malformed(start, "'\(text)'") }
      position += 1
    }
    return position
  }

  @inline(__always)
  private static func skipBlanks(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      position += 1
    }
    return position
  }

  @inline(__always)
  private static func skipDigits(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    return position
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6
  }

  private static func malformed(_ offset: Int, _ expected: String) -> ScanError {
    ScanError(code: .malformed, offset: offset, expected: expected)
  }
}
