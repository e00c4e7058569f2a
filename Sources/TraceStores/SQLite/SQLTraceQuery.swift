import TraceModel
package import TraceQuery

/// A ``TraceQuery`` as SQL: the part behind FROM, with its values apart.
package struct SQLTraceQuery {
  /// Conditions on a trace.
  var clauses: [String] = []
  /// Conditions that some span of it has to satisfy, each of them on a span of its own.
  package internal(set) var spanTests: [String] = []
  package private(set) var values: [SQLValue] = []
  private var filterValueCount = 0
  /// The asked order, NULLs last whichever way it goes, then MLflow's tie-break.
  package private(set) var order = ""
  let schema: Schema
  let query: TraceQuery

  package init(_ query: TraceQuery, schema: Schema) throws(StoreError) {
    self.schema = schema
    self.query = query
    if !query.experimentIDs.isEmpty {
      var ids: [SQLValue] = []
      for id in query.experimentIDs {
        guard let number = Int64(id) else {
          throw StoreError(
            .notFound, "There is no experiment '\(id)'", hint: "Experiment ids are numbers in this store")
        }
        ids.append(.integer(number))
      }
      clauses.append("t.experiment_id IN (\(placeholders(ids)))")
    }
    for condition in query.conditions { append(condition) }
    if let filter = query.filter { append(filter) }
    filterValueCount = values.count
    order = orderClause()
  }

  /// All conditions, those on spans by one pass over the spans and not by a probe for each trace: for conditions that few
  /// spans satisfy, and for counting.
  package var filter: String {
    Self.filter(clauses + spanTests.map { "t.request_id IN (SELECT s.trace_id FROM spans s WHERE \($0))" })
  }

  /// How many traces are probed for their spans before all spans are passed over, in two attempts.
  static let probedTraces = [200, 2_000]
  /// Fewer spans than these are passed over at once, and counted.
  static let fewSpans: Int64 = 20_000

  /// The first of those that match, looked for among the traces that come first: what is common is found at once.
  func probing(_ count: Int) -> String {
    let probes = spanTests.map { "EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = t.request_id AND \($0))" }
    return "SELECT t.request_id FROM (SELECT t.* FROM trace_info t\(Self.filter(clauses))\(order)"
      + " LIMIT \(count)) t\(Self.filter(probes))\(order) LIMIT \(query.limit + 1) OFFSET \(query.offset)"
  }

  private static func filter(_ clauses: [String]) -> String {
    clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ")
  }

  /// For the index of sessions, which begins with the experiment, where none is named.
  func indexedExperiments(_ test: TextTest) -> String {
    guard case .equals = test, query.experimentIDs.isEmpty, schema.has("experiments") else { return "" }
    return " AND t.experiment_id IN (SELECT experiment_id FROM experiments)"
  }

  /// For the index of states and types, which begins with the experiment.
  mutating func experimentOfSpan() -> String {
    guard !query.experimentIDs.isEmpty else {
      return schema.has("experiments") ? " AND s.experiment_id IN (SELECT experiment_id FROM experiments)" : ""
    }
    return
      " AND s.experiment_id IN (\(placeholders(query.experimentIDs.compactMap { Int64($0) }.map { .integer($0) })))"
  }

  /// Values of the filter alone: a statement without the order has no place for the others.
  var filterValues: [SQLValue] { Array(values.prefix(filterValueCount)) }

  private mutating func orderClause() -> String {
    let asked = query.order
    let rest = TraceOrder.tieBreak.filter { tie in !asked.contains { $0.key == tie.key } }
    var keys: [String] = []
    for order in asked + rest {
      let column = expression(order.key)
      let direction = order.isDescending ? " DESC" : ""
      let isNeverNull = [.timestamp, .endTime, .requestID, .experimentID, .status].contains(order.key)
      keys.append(isNeverNull ? column + direction : "\(column) IS NULL, \(column)\(direction)")
    }
    return " ORDER BY " + keys.joined(separator: ", ")
  }

  private mutating func expression(_ key: TraceOrder.Key) -> String {
    switch key {
    case .timestamp: "t.timestamp_ms"
    case .executionTime: "t.execution_time_ms"
    case .status: "t.status"
    case .requestID: "t.request_id"
    case .endTime: "(t.timestamp_ms + coalesce(t.execution_time_ms, 0))"
    case .tag(let key): group(.tag(key))
    case .metadata(let key): group(.metadata(key))
    case .experimentID: "t.experiment_id"
    case .name:
      schema.hasPromotedColumns
        ? "t.trace_name"
        : "(SELECT g.value FROM trace_tags g WHERE g.request_id = t.request_id AND g.key = '\(ReservedKey.traceName)')"
    }
  }

  private mutating func append(_ condition: TraceCondition) {
    switch condition {
    case .state(let states):
      clauses.append("t.status IN (\(placeholders(states.flatMap(Self.words))))")
    case .session(let id):
      if schema.hasPromotedColumns {
        clauses.append("t.session_id = \(placeholder(.text(id)))\(indexedExperiments(.equals(id)))")
      } else {
        appendMetadata(ReservedKey.session, id)
      }
    case .user(let id):
      appendMetadata(ReservedKey.user, id)
    case .since(let time):
      clauses.append("t.timestamp_ms >= \(placeholder(.integer(time.milliseconds)))")
    case .until(let time):
      clauses.append("t.timestamp_ms < \(placeholder(.integer(time.milliseconds)))")
    case .durationAtLeast(let milliseconds):
      clauses.append("t.execution_time_ms >= \(placeholder(.integer(milliseconds)))")
    case .hasErrorSpans(let wanted):
      guard schema.has("spans") else {
        clauses.append(wanted ? "0" : "1")
        return
      }
      let test = "s.status = 'ERROR'\(experimentOfSpan())"
      if wanted {
        spanTests.append(test)
      } else {
        clauses.append("t.request_id NOT IN (SELECT s.trace_id FROM spans s WHERE \(test))")
      }
    // A value without a place in the statement would be a mistake of its own.
    case .containsText where !schema.has("spans"), .attribute where !schema.has("spans"):
      clauses.append("0")
    case .containsText(let text):
      // Not LIKE: no character of the words has a meaning of its own.
      let tests = RecordedText.variants(of: text).map { "instr(s.content, \(placeholder(.text($0)))) > 0" }
      spanTests.append("(\(tests.joined(separator: " OR ")))")
    case .attribute(let key, let value):
      // Most spans have no such key; those are not taken apart. A key with escapes cannot be looked for as it is.
      let isPlain = RecordedText.variants(of: key).count == 1
      let (keyMark, valueMark) = (placeholder(.text(key)), placeholder(.text(value)))
      let test = "\(Database.attributeFunction)(\(keyMark), \(valueMark), s.content)"
      spanTests.append(isPlain ? "instr(s.content, \(keyMark)) > 0 AND \(test)" : test)
    case .failedAssessment(let name):
      guard schema.has("assessments") else {
        clauses.append("0")
        return
      }
      let words = ["false"] + Assessment.failureWords.map { "\"\($0)\"" }
      var parts = ["a.assessment_type = 'feedback'", "lower(a.value) IN (\(placeholders(words.map { .text($0) })))"]
      parts.append("a.error IS NULL AND coalesce(instr(a.assessment_metadata, '\"\(ReservedKey.session)\"'), 0) = 0")
      if schema.has("assessments", "valid") { parts.append("a.valid = 1") }
      if let name { parts.append("a.name = \(placeholder(.text(name)))") }
      clauses.append("t.request_id IN (SELECT a.trace_id FROM assessments a WHERE \(parts.joined(separator: " AND ")))")
    }
  }

  private mutating func appendMetadata(_ key: String, _ value: String) {
    clauses.append(
      "EXISTS (SELECT 1 FROM trace_request_metadata m WHERE m.request_id = t.request_id"
        + " AND m.key = \(placeholder(.text(key))) AND m.value = \(placeholder(.text(value))))")
  }

  /// The words a state has in databases of every age.
  private static func words(_ state: TraceState) -> [SQLValue] {
    state == .unspecified
      ? [.text(state.rawValue), .text("TRACE_STATUS_UNSPECIFIED")] : [.text(state.rawValue)]
  }

  mutating func placeholder(_ value: SQLValue) -> String {
    values.append(value)
    return "?\(values.count)"
  }

  mutating func placeholders(_ list: [SQLValue]) -> String {
    var marks: [String] = []
    for value in list { marks.append(placeholder(value)) }
    return marks.joined(separator: ", ")
  }
}
