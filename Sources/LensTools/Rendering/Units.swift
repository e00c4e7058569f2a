package import JSONText
import MCP
package import TraceModel

/// Numbers as people read them, two or three digits of them.
package enum Units {
  /// Nanoseconds: `850µs`, `310ms`, `1.28s`, `47.3s`, `2m05s`, `1h02m`.
  package static func duration(_ nanoseconds: Int64?) -> String {
    guard let nanoseconds else { return "open" }
    let sign = nanoseconds < 0 ? "-" : ""
    let value = nanoseconds.magnitude
    let seconds = value / 1_000_000_000
    switch value {
    case 0: return "0ms"
    case ..<1_000_000: return "\(sign)\(value / 1_000)µs"
    case ..<10_000_000: return sign + decimal(value, per: 1_000_000, digits: 1) + "ms"
    case ..<1_000_000_000: return "\(sign)\(value / 1_000_000)ms"
    case ..<10_000_000_000: return sign + decimal(value, per: 1_000_000_000, digits: 2) + "s"
    case ..<60_000_000_000: return sign + decimal(value, per: 1_000_000_000, digits: 1) + "s"
    case ..<3_600_000_000_000: return "\(sign)\(seconds / 60)m\(twoDigits(seconds % 60))s"
    default: return "\(sign)\(seconds / 3_600)h\(twoDigits(seconds / 60 % 60))m"
    }
  }

  /// Milliseconds, in the same way.
  package static func duration(milliseconds: Int64?) -> String {
    duration(milliseconds.map { $0.multipliedSaturating(by: 1_000_000) })
  }

  /// Bytes: `412B`, `1.2kB`, `20.0MB`.
  package static func bytes(_ count: Int) -> String {
    switch UInt64(max(0, count)) {
    case ..<1_000: return "\(count)B"
    case let value where value < 1_000_000: return decimal(value, per: 1_000, digits: 1) + "kB"
    case let value: return decimal(value, per: 1_000_000, digits: 1) + "MB"
    }
  }

  /// Counts: `980`, `4.1k`, `2.5M`.
  package static func count(_ number: Int64) -> String {
    switch number.magnitude {
    case ..<1_000: "\(number)"
    case let value where value < 1_000_000:
      (number < 0 ? "-" : "") + decimal(UInt64(value), per: 1_000, digits: 1) + "k"
    case let value: (number < 0 ? "-" : "") + decimal(UInt64(value), per: 1_000_000, digits: 1) + "M"
    }
  }

  /// US dollars: `$12.40`, `$0.0021`, `$0.000045`: two digits that matter, or cents.
  package static func dollars(_ amount: Double) -> String {
    guard amount.isFinite, abs(amount) < 1e12 else { return "$?" }
    let sign = amount < 0 ? "-" : ""
    var micros = UInt64((abs(amount) * 1_000_000).rounded())
    if micros >= 100_000 {
      let cents = (micros + 5_000) / 10_000
      return "\(sign)$\(cents / 100).\(twoDigits(cents % 100))"
    }
    var unit: UInt64 = 1
    while micros / unit >= 100 { unit *= 10 }
    micros = (micros + unit / 2) / unit * unit
    guard micros > 0 else { return amount == 0 ? "$0" : "\(sign)<$0.000001" }
    var digits = String(micros)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(sign)$0.\(digits)"
  }

  /// `59→31 tok`.
  package static func tokens(_ usage: TokenUsage) -> String {
    guard let input = usage.input, let output = usage.output else {
      return usage.total.map { "\(count($0)) tok" } ?? "? tok"
    }
    return "\(count(input))→\(count(output)) tok"
  }

  /// The same as an object.
  package static func json(_ usage: TokenUsage) -> JSON {
    .object(present: [
      "input_tokens": usage.input.map { .int($0) }, "output_tokens": usage.output.map { .int($0) },
      "total_tokens": usage.total.map { .int($0) },
    ])
  }

  /// `1 span`, `2 spans`.
  package static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// Cut, not rounded, so that 999,999 does not become 1000.0k.
  private static func decimal(_ value: UInt64, per unit: UInt64, digits: Int) -> String {
    let scale: UInt64 = digits == 1 ? 10 : 100
    let fraction = String(value % unit * scale / unit)
    return "\(value / unit).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  private static func twoDigits(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
