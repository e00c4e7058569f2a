import JSONText
import TraceModel
import TraceQuery

/// A filter in MLflow's language as SQL.
extension SQLTraceQuery {
  mutating func append(_ filter: TraceFilter) {
    var onSpan: [String] = []
    for condition in filter.conditions {
      if case .span(let key, let test) = condition {
        // A value without a place in the statement would be a mistake of its own.
        if schema.has("spans") { onSpan.append(span(key, test)) } else { clauses.append("0") }
      } else {
        clauses.append(clause(condition))
      }
    }
    guard !onSpan.isEmpty else { return }
    if let start = filter.earliestSpanStart {
      onSpan.append("s.start_time_unix_nano >= \(placeholder(.real(start)))")
    }
    let isIndexed = filter.conditions.contains { condition in
      switch condition {
      case .span(.status, .equals), .span(.status, .isIn), .span(.type, .equals), .span(.type, .isIn): true
      default: false
      }
    }
    spanTests.append(onSpan.joined(separator: " AND ") + (isIndexed ? experimentOfSpan() : ""))
  }

  private mutating func clause(_ condition: FilterCondition) -> String {
    switch condition {
    case .status(let test): return compare("t.status", test)
    case .requestID(let test): return compare("t.request_id", test)
    case .clientRequestID(let test):
      return schema.has("trace_info", "client_request_id") ? compare("t.client_request_id", test) : "0"
    case .time(let key, let test):
      let column =
        key == .endTime ? "(t.timestamp_ms + coalesce(t.execution_time_ms, 0))" : "t.\(key.rawValue)"
      return compare(column, test)
    case .tag(ReservedKey.traceName, let test) where schema.hasPromotedColumns:
      return compare("t.trace_name", test)
    case .tag(let key, let test): return entry("trace_tags", key, test)
    case .metadata(ReservedKey.session, let test) where schema.hasPromotedColumns:
      return compare("t.session_id", test) + indexedExperiments(test)
    case .metadata(let key, let test):
      if schema.hasPromotedColumns, let columns = Self.promoted[key] { return numbers(columns, test) }
      return entry("trace_request_metadata", key, test)
    case .run(let id):
      let own = entry("trace_request_metadata", ReservedKey.sourceRun, .equals(id))
      return schema.has("entity_associations") ? "(\(own) OR \(linked("run", id)))" : own
    case .prompt(let id): return schema.has("entity_associations") ? linked("prompt_version", id) : "0"
    case .issue(let id):
      guard schema.has("assessments") else { return "0" }
      return "t.request_id IN (SELECT a.trace_id FROM assessments a WHERE a.assessment_type = 'issue'"
        + " AND a.name = \(placeholder(.text(id))))"
    case .assessment(let kind, let name, let test): return assessment(kind, name, test)
    case .span: return "1"
    }
  }

  // MARK: Keys and values

  /// Metadata that is columns of numbers since 3.17, in the order of its JSON text.
  private static let promoted: [String: [(column: String, key: String)]] = [
    "mlflow.trace.tokenUsage": Schema.tokenColumns.map { ($0, $0) },
    "mlflow.trace.cost": Schema.costColumns.map { ($0, $0) },
  ]

  private mutating func entry(_ table: String, _ key: String, _ test: TextTest) -> String {
    // By the primary key, which begins with the key: all its rows, and not a probe for each trace.
    let rows = "SELECT e.request_id FROM \(table) e WHERE e.key = \(placeholder(.text(key)))"
    switch test {
    case .isAbsent: return "t.request_id NOT IN (\(rows))"
    case .isPresent: return "t.request_id IN (\(rows))"
    default: return "t.request_id IN (\(rows) AND \(compare("e.value", test)))"
    }
  }

  private mutating func linked(_ kind: String, _ id: String) -> String {
    "t.request_id IN (SELECT l.source_id FROM entity_associations l WHERE l.source_type = 'trace'"
      + " AND l.destination_type = '\(kind)' AND l.destination_id = \(placeholder(.text(id))))"
  }

  /// The JSON text of several columns: equal when all numbers are, and when the text is written as MLflow writes it.
  private mutating func numbers(_ columns: [(column: String, key: String)], _ test: TextTest) -> String {
    let isPresent = "(" + columns.map { "t.\($0.column) IS NOT NULL" }.joined(separator: " OR ") + ")"
    switch test {
    case .isAbsent: return "NOT \(isPresent)"
    case .equals(let text): return equality(columns, text).map { "(\(isPresent) AND \($0))" } ?? "0"
    case .differs(let text): return equality(columns, text).map { "(\(isPresent) AND NOT \($0))" } ?? isPresent
    default: return isPresent
    }
  }

  private mutating func equality(_ columns: [(column: String, key: String)], _ text: String) -> String? {
    guard let root = try? JSONDocument(text).root, root.kind == .object else { return nil }
    let present = columns.filter { schema.has("trace_info", $0.column) }
    let members = present.compactMap { column in root[column.key]?.numberText.map { "\"\(column.key)\": \($0)" } }
    guard text == "{\(members.joined(separator: ", "))}" else { return nil }
    var tests: [String] = []
    for (column, key) in present {
      guard let value = root[key], let number = value.double else {
        tests.append("t.\(column) IS NULL")
        continue
      }
      tests.append("t.\(column) = \(placeholder(value.int64.map { .integer($0) } ?? .real(number)))")
    }
    return "(" + tests.joined(separator: " AND ") + ")"
  }

  // MARK: Assessments

  private mutating func assessment(
    _ kind: FilterCondition.AssessmentKind, _ name: String, _ test: FilterCondition.AssessmentTest
  ) -> String {
    guard schema.has("assessments") else { return test == .text(.isAbsent) ? "1" : "0" }
    let positive = test == .text(.isAbsent) ? .text(.isPresent) : test
    let own = assessmentRows(kind, name, positive)
    var found = "SELECT a.trace_id FROM assessments a WHERE \(own)"
    // One list of ids and no OR, so that the database can begin with it.
    if let siblings = siblings(kind, name, positive) { found += " UNION \(siblings)" }
    return "t.request_id \(test == .text(.isAbsent) ? "NOT IN" : "IN") (\(found))"
  }

  private mutating func assessmentRows(
    _ kind: FilterCondition.AssessmentKind, _ name: String, _ test: FilterCondition.AssessmentTest
  ) -> String {
    var parts = ["a.assessment_type = '\(kind.rawValue)'", "a.name = \(placeholder(.text(name)))"]
    if schema.has("assessments", "valid") { parts.append("a.valid = 1") }
    switch test {
    case .text(.isPresent), .text(.isAbsent): break
    case .text(.equals(let text)): parts.append(isValue(text))
    case .text(.differs(let text)): parts.append("NOT \(isValue(text))")
    case .text(let test): parts.append(compare("a.value", test))
    case .number(let test):
      // Also where the column that marks numbers is not there yet.
      let type = "CASE WHEN json_valid(a.value) THEN json_type(a.value) END"
      parts.append("\(type) IN ('integer', 'real') AND \(compare("CAST(a.value AS REAL)", test))")
    }
    return parts.joined(separator: " AND ")
  }

  private mutating func isValue(_ text: String) -> String {
    "(a.value = \(placeholder(.text(text))) OR a.value = \(placeholder(.text(ASCIIJSON.quoted(text)))))"
  }

  /// The ids of the turns of judged sessions: a judgement of a whole session counts for all its turns in the searched
  /// experiments.
  private mutating func siblings(
    _ kind: FilterCondition.AssessmentKind, _ name: String, _ test: FilterCondition.AssessmentTest
  ) -> String? {
    guard schema.has("assessments", "assessment_metadata") else { return nil }
    let rows = assessmentRows(kind, name, test) + " AND instr(a.assessment_metadata, '\"\(ReservedKey.session)\"') > 0"
    var scope = ""
    if !query.experimentIDs.isEmpty {
      let ids = query.experimentIDs.compactMap { Int64($0) }.map { SQLValue.integer($0) }
      scope = " AND o.experiment_id IN (\(placeholders(ids)))"
    }
    if schema.hasPromotedColumns {
      return "SELECT u.request_id FROM trace_info u WHERE u.session_id IN (SELECT o.session_id FROM assessments a"
        + " JOIN trace_info o ON o.request_id = a.trace_id WHERE o.session_id IS NOT NULL\(scope) AND \(rows))"
        + " AND u.experiment_id IN (SELECT experiment_id FROM experiments)"
    }
    let key = placeholder(.text(ReservedKey.session))
    return "SELECT m.request_id FROM trace_request_metadata m WHERE m.key = \(key) AND m.value IN"
      + " (SELECT n.value FROM assessments a JOIN trace_info o ON o.request_id = a.trace_id"
      + " JOIN trace_request_metadata n ON n.request_id = a.trace_id AND n.key = \(key) WHERE \(rows)\(scope))"
  }

  // MARK: Spans

  private mutating func span(_ key: FilterCondition.SpanKey, _ test: TextTest) -> String {
    switch key {
    case .name: return compare("s.name", test)
    case .type: return compare("s.type", test)
    case .status: return compare("s.status", test)
    case .content: return compare("s.content", test)
    case .attribute(let name): return compare("s.content", test.overContent(ofAttribute: name))
    }
  }

  // MARK: Tests

  private mutating func compare(_ column: String, _ test: TextTest) -> String {
    switch test {
    case .equals(let text): return "\(column) = \(placeholder(.text(text)))"
    case .differs(let text): return "\(column) != \(placeholder(.text(text)))"
    case .isIn(let list): return "\(column) IN (\(placeholders(list.map { .text($0) })))"
    case .isNotIn(let list): return "\(column) NOT IN (\(placeholders(list.map { .text($0) })))"
    case .like(let pattern): return "\(column) LIKE \(placeholder(.text(pattern)))"
    case .ilike(let pattern): return "lower(\(column)) LIKE lower(\(placeholder(.text(pattern))))"
    case .rlike(let pattern): return "\(Database.expressionFunction)(\(placeholder(.text(pattern))), \(column))"
    case .isAbsent: return "\(column) IS NULL"
    case .isPresent: return "\(column) IS NOT NULL"
    }
  }

  private mutating func compare(_ column: String, _ test: NumberTest) -> String {
    switch test.value {
    case .integer(let number): return "\(column) \(test.comparator.rawValue) \(placeholder(.integer(number)))"
    case .real(let number): return "\(column) \(test.comparator.rawValue) \(placeholder(.real(number)))"
    // A text is greater than every number.
    case .text: return [.less, .lessOrEqual, .unequal].contains(test.comparator) ? "\(column) IS NOT NULL" : "0"
    }
  }
}
