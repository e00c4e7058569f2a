import TraceModel

/// A number or a name that a machine gave, in a form by which it is recognised in other writing: `1,234.50` is `1234.5`,
/// `Order-4711` is `order-4711`, `2026-11-19` holds 2026, 11 and 19.
struct ValueToken: Sendable, Hashable {
  /// What tells it from others: the number's bits, or a hash of the lower-case letters.
  let key: UInt64
  /// The number, if it is one.
  let number: Double?
  /// Where it stands in the text.
  let range: Range<Int>
  /// Whether it is a number inside of a name: the 4711 of `Order-4711`.
  var isPart = false

  static func == (left: ValueToken, right: ValueToken) -> Bool { left.key == right.key }
  func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// Finds the values of note in a text, in one pass.
enum ValueText {
  /// Longer texts are not read to their end.
  static let longest = 200_000

  /// Calls `body` with each value, in order. JSON text gives the values of the strings in it: their escapes divide words, as
  /// the characters do that they stand for, also in JSON inside of a string.
  static func scan(_ text: ArraySlice<UInt8>, _ body: (ValueToken) -> Void) {
    var position = text.startIndex
    let end = min(text.endIndex, text.startIndex + longest)
    // Most bytes are of words without a digit, over which sixteen at a time are passed.
    while let digit = firstDigit(text, from: position, to: end) {
      let start = startOfRun(text, with: digit, from: position, to: end)
      position = max(start, digit)
      // A digit of a character's code is none.
      guard start <= digit else { continue }
      var hasLetter = text[start..<digit].contains(where: isLetter)
      while position < end, isPart(text[position]) {
        hasLetter = hasLetter || isLetter(text[position])
        position += 1
      }
      var lower = start
      var upper = position
      while upper > lower, !isDigit(text[upper - 1]), !isLetter(text[upper - 1]) { upper -= 1 }
      while lower < upper, !isDigit(text[lower]), !isLetter(text[lower]) { lower += 1 }
      let isNegative = lower > start && text[lower - 1] == UInt8(ascii: "-")
      if hasLetter {
        if (4...64).contains(upper - lower) {
          body(ValueToken(key: hash(text[lower..<upper]), number: nil, range: lower..<upper))
        }
      }
      numbers(text, lower..<upper, isNegative: isNegative && !hasLetter, isPart: hasLetter, body)
    }
  }

  /// Whether any digit stands in a text: without one it has no value.
  static func hasDigit(_ text: String) -> Bool {
    unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
      unsafe firstDigit(bytes.span, from: 0, to: bytes.count) != nil
    } ?? text.utf8.contains(where: isDigit)
  }

  private typealias Lanes = SIMD16<UInt8>

  /// The next digit, before `end`.
  private static func firstDigit(_ text: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int? {
    firstDigit(text.span, from: start - text.startIndex, to: end - text.startIndex).map { text.startIndex + $0 }
  }

  private static func firstDigit(_ bytes: Swift.Span<UInt8>, from start: Int, to limit: Int) -> Int? {
    let raw = unsafe bytes.bytes
    var place = start
    let (zero, ten) = (Lanes(repeating: UInt8(ascii: "0")), Lanes(repeating: 10))
    while place + Lanes.scalarCount <= limit {
      // Sixteen bytes inside of the span; any bit pattern is valid.
      let block = unsafe raw.unsafeLoadUnaligned(fromByteOffset: place, as: Lanes.self)
      // As integers, for the operators of masks are not inlined.
      let hits = unsafe unsafeBitCast((block &- zero) .< ten, to: SIMD2<UInt64>.self)
      if hits[0] != 0 { return place + hits[0].trailingZeroBitCount / 8 }
      if hits[1] != 0 { return place + 8 + hits[1].trailingZeroBitCount / 8 }
      place += Lanes.scalarCount
    }
    while place < limit {
      if isDigit(bytes[place]) { return place }
      place += 1
    }
    return nil
  }

  /// Where the run of bytes begins that a digit is part of: behind what divides it from what stands before. Behind the digit,
  /// where that is part of an escape.
  private static func startOfRun(_ text: ArraySlice<UInt8>, with digit: Int, from first: Int, to end: Int) -> Int {
    var place = digit
    while place > first, isPart(text[place - 1]) { place -= 1 }
    guard place > first else { return first }
    place -= 1
    guard text[place] == backslash else { return place + dividingLength(text[place]) }
    while place > first, text[place - 1] == backslash { place -= 1 }
    return endOfEscape(text, place, end)
  }

  /// Behind the backslashes at a position and the letter or code that belongs to them.
  private static func endOfEscape(_ text: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end, text[position] == backslash { position += 1 }
    guard position < end else { return end }
    if escapeLetters.contains(text[position]) { return position + 1 }
    guard text[position] == UInt8(ascii: "u"), position + 5 <= end else { return position }
    let code = text[position + 1..<position + 5]
    return code.allSatisfy { isDigit($0) || ($0 | 0x20) &- UInt8(ascii: "a") < 6 } ? position + 5 : position
  }

  private static let backslash = UInt8(ascii: "\\")
  private static let escapeLetters = Array("nrtbf".utf8)

  /// The numbers of a run: all of it, or what stands between its hyphens and letters.
  private static func numbers(
    _ text: ArraySlice<UInt8>, _ run: Range<Int>, isNegative: Bool, isPart: Bool, _ body: (ValueToken) -> Void
  ) {
    var position = run.lowerBound
    while position < run.upperBound {
      guard isDigit(text[position]) else {
        position += 1
        continue
      }
      let start = position
      var whole = 0.0
      var scale = 0.0
      var digits = 0
      while position < run.upperBound {
        let byte = text[position]
        if isDigit(byte) {
          whole = whole * 10 + Double(byte - UInt8(ascii: "0"))
          scale *= 10
          digits += 1
        } else if byte == UInt8(ascii: "."), scale == 0, position + 1 < run.upperBound, isDigit(text[position + 1]) {
          scale = 1
        } else if byte == UInt8(ascii: ","), scale == 0, position + 3 < run.upperBound, isDigit(text[position + 1]),
          isDigit(text[position + 2]), isDigit(text[position + 3])
        {
        } else {
          break
        }
        position += 1
      }
      // More digits are an id, which hyphens and letters do not divide.
      guard digits <= 15 else { continue }
      let value = (scale > 1 ? whole / scale : whole) * (isNegative && start == run.lowerBound ? -1 : 1)
      body(
        ValueToken(
          key: value.bitPattern ^ 0x9E37_79B9_7F4A_7C15, number: value, range: start..<position, isPart: isPart))
    }
  }

  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash = FNV1a()
    for byte in bytes {
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      hash.add(isUpper ? byte | 0x20 : byte)
    }
    return hash.value
  }

  /// Bytes of what begins so, if it is a character that divides values: signs, currencies and dashes, and the letters of scripts that put no blank
  /// beside a number. Latin, Greek, Cyrillic, Hebrew and Arabic letters, two bytes each, are parts of words.
  private static func dividingLength(_ byte: UInt8) -> Int {
    switch byte {
    case 0xC2: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF7: 4
    default: 1
    }
  }

  @inline(__always)
  private static func isPart(_ byte: UInt8) -> Bool {
    guard byte < 0x80 else { return dividingLength(byte) == 1 }
    // Digits, `.`, `,` and `-`; letters and `_`. A table would have to be looked up each time.
    let mask: UInt64 = byte < 0x40 ? 0x03FF_7000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return mask >> UInt64(byte & 63) & 1 != 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 }
}

/// A value of a text that may be shown: never a secret.
struct NotedValue: Sendable, Hashable {
  /// How it is recognised.
  let token: ValueToken
  /// As it stands in the text.
  let words: String

  /// Whether it says where it comes from: small whole numbers are said everywhere, years are known, and `28-inch` is a measure.
  var isTelling: Bool {
    guard let number = token.number else { return words.utf8.count { (0x30...0x39).contains($0) } >= 3 }
    return number != number.rounded() || (abs(number) > 12 && !(1_900...2_100).contains(number))
  }

  /// The values of a text in their order, each once, without those in its secrets.
  static func all(in text: String) -> [NotedValue] {
    // Without a digit there is none, and no secret has to be looked for.
    guard ValueText.hasDigit(text) else { return [] }
    let bytes = Array(SecretMask.removed(from: text).utf8)
    var found: [NotedValue] = []
    var seen: Set<UInt64> = []
    ValueText.scan(bytes[...]) { token in
      guard !token.isPart, seen.insert(token.key).inserted else { return }
      found.append(NotedValue(token: token, words: String(decoding: bytes[token.range], as: UTF8.self)))
    }
    return found
  }
}
