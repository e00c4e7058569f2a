import JSONText
import TraceModel
import TraceQuery
import TraceStores

extension FuzzTarget {
  static let filter = FuzzTarget(
    "filter", "filters and orders: what is read becomes SQL without a word of the text, and a predicate",
    words: FilterChecks.words, maximumLength: 1_500,
    seeds: { corpus in corpus.filters.map { Array($0.utf8) } + FilterChecks.orders.map { Array($0.utf8) } },
    prepare: { corpus in
      let traces = Array(corpus.samples.prefix(12))
      return { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        try FilterChecks.order(text)
        let filter: TraceFilter
        do throws(FilterError) {
          filter = try TraceFilter(text)
        } catch {
          try hold(
            (0...text.unicodeScalars.count).contains(error.offset), "the mistake is told at \(error.offset), outside")
          if let suggestion = error.suggestion { _ = try? TraceFilter(suggestion) }
          try hold(!error.description.isEmpty, "a mistake without words")
          return
        }
        try FilterChecks.clauses(filter)
        for schema in FilterChecks.schemas { try FilterChecks.isBound(filter, schema) }
        let predicate = FilterPredicate(filter, over: traces.map(\.info))
        for trace in traces { _ = predicate.holds(for: trace.info) { trace.spans } }
      }
    })

  static let storeFilter = FuzzTarget(
    "store-filter", "a filter's answer from SQLite against its answer in memory", words: FilterChecks.words,
    maximumLength: 600, seeds: { corpus in corpus.filters.map { Array($0.utf8) } },
    prepare: { corpus in
      let store = SQLiteStore(path: corpus.database, location: StoreLocation(uri: "sqlite", reason: "fuzzing"))
      let infos = corpus.samples.map(\.info)
      let spans = Dictionary(uniqueKeysWithValues: corpus.samples.map { ($0.info.id, $0.spans) })
      return { bytes in
        guard let filter = try? TraceFilter(String(decoding: bytes, as: UTF8.self)), !FilterChecks.isAboutLinks(filter)
        else { return }
        let query = TraceQuery(filter: filter, limit: 1_000)
        let found = try waiting { () async -> Result<[TraceID], StoreError> in
          do throws(StoreError) {
            return .success(try await store.search(query).infos.map(\.id))
          } catch {
            return .failure(error)
          }
        }
        let expected: [TraceID]
        do {
          expected = try query.page(of: infos) { _ in
            false
          } spans: {
            spans[$0.id] ?? []
          }.infos.map(\.id)
        } catch {
          if case .success = found { throw Violation("\(error) in memory, and an answer from SQLite") }
          return
        }
        switch found {
        case .success(let ids): try hold(ids == expected, "SQLite finds \(ids.count), memory \(expected.count)")
        case .failure(let error): throw Violation("SQLite: \(error)")
        }
      }
    })
}

/// What holds of filters.
enum FilterChecks {
  static let words = [
    "AND", "and", "OR", "NOT", "=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "RLIKE", "IN", "NOT IN", "IS NULL",
    "IS NOT NULL", "status", "name", "request_id", "timestamp_ms", "execution_time_ms", "end_time_ms", "run_id",
    "client_request_id", "tag.", "tags.`a b`", "metadata.", "metadata.`mlflow.trace.session`", "span.name", "span.type",
    "span.status", "span.content", "span.attributes.", "span.attributes.`a.b`", "feedback.", "expectation.", "prompt =",
    "issue.id", "trace.text", "attributes.", "'OK'", "'ERROR'", "('OK', 'ERROR')", "'%a_b%'", "\"%\"", "'a''b'",
    "'\\x41'",
    "1", "-1.5", "1e3", "0x10", "`", "DESC", "ASC", ",", "timestamp DESC", "tag.`a,b` DESC", "'^a+$'", "'(a|b)*?'",
    "'[[:alpha:]]'",
  ]
  static let orders = [
    "timestamp_ms DESC, status", "execution_time", "tag.`a b` DESC, metadata.`x`", "name ASC,request_id",
    "metadata.run_id",
  ]

  /// Databases of now and of old.
  static let schemas = [
    Schema(columns: [
      "trace_info": ["request_id", "session_id", "trace_name", "client_request_id", "input_tokens", "total_cost"],
      "trace_tags": ["key"], "trace_request_metadata": ["key"], "spans": ["content"],
      "assessments": ["valid", "assessment_metadata"], "entity_associations": ["source_id"], "experiments": ["name"],
    ]),
    Schema(columns: [
      "trace_info": ["request_id"], "trace_tags": ["key"], "trace_request_metadata": ["key"],
      "assessments": ["assessment_metadata"], "spans": ["content"],
    ]), Schema(columns: ["trace_info": ["request_id"]]),
  ]

  /// Whether the links of the database decide, of which a trace in memory knows nothing; or the type, which MLflow does not
  /// write into its column where it made it up of other attributes.
  static func isAboutLinks(_ filter: TraceFilter) -> Bool {
    filter.conditions.contains { condition in
      switch condition {
      case .run, .prompt, .span(.type, _): true
      default: false
      }
    }
  }

  /// An order that is written reads back as the same order.
  static func order(_ text: String) throws(Violation) {
    guard let order = try? TraceOrder.parse(text) else { return }
    let written = order.map { $0.key.text + ($0.isDescending ? " DESC" : "") }.joined(separator: ", ")
    try hold((try? TraceOrder.parse(written)) == order, "the order '\(text)' is written '\(written)', another one")
    for schema in schemas {
      guard let sql = try? SQLTraceQuery(TraceQuery(order: order), schema: schema) else {
        throw Violation("an order without SQL")
      }
      try isOurs(sql.order, values: sql.values.count)
    }
  }

  /// Each clause says the same alone, which is how the one that empties an answer is told.
  static func clauses(_ filter: TraceFilter) throws(Violation) {
    var alone: [FilterCondition] = []
    for clause in filter.clauses {
      guard let read = try? TraceFilter(clause) else { throw Violation("the clause '\(clause)' is none alone") }
      alone += read.conditions
    }
    // Of several runs only the last counts, or none.
    func isNoRun(_ condition: FilterCondition) -> Bool { if case .run = condition { false } else { true } }
    try hold(
      alone.filter(isNoRun) == filter.conditions.filter(isNoRun),
      "the clauses say something else alone: \(filter.clauses)")
  }

  static func isBound(_ filter: TraceFilter, _ schema: Schema) throws(Violation) {
    guard let sql = try? SQLTraceQuery(TraceQuery(experimentIDs: ["1"], filter: filter), schema: schema) else {
      throw Violation("a filter without SQL")
    }
    try isOurs(sql.filter + sql.spanTests.joined(separator: " ") + sql.order, values: sql.values.count)
  }

  /// The words that our SQL is made of. Any other stands there because somebody wrote it into a filter.
  private static let vocabulary: Set<String> = [
    "a", "AND", "AS", "assessment", "assessment_metadata", "assessment_type", "assessments", "BY", "CASE", "CAST",
    "client_request_id", "coalesce", "content", "cost", "DESC", "destination_id", "destination_type", "e", "END",
    "entity_associations", "execution_time_ms", "EXISTS", "experiment_id", "experiments", "FROM", "g", "id", "IN",
    "instr",
    "input_tokens", "IS", "JOIN", "json_type", "json_valid", "key", "l", "lens_rlike", "LIKE", "lower", "m", "n",
    "name",
    "NOT", "NULL", "o", "ON", "OR", "ORDER", "REAL", "request_id", "s", "SELECT", "session_id", "source_id",
    "source_type",
    "spans", "start_time_unix_nano", "status", "t", "THEN", "timestamp_ms", "total_cost", "total_tokens",
    "output_tokens",
    "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation_input_tokens_above_1hr", "input_cost",
    "output_cost", "trace_id", "trace_info", "trace_name", "trace_request_metadata", "trace_tags", "type", "u", "UNION",
    "valid", "value", "WHEN", "WHERE", "parent_span_id", "span_id", "LIMIT",
  ]
  private static let literals: Set<String> = [
    "run", "prompt_version", "trace", "issue", "feedback", "expectation", "integer", "real", "ERROR",
    "mlflow.traceName",
    "\"mlflow.trace.session\"",
  ]

  private static func isOurs(_ sql: String, values: Int) throws(Violation) {
    var marks: Set<Int> = []
    for (place, part) in sql.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if place % 2 == 1 {
        try hold(literals.contains(String(part)), "SQL holds the literal '\(part)'")
        continue
      }
      for word in part.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "?") }) {
        if word.first == "?", let mark = Int(word.dropFirst()) {
          marks.insert(mark)
        } else {
          try hold(word == "0" || word == "1" || vocabulary.contains(String(word)), "SQL holds the word \(word)")
        }
      }
      let isPlain = part.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || " ?_.,()=!<>+".unicodeScalars.contains(scalar)
      }
      try hold(isPlain, "SQL holds other signs: \(part)")
    }
    try hold(marks == Set(1..<values + 1), "\(marks.count) places for \(values) values")
  }
}
