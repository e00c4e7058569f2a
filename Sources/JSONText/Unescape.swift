/// Decodes the escapes of a JSON string body that the scanner has accepted. A surrogate without its partner becomes
/// U+FFFD, since UTF-8 cannot hold it.
func unescape(_ body: ArraySlice<UInt8>) -> [UInt8] {
  var output: [UInt8] = []
  output.reserveCapacity(body.count)
  var position = body.startIndex
  while position < body.endIndex {
    guard let escape = body[position...].firstIndex(of: UInt8(ascii: "\\")), escape + 1 < body.endIndex else {
      output.append(contentsOf: body[position...])
      break
    }
    output.append(contentsOf: body[position..<escape])
    position = escape + 2
    switch body[escape + 1] {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"):
      var unit = hexValue(body, position)
      position += 4
      if unit & 0xFC00 == 0xD800, position + 6 <= body.endIndex, body[position] == UInt8(ascii: "\\"),
        body[position + 1] == UInt8(ascii: "u")
      {
        let low = hexValue(body, position + 2)
        if low & 0xFC00 == 0xDC00 {
          unit = 0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF)
          position += 6
        }
      }
      let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
      output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    case let other: output.append(other)
    }
  }
  return output
}

private func hexValue(_ body: ArraySlice<UInt8>, _ start: Int) -> UInt32 {
  var value: UInt32 = 0
  for byte in body[start..<min(start + 4, body.endIndex)] {
    value = value << 4 | UInt32(byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : (byte | 0x20) - 87)
  }
  return value
}
