import JSONText

/// Whether a number follows from what was there before: it is the sum, difference, product or quotient of two numbers, a share
/// in percent, the count of a list, the sum or mean of a column, the sum of numbers that follow each other in the text itself,
/// the days between two days, or a day in another writing.
///
/// What can be worked out need not be right, but it rests on something.
struct DerivedNumbers {
  /// More numbers than this make nearly any other by chance; the last of them are looked at.
  private static let mostOperands = 60
  /// So many parts of values are looked at for one number.
  private static let mostParts = 20_000
  /// Of a longer text the lines are not counted, and of more text days are not looked for.
  private static let (longestText, mostDayBytes) = (100_000, 400_000)
  /// More numbers of one text are not worked out, and among more of them no sums are looked for.
  private static let (most, mostAmounts) = (60, 100)

  private let flow: ValueFlow
  /// The text in which the numbers stand.
  private let text: String
  /// Its days.
  private lazy var days = Set(DateText.all(in: text).map(\.date))
  /// Its numbers, in their order.
  private lazy var amounts = NotedValue.all(in: text).compactMap(\.token.number).prefix(Self.mostAmounts)
  /// Numbers of it that were worked out.
  private var derived: [Double] = []
  private var asked = 0
  /// Days that were there before, by the moment.
  private var known: [ValueFlow.Appearance: Set<DateText>] = [:]

  /// - Parameter text: The text in which the numbers stand.
  init(_ flow: ValueFlow, in text: String) {
    self.flow = flow
    self.text = text
  }

  /// Whether a number of the text follows from what was there before it was first said.
  mutating func isDerived(_ number: Double, _ value: ValueToken) -> Bool {
    asked += 1
    guard asked <= Self.most else { return false }
    let isFound = follows(number, value)
    if isFound { derived.append(number) }
    return isFound
  }

  private mutating func follows(_ number: Double, _ value: ValueToken) -> Bool {
    if Self.isWorkedOut(number, flow.numbers(before: value).suffix(Self.mostOperands) + derived) { return true }
    if Self.isSum(number, amounts) { return true }
    var left = Self.mostParts
    for earlier in flow.values(before: value) where left > 0 {
      if Self.isMeasure(number, of: earlier, &left) { return true }
    }
    guard number == number.rounded(), abs(number) < 100_000 else { return false }
    let before = daysBefore(value)
    let days = days
    if !before.isDisjoint(with: days.filter { Double($0.day) == number }) { return true }
    guard before.count <= Self.mostOperands else { return false }
    let numbers = Set(before.union(days).map(\.dayNumber))
    return numbers.contains { numbers.contains($0 + Int(abs(number))) }
  }

  private mutating func daysBefore(_ value: ValueToken) -> Set<DateText> {
    guard let origin = flow.origin(of: value) else { return [] }
    if let days = known[origin] { return days }
    var days: Set<DateText> = []
    var left = Self.mostDayBytes
    for earlier in flow.values(before: value) where left > 0 {
      let bytes = earlier.kind == .string ? earlier.stringBytes[...] : earlier.rawBytes
      let text = String(decoding: bytes.prefix(left), as: UTF8.self)
      left -= text.utf8.count + 1
      days.formUnion(DateText.all(in: text).map(\.date))
    }
    known[origin] = days
    return days
  }

  private static func isValue(_ left: Double, _ right: Double) -> Bool {
    abs(left - right) < 0.005 + abs(right) * 1e-6
  }

  private static func isWorkedOut(_ value: Double, _ known: [Double]) -> Bool {
    for left in known {
      if isValue(left * 100, value) || isValue(left / 100, value) || isValue(left.rounded(), value) { return true }
      for right in known {
        if isValue(left + right, value) || isValue(left - right, value) || isValue(left * right, value) { return true }
        guard right != 0 else { continue }
        let share = left / right
        if isValue(share, value) || isValue(share * 100, value) || isValue((share * 100).rounded(), value)
          || isValue((share - 1) * 100, value) || isValue(left * (1 + right / 100), value)
          || isValue(left * (1 - right / 100), value) || isValue(left * right / 100, value)
        {
          return true
        }
      }
    }
    return false
  }

  /// Whether a number is the sum of three or more that follow each other; those that rest on nothing are told themselves.
  private static func isSum(_ number: Double, _ amounts: ArraySlice<Double>) -> Bool {
    amounts.indices.contains { start in
      var (sum, count) = (0.0, 0)
      for amount in amounts[start...] {
        guard amount != number else { return false }
        sum += amount
        count += 1
        if count >= 3, isValue(sum, number) { return true }
      }
      return false
    }
  }

  /// Whether a number is what can be counted or added up in a value: elements of a list, lines of a text, a column.
  private static func isMeasure(_ number: Double, of value: JSONValue, _ left: inout Int) -> Bool {
    guard left > 0 else { return false }
    left -= 1
    switch value.kind {
    case .string:
      if let nested = value.nestedDocument() { return isMeasure(number, of: nested.root, &left) }
      guard value.encodedStringLength <= longestText, number == number.rounded(), number >= 2 else { return false }
      let lines = (value.string ?? "").split(whereSeparator: \.isNewline)
      let items = lines.count { line in
        line.first(where: { !$0.isWhitespace }).map { "-*•".contains($0) || $0.isNumber } ?? false
      }
      return [lines.count, lines.count - 1, items].contains { $0 >= 2 && Double($0) == number }
    case .array:
      guard value.count >= 2 else { return value.elements.contains { isMeasure(number, of: $0, &left) } }
      if Double(value.count) == number || isTotal(number, value.elements.compactMap(\.double)) { return true }
      var columns: [String: [Double]] = [:]
      for element in value.elements.prefix(1_000) where element.kind == .object {
        left -= 1
        for member in element.members {
          if let amount = member.value.double { columns[member.key, default: []].append(amount) }
        }
      }
      return columns.values.contains { isTotal(number, $0) }
        || value.elements.contains { isMeasure(number, of: $0, &left) }
    case .object:
      return value.count >= 2 && Double(value.count) == number
        || value.members.contains { isMeasure(number, of: $0.value, &left) }
    default: return false
    }
  }

  /// Whether a number is the sum or the mean of a column.
  private static func isTotal(_ number: Double, _ column: [Double]) -> Bool {
    guard column.count >= 2 else { return false }
    let sum = column.reduce(0, +)
    let mean = sum / Double(column.count)
    return isValue(sum, number) || isValue(mean, number) || isValue((mean * 100).rounded() / 100, number)
  }
}
