/// Values: texts, numbers, lists.
extension FilterReader {
  mutating func value(for comparator: String, key: String) throws(FilterError) -> WrittenClause.Value {
    let upper = comparator.uppercased()
    if upper.hasPrefix("IS ") { return .nothing }
    if upper == "IN" || upper == "NOT IN" {
      guard key != "timestamp" else {
        throw clauseError(
          position, "timestamp is compared with one integer", "Write timestamp_ms >= … AND timestamp_ms < …")
      }
      guard current == "(" else { throw clauseError(position, "a list is missing", "Write \(key) \(upper) ('a', 'b')") }
      return try list()
    }
    guard let first = current else {
      throw clauseError(position, "a value is missing", "A value is a text in quotes or a number")
    }
    switch first {
    case "'", "\"":
      let (content, end) = try string(from: position)
      position = end
      return .text(content)
    case "`":
      guard let end = scalars[(position + 1)...].firstIndex(of: "`") else {
        throw clauseError(position, "the backtick is not closed")
      }
      let content = text(scalars[position...end])
      position = end + 1
      return .unquoted(content)
    case "?", ":":
      let end = scalars[(position + 1)...].firstIndex { !Self.isWord($0) } ?? scalars.count
      let content = text(scalars[position..<end])
      position = end
      return .placeholder(content)
    case _ where Self.isDigit(first) || first == "-" || first == ".":
      return try number()
    case _ where Self.isWordStart(first):
      let end = scalars[position...].firstIndex { !Self.isWord($0) && $0 != "." } ?? scalars.count
      let content = text(scalars[position..<end])
      let offset = position
      position = end
      if content.uppercased() == "NULL" { return .placeholder(content) }
      guard !Self.notValues.contains(content.uppercased()) else {
        throw clauseError(
          offset, "'\(content)' is a word of SQL and no value", "A value is a text in quotes, also true: 'true'")
      }
      return .unquoted(content)
    default:
      throw clauseError(position, "'\(first)' is no value", "A value is a text in quotes or a number")
    }
  }

  private mutating func number() throws(FilterError) -> WrittenClause.Value {
    let start = position
    if current == "-" { position += 1 }
    func digits() -> Int { scalars[position...].prefix(while: Self.isDigit).count }
    let whole = digits()
    position += whole
    var isReal = false
    if current == "." {
      position += 1
      isReal = true
      let fraction = digits()
      position += fraction
      if whole + fraction == 0 { throw clauseError(start, "this is no number") }
    } else if whole == 0 {
      throw clauseError(start, "this is no number")
    }
    if current == "e" || current == "E" {
      let mark = position
      position += 1
      if current == "-" { position += 1 }
      if digits() > 0 {
        position += digits()
        isReal = true
      } else {
        position = mark
      }
    }
    // Behind an exponent a word begins anew.
    let hasExponent = scalars[start..<position].contains { $0 == "e" || $0 == "E" }
    if !hasExponent, let next = current, Self.isWord(next) {
      let end = scalars[position...].firstIndex { !Self.isWord($0) } ?? scalars.count
      let written = text(scalars[start..<end])
      let isWordLike = next == "_"
      throw FilterError(
        isWordLike ? .valueNotQuoted : .invalidClause, at: start, "'\(written)' is no number",
        allowed: "Numbers are written like 5, -1.5 or 1e3")
    }
    let written = text(scalars[start..<position])
    return isReal ? .real(written) : .integer(written)
  }

  /// A quoted text, word for word, and where it ends. A doubled quote, and one behind a backslash, do not end it, unless
  /// none would be left that does.
  func string(from start: Int) throws(FilterError) -> (content: String, end: Int) {
    let quote = scalars[start]
    var position = start + 1
    var fallback: Int?
    while position < scalars.count {
      if scalars[position] == quote {
        guard position + 1 < scalars.count, scalars[position + 1] == quote else {
          return (text(scalars[(start + 1)..<position]), position + 1)
        }
        fallback = position
        position += 2
      } else if scalars[position] == "\\", position + 1 < scalars.count, scalars[position + 1] == quote {
        fallback = position + 1
        position += 2
      } else {
        position += 1
      }
    }
    if let fallback { return (text(scalars[(start + 1)..<fallback]), fallback + 1) }
    throw FilterError(
      .invalidClause, at: start, "the quote is not closed", allowed: "End the text with \(quote)",
      suggestion: quote == "'" || quote == "\"" ? text(scalars[...]) + String(quote) : nil)
  }

  private mutating func list() throws(FilterError) -> WrittenClause.Value {
    let start = position
    var end = position + 1
    var depth = 1
    while end < scalars.count, depth > 0 {
      switch scalars[end] {
      case "'", "\"": end = try string(from: end).end
      case "(": (depth, end) = (depth + 1, end + 1)
      case ")": (depth, end) = (depth - 1, end + 1)
      default: end += 1
      }
    }
    guard depth == 0 else { throw clauseError(start, "the list is not closed", "End it with )") }
    position = end
    return .list(try PythonList.strings(Array(scalars[(start + 1)..<(end - 1)]), at: start))
  }

  private static let notValues: Set = [
    "TRUE", "FALSE", "TIMESTAMP", "TEXT", "USER", "SESSION", "END", "SELECT", "LIMIT", "ORDER", "GROUP", "AND", "OR",
    "NOT",
    "IN", "IS", "LIKE", "ILIKE", "RLIKE", "FROM", "CASE", "AS", "BETWEEN",
  ]
}
