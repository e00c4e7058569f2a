/// Reads clauses from a filter's text.
///
/// MLflow cuts the text up with a general tokenizer for SQL. These are the rules that come out of it (reference of release
/// 3.18, section 5.1): clauses follow each other with or without AND, values are taken word for word, and there is no OR,
/// no NOT and no parenthesis.
struct FilterReader {
  let scalars: [Unicode.Scalar]
  var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// All clauses.
  static func clauses(_ text: String) throws(FilterError) -> [WrittenClause] {
    var reader = FilterReader(text)
    var clauses: [WrittenClause] = []
    while let clause = try reader.next(after: clauses.last) { clauses.append(clause) }
    return clauses
  }

  private mutating func next(after previous: WrittenClause?) throws(FilterError) -> WrittenClause? {
    skipBlanks()
    var isJoined = previous?.value ?? .nothing == .nothing
    while word(at: position)?.uppercased() == "AND" {
      position += 3
      skipBlanks()
      isJoined = true
    }
    guard position < scalars.count else { return nil }
    let start = position
    try checkStart(afterClause: previous != nil)
    let key = try identifier()
    skipBlanks()
    if current == "(" || current == "[" { throw clauseError(position, "'\(key)' is followed by a bracket") }
    let comparatorOffset = position
    let comparator = try comparator(after: key, at: start)
    if WrittenClause.grouped.contains(comparator.uppercased()), !isJoined {
      // MLflow takes all that precedes it for its key, and refuses it or finds nonsense.
      throw FilterError(
        .invalidClause, at: start, "AND is missing before \(key) \(comparator)",
        allowed: "Write AND between the clauses",
        suggestion: FilterAdvice.replacing("", with: "AND ", at: start, in: text(scalars[...])))
    }
    skipBlanks()
    let valueOffset = position
    let value = try value(for: comparator, key: key)
    let operators = scalars[position...].prefix { "|+*/%&^".unicodeScalars.contains($0) }
    if !operators.isEmpty {
      throw FilterError(
        .stringValueExpected, at: position, "'\(text(operators))' stands behind a value",
        allowed: "A value is one text in quotes or one number")
    }
    return WrittenClause(
      key: key, keyOffset: start, comparator: comparator, comparatorOffset: comparatorOffset, value: value,
      valueOffset: valueOffset, end: position)
  }

  // MARK: Left side

  /// Whatever cannot begin a clause is told by name.
  private func checkStart(afterClause: Bool) throws(FilterError) {
    let start = position
    switch scalars[start] {
    case ";":
      let isLast = scalars[(start + 1)...].allSatisfy(\.properties.isWhitespace)
      throw FilterError(
        isLast ? .invalidClause : .multipleStatements, at: start, "there is a semicolon",
        allowed: "A filter is one line of clauses joined by AND")
    case "'":
      throw try literalOnTheLeft(try string(from: start).end)
    case "(": throw clauseError(start, "there is a parenthesis", "Clauses are joined by AND; nothing is grouped")
    case ",": throw clauseError(start, "there is a comma between clauses", "Write AND between clauses")
    case "#": throw clauseError(start, "comments are not allowed")
    case "-" where isAt("--", start): throw clauseError(start, "comments are not allowed")
    case "/" where isAt("/*", start): throw clauseError(start, "comments are not allowed")
    case "<", ">", "=", "!", "~":
      throw FilterError(
        afterClause ? .invalidComparison : .invalidClause, at: start, "a comparator stands where a key is expected",
        allowed: Self.clauseForm)
    case let scalar where Self.isWordStart(scalar) || scalar == "`" || scalar == "\"": return
    case let scalar where Self.isDigit(scalar) || scalar == "-" || scalar == ".":
      var end = start + 1
      while end < scalars.count, Self.isWord(scalars[end]) || scalars[end] == "." { end += 1 }
      throw try literalOnTheLeft(end)
    case let scalar where "&|+*/%^@".unicodeScalars.contains(scalar):
      throw FilterError(
        .invalidComparison, at: start, "'\(scalar)' is no part of the language", allowed: "Clauses are joined by AND")
    default: throw clauseError(start, "'\(scalars[start])' is not understood here")
    }
  }

  private func literalOnTheLeft(_ end: Int) throws(FilterError) -> FilterError {
    var rest = end
    while rest < scalars.count, scalars[rest].properties.isWhitespace { rest += 1 }
    let isCompared = rest < scalars.count && "<>=!~".unicodeScalars.contains(scalars[rest])
    return FilterError(
      isCompared ? .invalidComparison : .invalidClause, at: position,
      "'\(text(scalars[position..<end].prefix(40)))' is a value, and a key is expected", allowed: Self.clauseForm)
  }

  /// A key: words and quoted parts joined by dots.
  private mutating func identifier() throws(FilterError) -> String {
    let start = position
    var isFirst = true
    while true {
      try segment(isFirst: isFirst, from: start)
      // Indexes and arguments are letters of the key like any others.
      while !isFirst, current == "[" || current == "(" {
        let close: Unicode.Scalar = current == "[" ? "]" : ")"
        guard let end = scalars[position...].firstIndex(of: close) else {
          throw clauseError(position, "the bracket is not closed")
        }
        position = end + 1
      }
      if isFirst, current == "(" {
        throw FilterError(
          .invalidComparison, at: start, "functions are not part of the language", allowed: Self.clauseForm)
      }
      // A blank before the first dot belongs to the prefix, which then is none that is known.
      let blanks = scalars[position...].prefix { $0.properties.isWhitespace }.count
      if isFirst, blanks > 0, position + blanks + 1 < scalars.count, scalars[position + blanks] == ".",
        Self.isWordStart(scalars[position + blanks + 1])
      {
        position += blanks
      }
      guard current == "." else { break }
      while current == "." { position += 1 }
      isFirst = false
      // One behind it belongs to the key, if a key follows.
      let gap = scalars[position...].prefix { $0.properties.isWhitespace }.count
      let next = position + gap < scalars.count ? scalars[position + gap] : nil
      if gap > 0 {
        guard let next, Self.isWordStart(next) || "`\"'".unicodeScalars.contains(next),
          !startsComparator(position + gap)
        else { break }
        position += gap
      } else if next == "#" {
        position += 1
      } else if next.map({ !(Self.isWord($0) || "`\"'".unicodeScalars.contains($0)) }) ?? true {
        break
      }
    }
    if let next = current, !next.properties.isWhitespace, !"<>=!~".unicodeScalars.contains(next) {
      let isOperator = "-+*/%&|^@".unicodeScalars.contains(next)
      throw FilterError(
        isOperator ? .invalidComparison : .invalidClause, at: position, "'\(next)' stands in a key",
        allowed: "Put a key with such characters between backticks: tag.`my-key`",
        suggestion: FilterAdvice.backticks(text(scalars[...]), from: start))
    }
    return text(scalars[start..<position])
  }

  private mutating func segment(isFirst: Bool, from start: Int) throws(FilterError) {
    guard let first = current else { return }
    switch first {
    case "`":
      guard let end = scalars[(position + 1)...].firstIndex(of: "`") else {
        throw clauseError(position, "the backtick is not closed")
      }
      position = end + 1
    case "\"", "'":
      position = try string(from: position).end
    default:
      let end = scalars[position...].firstIndex { !Self.isWord($0) } ?? scalars.count
      let word = text(scalars[position..<end])
      if isFirst {
        let isOtherTimestamp = word.uppercased() == "TIMESTAMP" && word != "timestamp"
        if Self.notKeys.contains(word.uppercased()) || isOtherTimestamp, scalars.count == end || scalars[end] != "." {
          throw FilterAdvice.keyword(word, at: start, in: text(scalars[...]))
        }
      } else {
        guard !word.allSatisfy(\.isNumber) else {
          throw FilterError(
            .invalidClause, at: position, "a part of the key is a number",
            allowed: "Put it between backticks: tag.`a.1`",
            suggestion: FilterAdvice.backticks(text(scalars[...]), from: start))
        }
        guard !Self.reservedSegments.contains(word.lowercased()) else {
          throw FilterError(
            .invalidClause, at: position, "'\(word)' is a word of SQL",
            allowed: "Put it between backticks: tag.`\(word)`",
            suggestion: FilterAdvice.backticks(text(scalars[...]), from: start))
        }
      }
      position = end
      return
    }
    if let next = current, Self.isWord(next) { throw clauseError(position, "'\(next)' stands behind a closing quote") }
  }

  // MARK: Comparator

  private func startsComparator(_ start: Int) -> Bool {
    guard let word = word(at: start)?.uppercased() else { return false }
    return ["LIKE", "ILIKE", "RLIKE", "IN", "IS", "NOT", "REGEXP"].contains(word)
  }

  private mutating func comparator(after key: String, at start: Int) throws(FilterError) -> String {
    let signs = scalars[position...].prefix { "<>=!~".unicodeScalars.contains($0) }
    if !signs.isEmpty {
      position += signs.count
      return text(signs)
    }
    guard let first = word(at: position) else {
      throw clauseError(
        position,
        position < scalars.count ? "a comparator is missing behind '\(key)'" : "the filter ends behind '\(key)'")
    }
    var written = first
    position += first.unicodeScalars.count
    switch first.uppercased() {
    case "LIKE", "ILIKE", "RLIKE", "REGEXP", "IN": return written
    case "NOT":
      skipBlanks()
      if let second = word(at: position), ["LIKE", "ILIKE", "RLIKE", "IN"].contains(second.uppercased()) {
        position += second.unicodeScalars.count
        written += " \(second)"
        return written
      }
    case "IS":
      skipBlanks()
      let rest = text(scalars[position...].prefix(8)).uppercased()
      for ending in ["NULL", "NOT NULL"] where rest.hasPrefix(ending) {
        let end = position + ending.utf8.count
        guard end == scalars.count || !Self.isWord(scalars[end]) else { continue }
        position = end
        return "IS \(ending)"
      }
    default: break
    }
    throw clauseError(
      position - first.unicodeScalars.count, "'\(first)' is no comparator",
      "Comparators are = != < <= > >= LIKE ILIKE RLIKE IN 'NOT IN' 'IS NULL' 'IS NOT NULL'")
  }

  // MARK: Characters

  var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  mutating func skipBlanks() {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
  }

  func word(at start: Int) -> String? {
    guard start < scalars.count, Self.isWordStart(scalars[start]) else { return nil }
    return text(scalars[start...].prefix(while: Self.isWord))
  }

  func isAt(_ sign: String, _ start: Int) -> Bool { scalars[start...].starts(with: sign.unicodeScalars) }

  func text(_ slice: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: slice)
    return String(view)
  }

  func clauseError(_ offset: Int, _ message: String, _ allowed: String = clauseForm) -> FilterError {
    FilterError(.invalidClause, at: offset, message, allowed: allowed)
  }

  static let clauseForm = "A clause is: key comparator value, like status = 'ERROR'"

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    isWordStart(scalar) || scalar.properties.numericType != nil
  }

  /// Words that cut a key short behind a dot.
  private static let reservedSegments: Set = ["in", "from", "as", "case", "values", "using"]
  /// Words that are no keys without a prefix.
  private static let notKeys: Set = [
    "OR", "NOT", "TEXT", "USER", "SESSION", "END", "SELECT", "LIMIT", "TRUE", "FALSE", "NULL", "ORDER", "GROUP",
    "WHERE",
    "FROM", "IN", "AS", "CASE", "VALUES", "USING", "LIKE", "ILIKE", "RLIKE", "IS", "BETWEEN", "HAVING", "UNION",
    "DELETE",
    "DROP", "INSERT", "UPDATE", "CREATE",
  ]
}
