import JSONText
import TraceModel
import TraceSemantics

/// A number with what it counts, as a text or a value of JSON has it.
struct Measure: Sendable {
  /// The number.
  var number: Double
  /// What it counts; nil where nothing says.
  var unit: MeasureUnit?
  /// As it stands there: `62 a day`.
  var words: String
  /// The way to it in the value; empty in a text.
  var path = JSONPath(steps: [])
  /// Whether it was worked out of several that stand there.
  var isMean = false

  // MARK: Text

  /// Behind a number so many bytes may tell its unit.
  private static let reach = 32
  private static let ends: [Bool] = (0...255).map { #".;,()"'*|<>:?!"#.utf8.contains($0) || [0x0A, 0x0D].contains($0) }

  /// The numbers of a text that somebody wants to know of, in their order.
  static func all(in text: String, where isWanted: (Double) -> Bool = { _ in true }) -> [Measure] {
    guard hasNumber(Array(text.utf8)[...], where: isWanted) else { return [] }
    let bytes = Array(SecretMask.removed(from: text).utf8)
    var found: [Measure] = []
    ValueText.scan(bytes[...]) { token in
      guard let number = token.number, isWanted(number) else { return }
      let before = token.range.lowerBound > 0 ? bytes[token.range.lowerBound - 1] : UInt8(ascii: " ")
      // `4711` of `Order-4711` and `20` of `2026-11-20` count nothing.
      if token.isPart, isOfName(before) { return }
      let tail = bytes[token.range.upperBound..<min(bytes.count, token.range.upperBound + reach)]
      let line = tail.prefix { !ends[Int($0)] }
      let (unit, length) = unit(before: bytes[..<token.range.lowerBound], behind: line)
      let end = token.range.upperBound + length
      found.append(
        Measure(number: number, unit: unit, words: String(decoding: bytes[token.range.lowerBound..<end], as: UTF8.self))
      )
    }
    return found
  }

  /// Whether one of the numbers of a text is wanted: most texts have none, and need not be looked at further.
  static func hasNumber(_ text: ArraySlice<UInt8>, where isWanted: (Double) -> Bool) -> Bool {
    var isFound = false
    ValueText.scan(text) { token in
      if !isFound, let number = token.number, isWanted(number) { isFound = true }
    }
    return isFound
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }

  private static let signs = ["$", "€", "£", "₹"]

  /// What stands before or behind a number, and how many bytes of what is behind belong to it.
  private static func unit(
    before: ArraySlice<UInt8>, behind: ArraySlice<UInt8>
  ) -> (unit: MeasureUnit?, length: Int) {
    // Most numbers have a blank before them.
    let mayHaveSign = before.last.map { $0 == UInt8(ascii: "$") || $0 >= 0x80 } ?? false
    let sign = mayHaveSign ? signs.first { before.suffix($0.utf8.count).elementsEqual($0.utf8) } : nil
    if let sign, let unit = MeasureUnit(word: sign) {
      // `C$20` is none of them.
      let isBare = before.dropLast(sign.utf8.count).last.map { ($0 | 0x20) &- UInt8(ascii: "a") >= 26 } ?? true
      let isOther = words(behind).first.map { MeasureUnit.isOtherDollar(String($0)) } ?? false
      return (isBare && !isOther ? unit : nil, 0)
    }
    // Most numbers have nothing behind them that could be a unit.
    guard let next = behind.first(where: { $0 != 0x20 && $0 != UInt8(ascii: "-") }),
      next == UInt8(ascii: "/") || isLetter(next)
    else {
      return (nil, 0)
    }
    guard let unit = MeasureUnit(leading: words(behind)) else { return (nil, 0) }
    return (unit, length(of: unit, in: behind))
  }

  /// The first words, as many as name a unit, in lower case; a slash is read as `per`.
  private static func words(_ bytes: ArraySlice<UInt8>) -> [Substring] {
    if bytes.contains(where: { $0 >= 0x80 }) {
      // There are other blanks than ASCII's, and bytes of a character that was cut are no word.
      return String(decoding: bytes, as: UTF8.self).lowercased().replacing("/", with: " per ").split {
        $0.isWhitespace || $0 == "-"
      }
    }
    var words: [Substring] = []
    words.reserveCapacity(MeasureUnit.mostWords + 1)
    var lowered = Array(bytes)
    var start = 0
    for place in 0...lowered.count where words.count < MeasureUnit.mostWords {
      let byte = place < lowered.count ? lowered[place] : 0x20
      guard byte <= 0x20 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") else {
        if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { lowered[place] = byte | 0x20 }
        continue
      }
      if start < place { words.append(String(decoding: lowered[start..<place], as: UTF8.self)[...]) }
      if byte == UInt8(ascii: "/") { words.append("per") }
      start = place + 1
    }
    return words
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 }

  /// Up to the end of the word that names the unit.
  private static func length(of unit: MeasureUnit, in bytes: ArraySlice<UInt8>) -> Int {
    var end = bytes.startIndex
    for word in bytes.split(whereSeparator: {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/")
    }) {
      end = word.endIndex
      let named = MeasureUnit(word: String(decoding: word, as: UTF8.self).lowercased())
      if named == unit || named?.asRate == unit { break }
    }
    return end - bytes.startIndex
  }

  // MARK: JSON

  private static let statingKeys = ["unit", "units", "currency", "currency_code", "currencyCode", "uom"]
  /// Larger values are not looked through to their end.
  static let most = 4_000

  /// The numbers of a value, each with the unit that its key tells, or a field beside it, or the text that it stands in.
  static func all(in value: JSONValue) -> [Measure] {
    var found: [Measure] = []
    collect(value, [], nil, &found)
    return found
  }

  private static func collect(
    _ value: JSONValue, _ steps: [String], _ unit: MeasureUnit?, _ found: inout [Measure]
  ) {
    guard found.count < most, steps.count < 12 else { return }
    switch value.kind {
    case .object:
      let stated = statingKeys.lazy.compactMap { value[$0]?.string.flatMap { MeasureUnit(stated: $0) } }.first
      for member in value.members {
        collect(member.value, steps + [member.key], MeasureUnit(key: member.key) ?? stated ?? unit, &found)
      }
    case .array:
      let elements = Array(value.elements)
      for (place, element) in elements.enumerated() { collect(element, steps + ["\(place)"], unit, &found) }
      let numbers = elements.prefix(most).compactMap(\.double)
      guard numbers.count > 1, numbers.count == elements.count else { return }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      found.append(
        Measure(number: mean, unit: unit, words: "\(mean)", path: JSONPath(steps: steps), isMean: true))
    case .number:
      guard let number = value.double else { return }
      found.append(
        Measure(
          number: number, unit: unit, words: String(decoding: value.rawBytes, as: UTF8.self),
          path: JSONPath(steps: steps)))
    case .string:
      if let nested = value.nestedDocument() { return collect(nested.root, steps, unit, &found) }
      guard value.encodedStringLength <= 65_536, let text = value.string else { return }
      found += all(in: text).map { measure in
        var measure = measure
        measure.unit = measure.unit ?? unit
        measure.path = JSONPath(steps: steps)
        return measure
      }
    default: return
    }
  }

  /// Whether a number is this one, or this one rounded.
  func isSame(as other: Double) -> Bool {
    number == other || isMean && (number.rounded() == other || ((number * 10).rounded() / 10) == other)
  }
}
