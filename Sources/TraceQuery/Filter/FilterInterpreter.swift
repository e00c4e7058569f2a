import TraceModel

/// What a written clause means. Keys and values first, comparators last: MLflow's order, which decides what is told of a
/// clause with several mistakes.
struct FilterInterpreter {
  private let clause: WrittenClause
  private let filter: String
  private var entity = FilterEntity.attribute
  private var key = ""
  private var comparator: String { clause.comparator.uppercased() }

  init(_ clause: WrittenClause, in filter: String) {
    self.clause = clause
    self.filter = filter
  }

  // MARK: Key and value

  /// Reads key and value; ``condition()`` does the rest.
  func read() throws(FilterError) -> FilterInterpreter {
    var result = self
    try result.readKey()
    try result.checkValue()
    if result.entity == .span {
      let isWord = ["LIKE", "ILIKE", "RLIKE", "IN"].contains(comparator)
      guard !isWord || clause.comparator == comparator else {
        throw FilterError(
          .invalidComparator, at: clause.comparatorOffset, "on spans \(comparator) is written in capitals",
          allowed: "Write \(comparator)",
          suggestion: FilterAdvice.replacing(
            clause.comparator, with: comparator, at: clause.comparatorOffset, in: filter))
      }
    } else {
      result.redirect()
    }
    return result
  }

  private mutating func readKey() throws(FilterError) {
    guard let dot = clause.key.firstIndex(of: ".") else {
      key = Self.unquoted(clause.key)
      guard FilterKeys.attributes.contains(key) else {
        throw FilterAdvice.unknownKey(key, clause: clause, in: filter)
      }
      if clause.key == "timestamp" { try checkBareTimestamp() }
      return
    }
    var prefix = String(clause.key[..<dot])
    prefix = Backticks.content(of: prefix).map { String($0) } ?? prefix
    key = Self.unquoted(String(clause.key[clause.key.index(after: dot)...]))
    guard let entity = FilterEntity.prefixes[prefix] else {
      throw FilterAdvice.unknownPrefix(prefix, key: key, clause: clause, in: filter)
    }
    self.entity = entity
    if entity == .attribute, !FilterKeys.attributes.contains(key) {
      throw FilterAdvice.unknownKey(key, clause: clause, in: filter)
    }
  }

  /// `timestamp` is a word of SQL: without prefix or backticks it takes an integer and nothing else.
  private func checkBareTimestamp() throws(FilterError) {
    if FilterKeys.ofNumbers.contains(comparator), case .integer = clause.value { return }
    throw FilterError(
      .invalidClause, at: clause.keyOffset, "timestamp is compared with an integer only, in milliseconds since 1970",
      allowed: "Write timestamp_ms for anything else",
      suggestion: FilterAdvice.replacing("timestamp", with: "timestamp_ms", at: clause.keyOffset, in: filter))
  }

  private func checkValue() throws(FilterError) {
    switch clause.value {
    case .unquoted(let word):
      throw FilterError(
        .valueNotQuoted, at: clause.valueOffset, "the value \(word) has no quotes", allowed: "Write '\(bare(word))'",
        suggestion: FilterAdvice.replacing(word, with: "'\(bare(word))'", at: clause.valueOffset, in: filter))
    case .placeholder(let word):
      throw FilterError(
        .stringValueExpected, at: clause.valueOffset, "\(word) is no value",
        allowed: word.uppercased() == "NULL" ? "Write IS NULL or IS NOT NULL" : "Write a text in quotes")
    case .text, .integer, .real, .list, .nothing: break
    }
    switch entity {
    case .attribute: try checkAttributeValue()
    case .tag, .span:
      if isNumber { throw stringExpected() }
    case .metadata, .issue:
      if isNumber || isList { throw stringExpected() }
    case .feedback, .expectation:
      guard clause.value != .nothing else { return }
      if FilterKeys.ofOrder.contains(comparator) {
        guard isNumber else {
          throw FilterError(
            .numericValueExpected, at: clause.valueOffset, "\(comparator) compares numbers",
            allowed: "Write a number without quotes")
        }
        try checkRange()
      } else if isNumber || isList {
        throw stringExpected()
      }
    }
  }

  private func checkAttributeValue() throws(FilterError) {
    if FilterKeys.numeric.contains(key) {
      if isList { throw listNotAllowed() }
      try checkRange()
    } else if isNumber {
      throw FilterError(
        .numericValueNotAllowed, at: clause.valueOffset, "\(key) is a text, and this is a number",
        allowed: "Put the value in quotes")
    } else if isList, !FilterKeys.withLists.contains(key) {
      throw listNotAllowed()
    }
  }

  private func checkRange() throws(FilterError) {
    guard case .integer(let digits) = clause.value, Int64(digits) == nil else { return }
    throw FilterError(
      .integerOutOfRange, at: clause.valueOffset, "the number does not fit into 64 bits",
      allowed: "Times are milliseconds since 1970")
  }

  private var isNumber: Bool {
    switch clause.value {
    case .integer, .real: true
    default: false
    }
  }

  private var isList: Bool { if case .list = clause.value { true } else { false } }

  private func stringExpected() -> FilterError {
    FilterError(
      .stringValueExpected, at: clause.valueOffset, "\(clause.key) is compared with one text",
      allowed: isList
        ? "Write = or LIKE; IN is for status, request_id and span.name, span.type, span.status"
        : "Put the value in quotes")
  }

  private func listNotAllowed() -> FilterError {
    FilterError(
      .listValueNotAllowed, at: clause.valueOffset, "\(clause.key) takes no list",
      allowed: "IN is for status, request_id, client_request_id, span.name, span.type, span.status")
  }

  /// Some keys mean the same whatever stands before them.
  private mutating func redirect() {
    switch key.lowercased() {
    case "name": (entity, key) = (.tag, ReservedKey.traceName)
    case "prompt": (entity, key) = (.tag, FilterKeys.promptTag)
    case "run_id": (entity, key) = (.metadata, ReservedKey.sourceRun)
    case "text": (entity, key) = (.span, "content")
    case "timestamp": key = "timestamp_ms"
    case "execution_time": key = "execution_time_ms"
    case "end_time": key = "end_time_ms"
    default: break
    }
  }

  // MARK: Comparator

  /// The condition.
  func condition() throws(FilterError) -> FilterCondition {
    switch entity {
    case .attribute:
      if let time = FilterCondition.TimeKey(rawValue: key) {
        try allow(FilterKeys.ofNumbers)
        return .time(time, numberTest)
      }
      try allow(FilterKeys.ofStrings)
      return key == "status"
        ? .status(textTest) : key == "request_id" ? .requestID(textTest) : .clientRequestID(textTest)
    case .tag:
      try allow(FilterKeys.ofTags)
      return key == FilterKeys.promptTag ? try prompt() : .tag(key, textTest)
    case .metadata:
      try allow(FilterKeys.ofTags)
      if FilterKeys.reservedMetadata.contains(key), !FilterKeys.ofReserved.contains(comparator) {
        throw FilterError(
          .reservedMetadataComparator, at: clause.comparatorOffset,
          "\(key) is kept as numbers, and \(comparator) compares texts",
          allowed: "Comparators are \(FilterKeys.list(FilterKeys.ofReserved))")
      }
      if key == ReservedKey.sourceRun, comparator == "=", case .text(let run) = clause.value { return .run(run) }
      return .metadata(key, textTest)
    case .span: return try span()
    case .feedback, .expectation: return try assessment()
    case .issue:
      guard key == "id" else {
        throw FilterError(
          .invalidIssueAttribute, at: clause.keyOffset, "issues have no '\(key)'", allowed: "Write issue.id = '…'")
      }
      try allow(["="])
      return .issue(textValue)
    }
  }

  private func prompt() throws(FilterError) -> FilterCondition {
    guard comparator == "=" else {
      throw FilterError(
        .invalidPromptComparator, at: clause.comparatorOffset, "prompt is compared with = only",
        allowed: "Write prompt = 'name/version'")
    }
    guard textValue.filter({ $0 == "/" }).count == 1 else {
      throw FilterError(
        .invalidPromptValue, at: clause.valueOffset, "'\(textValue)' is no version of a prompt",
        allowed: "Write prompt = 'name/version', like 'greeting/2'")
    }
    return .prompt(textValue)
  }

  private func span() throws(FilterError) -> FilterCondition {
    if key.hasPrefix("attributes.") {
      var name = String(key.dropFirst("attributes.".count))
      guard !name.isEmpty else {
        throw FilterError(
          .emptySpanAttribute, at: clause.keyOffset, "the attribute has no name", allowed: "Write span.attributes.<key>"
        )
      }
      name = Backticks.content(of: name).map { String($0) } ?? name
      try allow(FilterKeys.ofStrings)
      guard !isList else {
        throw FilterError(
          .inListOnSpanAttribute, at: clause.comparatorOffset, "attributes of spans take no list",
          allowed: "Write LIKE, ILIKE or RLIKE")
      }
      return .span(.attribute(name), textTest)
    }
    switch key {
    case "name", "type", "status":
      try allow(FilterKeys.ofStrings)
      return .span(key == "name" ? .name : key == "type" ? .type : .status, textTest)
    case "content":
      try allow(FilterKeys.ofContent)
      return .span(.content, textTest)
    default:
      throw FilterError(
        .invalidSpanAttribute, at: clause.keyOffset, "spans have no '\(key)'",
        allowed: "Keys are span.name, span.type, span.status, span.content, span.attributes.<key>",
        suggestion: FilterAdvice.spanKey(key, clause: clause, in: filter))
    }
  }

  private func assessment() throws(FilterError) -> FilterCondition {
    guard !key.isEmpty else {
      throw FilterError(
        .emptyAssessmentName, at: clause.keyOffset, "the assessment has no name",
        allowed: "Write \(entity.rawValue).<name> = '…'")
    }
    try allow(FilterKeys.ofAssessments)
    let kind: FilterCondition.AssessmentKind = entity == .feedback ? .feedback : .expectation
    return .assessment(
      kind, name: key, FilterKeys.ofOrder.contains(comparator) ? .number(numberTest) : .text(textTest))
  }

  private func allow(_ comparators: Set<String>) throws(FilterError) {
    guard !comparators.contains(comparator) else { return }
    throw FilterAdvice.comparator(clause, allowed: comparators, in: filter)
  }

  // MARK: Tests

  private var textValue: String { if case .text(let text) = clause.value { text } else { "" } }

  private var textTest: TextTest {
    switch comparator {
    case "!=": .differs(textValue)
    case "IN": if case .list(let texts) = clause.value { .isIn(texts) } else { .isIn([]) }
    case "NOT IN": if case .list(let texts) = clause.value { .isNotIn(texts) } else { .isNotIn([]) }
    case "LIKE": .like(textValue)
    case "ILIKE": .ilike(textValue)
    case "RLIKE": .rlike(textValue)
    case "IS NULL": .isAbsent
    case "IS NOT NULL": .isPresent
    default: .equals(textValue)
    }
  }

  private var numberTest: NumberTest {
    let value: NumberTest.Value =
      switch clause.value {
      case .integer(let digits): Int64(digits).map { .integer($0) } ?? Double(digits).map { .real($0) } ?? .text
      case .real(let digits): Self.real(digits).map { .real($0) } ?? .text
      // The end is computed, and has no type that a text would be converted to; the others are columns of integers.
      case .text(let text): key == FilterCondition.TimeKey.endTime.rawValue ? .text : Self.number(text)
      default: .text
      }
    return NumberTest(comparator: NumberTest.Comparator(rawValue: comparator) ?? .equal, value: value)
  }

  /// A text as SQLite converts it for a column of numbers.
  private static func number(_ text: String) -> NumberTest.Value {
    let digits = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    guard digits.allSatisfy({ "0123456789.eE+-".contains($0) }) else { return .text }
    return Int64(String(digits)).map { .integer($0) } ?? real(String(digits)).map { .real($0) } ?? .text
  }

  /// Also `1.` and `.5`, which Swift does not read.
  private static func real(_ text: String) -> Double? {
    if let value = Double(text) { return value.isFinite ? value : nil }
    var padded = text
    if let dot = padded.firstIndex(of: ".") {
      let next = padded.index(after: dot)
      if next == padded.endIndex || !padded[next].isNumber { padded.insert("0", at: next) }
      if dot == padded.startIndex || !padded[padded.index(before: dot)].isNumber { padded.insert("0", at: dot) }
    }
    return Double(padded).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Without one pair of quotes around it.
  private static func unquoted(_ text: String) -> String {
    // By scalars, as in ``Backticks``.
    let scalars = text.unicodeScalars
    guard scalars.count > 1, let first = scalars.first, first == scalars.last, ["`", "\"", "'"].contains(first) else {
      return text
    }
    return String(String.UnicodeScalarView(scalars.dropFirst().dropLast()))
  }

  private func bare(_ word: String) -> String { word.filter { $0 != "`" } }
}
