/// A moment in UTC, as nanoseconds since 1970. Years 1678 to 2262.
public struct Timestamp: Hashable, Sendable, Comparable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public var nanoseconds: Int64

  /// From nanoseconds since 1970.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// From milliseconds since 1970; what does not fit is clamped.
  public init(milliseconds: Int64) {
    nanoseconds = milliseconds.multipliedSaturating(by: 1_000_000)
  }

  /// Whole milliseconds since 1970, rounded down.
  public var milliseconds: Int64 {
    nanoseconds >= 0 ? nanoseconds / 1_000_000 : -((-(nanoseconds + 1)) / 1_000_000) - 1
  }

  /// Orders by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

  /// RFC 3339 in UTC as protobuf's JSON writes it: no fraction, or 3, 6 or 9 digits of it.
  public var rfc3339: String {
    let parts = civil
    let fraction = parts.nanosecond
    let suffix =
      switch fraction {
      case 0: ""
      case _ where fraction % 1_000_000 == 0: "." + Self.padded(fraction / 1_000_000, 3)
      case _ where fraction % 1_000 == 0: "." + Self.padded(fraction / 1_000, 6)
      default: "." + Self.padded(fraction, 9)
      }
    return "\(parts.date)T\(parts.time)\(suffix)Z"
  }

  /// `2026-11-16 09:00:00`, for tables.
  public var shortUTC: String {
    let parts = civil
    return "\(parts.date) \(parts.time)"
  }

  /// Reads an ISO 8601 date (`2026-11-16`), a date with time (`2026-11-16T09:00:00.5Z`, `… 09:00+01:00`) or milliseconds
  /// since 1970. Without a zone, UTC.
  public init?(_ text: String) {
    if let milliseconds = Int64(text), text.utf8.count > 8 {
      self.init(milliseconds: milliseconds)
      return
    }
    var reader = Reader(bytes: Array(text.utf8))
    guard let seconds = reader.seconds(), let fraction = reader.fraction, reader.isAtEnd else { return nil }
    // Of a moment before 1970 the fraction comes back on the way, so that the very first one is read, too.
    let (whole, part) = seconds < 0 ? (seconds + 1, fraction - 1_000_000_000) : (seconds, fraction)
    let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return nil }
    self.init(nanoseconds: product.addingSaturating(part))
  }

  private var civil: (date: String, time: String, nanosecond: Int64) {
    var seconds = nanoseconds / 1_000_000_000
    var fraction = nanoseconds % 1_000_000_000
    if fraction < 0 {
      fraction += 1_000_000_000
      seconds -= 1
    }
    var days = seconds / 86_400
    var second = seconds % 86_400
    if second < 0 {
      second += 86_400
      days -= 1
    }
    let (year, month, day) = Self.date(daysSince1970: days)
    let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    let time =
      "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
    return (date, time, fraction)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The proleptic Gregorian date; eras of 400 years that begin in March, so that the leap day comes last.
  private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let days = daysSince1970 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private struct Reader {
    var bytes: [UInt8]
    var position = 0
    var fraction: Int64? = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func seconds() -> Int64? {
      guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
        (1...12).contains(month), (1...31).contains(day)
      else { return nil }
      let days = Timestamp.daysSince1970(year: year, month: month, day: day)
      // 31 April is the 1st of May to the arithmetic above; it is a mistake to us.
      guard Timestamp.date(daysSince1970: days) == (year, month, day) else { return nil }
      guard take("T") || take("t") || take(" ") else { return days * 86_400 }
      guard let hour = digits(2), take(":"), let minute = digits(2), hour < 24, minute < 60 else { return nil }
      var second: Int64 = 0
      if take(":") {
        guard let value = digits(2), value < 61 else { return nil }
        second = value
        if take(".") || take(",") { fraction = nanoseconds() }
      }
      guard let offset = zone() else { return nil }
      return days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    private mutating func zone() -> Int64? {
      if isAtEnd || take("Z") || take("z") { return 0 }
      let isNegative = take("-")
      guard isNegative || take("+"), let hours = digits(2), hours < 24 else { return nil }
      _ = take(":")
      let minutes = isAtEnd ? 0 : digits(2)
      guard let minutes, minutes < 60 else { return nil }
      return (hours * 3_600 + minutes * 60) * (isNegative ? -1 : 1)
    }

    private mutating func nanoseconds() -> Int64? {
      var value: Int64 = 0
      var count = 0
      while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
        if count < 9 { value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0")) }
        count += 1
        position += 1
      }
      guard count > 0 else { return nil }
      for _ in 0..<max(0, 9 - count) { value *= 10 }
      return value
    }

    private mutating func digits(_ count: Int) -> Int64? {
      guard position + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[position..<position + count] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      position += count
      return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: character.value) else { return false }
      position += 1
      return true
    }
  }
}
