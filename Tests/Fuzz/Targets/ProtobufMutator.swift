/// Varies a protobuf message as a tree of fields, so that the lengths around what is varied stay right; sometimes not.
enum ProtobufMutator {
  private enum Field {
    case varint(UInt64, UInt64)
    case fixed64(UInt64, [UInt8])
    case bytes(UInt64, [UInt8])
    case fixed32(UInt64, [UInt8])
  }

  static func vary(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers, _ words: [[UInt8]]) {
    for _ in 0...numbers.pick(4) { bytes = varied(bytes, &numbers, words, depth: 0) }
  }

  private static func varied(
    _ bytes: [UInt8], _ numbers: inout SeededNumbers, _ words: [[UInt8]], depth: Int
  ) -> [UInt8] {
    guard var fields = fields(bytes), !fields.isEmpty else {
      // A text, or nothing.
      return numbers.pick(3) == 0 ? bytes + (numbers.pick(words) ?? []) : numbers.pick(words) ?? []
    }
    let place = numbers.pick(fields.count)
    // Mostly further in, where the meaning is.
    if case .bytes(let number, let inner) = fields[place], depth < 12, numbers.pick(5) > 0 {
      fields[place] = .bytes(number, varied(inner, &numbers, words, depth: depth + 1))
      return encoded(fields, &numbers)
    }
    switch numbers.pick(6) {
    case 0: fields.remove(at: place)
    case 1: fields += Array(repeating: fields[place], count: [1, 3, 50][numbers.pick(3)])
    case 2: fields.swapAt(place, numbers.pick(fields.count))
    case 3:
      // A value in a value in a value.
      guard case .bytes(let number, var inner) = fields[place] else { break }
      for _ in 0..<[1, 4, 120][numbers.pick(3)] { inner = encode(.bytes(numbers.pick(2) == 0 ? 5 : 1, inner)) }
      fields[place] = .bytes(number, inner)
    case 4: fields[place] = other(number(fields[place]), &numbers)
    default: fields[place] = other(UInt64(numbers.pick(17)), &numbers)
    }
    return encoded(fields, &numbers)
  }

  private static func other(_ number: UInt64, _ numbers: inout SeededNumbers) -> Field {
    let extreme: UInt64 = [0, 1, 2, 127, 128, 1 << 31, 1 << 32, 1 << 63, .max, numbers.next()][numbers.pick(10)]
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: extreme >> (8 * $0)) }
    return switch numbers.pick(4) {
    case 0: .varint(number, extreme)
    case 1: .fixed64(number, bytes)
    case 2: .fixed32(number, Array(bytes.prefix(4)))
    default: .bytes(number, Array(bytes.prefix(numbers.pick(9))))
    }
  }

  private static func number(_ field: Field) -> UInt64 {
    switch field {
    case .varint(let number, _), .fixed64(let number, _), .bytes(let number, _), .fixed32(let number, _): number
    }
  }

  // MARK: The wire

  private static func encoded(_ fields: [Field], _ numbers: inout SeededNumbers) -> [UInt8] {
    var output: [UInt8] = []
    for field in fields {
      if case .bytes(let number, let bytes) = field, numbers.pick(200) == 0 {
        // A length that is not true.
        let length: UInt64 = [0, UInt64(bytes.count + 1), 1 << 31, 1 << 63, .max][numbers.pick(5)]
        output += varint(number << 3 | 2) + varint(length) + bytes
      } else {
        output += encode(field)
      }
    }
    return output
  }

  private static func encode(_ field: Field) -> [UInt8] {
    switch field {
    case .varint(let number, let value): varint(number << 3) + varint(value)
    case .fixed64(let number, let bytes): varint(number << 3 | 1) + bytes
    case .bytes(let number, let bytes): varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    case .fixed32(let number, let bytes): varint(number << 3 | 5) + bytes
    }
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var output: [UInt8] = []
    repeat {
      output.append(UInt8(rest & 127) | (rest > 127 ? 128 : 0))
      rest >>= 7
    } while rest > 0
    return output
  }

  /// The fields of a message; nil when the bytes are none.
  private static func fields(_ bytes: [UInt8]) -> [Field]? {
    var rest = bytes[...]
    var fields: [Field] = []
    func number() -> UInt64? {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
      }
      return nil
    }
    func take(_ count: UInt64) -> [UInt8]? {
      guard count <= UInt64(rest.count) else { return nil }
      defer { rest = rest.dropFirst(Int(count)) }
      return Array(rest.prefix(Int(count)))
    }
    while !rest.isEmpty {
      guard let tag = number(), tag >> 3 > 0, tag >> 3 < 200 else { return nil }
      switch tag & 7 {
      case 0: number().map { fields.append(.varint(tag >> 3, $0)) }
      case 1: take(8).map { fields.append(.fixed64(tag >> 3, $0)) }
      case 2:
        guard let bytes = number().flatMap(take) else { return nil }
        fields.append(.bytes(tag >> 3, bytes))
      case 5: take(4).map { fields.append(.fixed32(tag >> 3, $0)) }
      default: return nil
      }
    }
    return fields
  }
}
