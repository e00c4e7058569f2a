/// Decodes the escapes of a JSON string body that the scanner has accepted. A surrogate without its partner becomes
/// U+FFFD, since UTF-8 cannot hold it.
func unescape(_ body: ArraySlice<UInt8>) -> [UInt8] {
  let source = body.span
  // No escape is shorter than what it stands for: six bytes for at most three, twelve for four. The copying below writes
  // whole vectors, of which what lies behind the next escape is written over: hence the room at the end.
  let width = SIMD16<UInt8>.scalarCount
  return unsafe Array(unsafeUninitializedCapacity: source.count + width) { buffer, initializedCount in
    let output = UnsafeMutableRawBufferPointer(buffer)
    let input = unsafe source.bytes
    let backslash = SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
    var read = 0
    var written = 0
    func write(_ byte: UInt8) {
      unsafe output[written] = byte
      written += 1
    }
    while read < source.count {
      while read + width <= source.count {
        // Sixteen bytes from `read` lie inside the span, and as many from `written`, which is no greater, inside the buffer.
        let chunk = unsafe input.unsafeLoadUnaligned(fromByteOffset: read, as: SIMD16<UInt8>.self)
        unsafe output.storeBytes(of: chunk, toByteOffset: written, as: SIMD16<UInt8>.self)
        let lanes = unsafe unsafeBitCast(chunk .== backslash, to: SIMD2<UInt64>.self)
        let plain =
          lanes[0] != 0
          ? lanes[0].trailingZeroBitCount / 8 : lanes[1] != 0 ? 8 + lanes[1].trailingZeroBitCount / 8 : width
        read += plain
        written += plain
        if plain < width { break }
      }
      guard read < source.count else { break }
      let byte = source[read]
      guard byte == UInt8(ascii: "\\"), read + 1 < source.count else {
        write(byte)
        read += 1
        continue
      }
      read += 2
      switch source[read - 1] {
      case UInt8(ascii: "b"): write(0x08)
      case UInt8(ascii: "f"): write(0x0C)
      case UInt8(ascii: "n"): write(0x0A)
      case UInt8(ascii: "r"): write(0x0D)
      case UInt8(ascii: "t"): write(0x09)
      case UInt8(ascii: "u"):
        let (scalar, length) = unicodeEscape(source, read)
        read += length
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { write(byte) }
      case let other: write(other)
      }
    }
    initializedCount = written
  }
}

/// The scalar of `XXXX`, or of `XXXX\uXXXX` when that is a surrogate pair, and the bytes it took.
private func unicodeEscape(_ source: Span<UInt8>, _ start: Int) -> (Unicode.Scalar, length: Int) {
  let unit = hexValue(source, start)
  if unit & 0xFC00 == 0xD800, start + 10 <= source.count, source[start + 4] == UInt8(ascii: "\\"),
    source[start + 5] == UInt8(ascii: "u")
  {
    let low = hexValue(source, start + 6)
    if low & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF)) {
      return (scalar, 10)
    }
  }
  return (Unicode.Scalar(unit) ?? "\u{FFFD}", 4)
}

private func hexValue(_ source: Span<UInt8>, _ start: Int) -> UInt32 {
  var value: UInt32 = 0
  for index in start..<min(start + 4, source.count) {
    let byte = source[index]
    value = value << 4 | UInt32(byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : (byte | 0x20) - 87)
  }
  return value
}
