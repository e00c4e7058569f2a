import JSONText
import MCP
import TraceModel
import TraceQuery
import TraceStores

/// An empty answer says which condition emptied it, and what there is instead.
extension SearchTraces {
  /// Clauses that are looked at one by one.
  private static let clausesLookedAt = 8
  /// Traces whose assessments or spans are looked at for the values that exist.
  private static let (judgedTraces, openedTraces) = (200, 5)
  /// Values that are named.
  private static let valuesNamed = 6

  func emptyNotes(
    _ query: TraceQuery, _ experiments: ExperimentChoice, _ context: LensContext
  ) async throws(ToolError) -> [String] {
    if query.offset > 0 { return ["page_token leads behind the last trace; call without it"] }
    var notes: [String] = []
    for index in query.conditions.indices {
      var rest = query
      rest.conditions.remove(at: index)
      let count = try await count(rest, context)
      let condition = context.excerpter.line(query.conditions[index].description, limit: 200)
      var note = "without \(condition): \(Units.plural(count, "trace"))"
      if let field = Field(query.conditions[index]) {
        note += try await there(field, count > 0 ? rest : TraceQuery(experimentIDs: query.experimentIDs), context)
      }
      notes.append(note)
    }
    notes += try await clauseNotes(query, context)
    let newest = try await context.ask { store async throws(StoreError) in
      try await store.search(TraceQuery(experimentIDs: experiments.ids, limit: 1))
    }.infos.first
    if let newest { notes.append("the newest trace began \(newest.requestTime.shortUTC) UTC") }
    let names = experiments.known.prefix(8).map { experiments.label($0.id, context.excerpter) }
    notes.append("experiments here: \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    return notes
  }

  private func count(_ query: TraceQuery, _ context: LensContext) async throws(ToolError) -> Int {
    try await context.ask { store async throws(StoreError) in try await store.search(query) }.totalCount
  }

  /// What each clause of the filter finds by itself, and what is left without it.
  private func clauseNotes(_ query: TraceQuery, _ context: LensContext) async throws(ToolError) -> [String] {
    guard let filter = query.filter else { return [] }
    var notes: [String] = []
    for (place, clause) in filter.clauses.enumerated().prefix(Self.clausesLookedAt) {
      let others = filter.clauses.enumerated().filter { $0.offset != place }.map(\.element)
      var rest = query
      rest.filter = others.isEmpty ? nil : try? TraceFilter(others.joined(separator: " AND "))
      var alone = TraceQuery(experimentIDs: query.experimentIDs)
      alone.filter = try? TraceFilter(clause)
      // A clause that stands alone found nothing already.
      let isAlone = others.isEmpty && query.conditions.isEmpty
      let ownCount = isAlone ? 0 : try await count(alone, context)
      let restCount = try await count(rest, context)
      var note =
        "\(context.excerpter.line(clause, limit: 120)): \(Units.plural(ownCount, "trace")) by itself, "
        + "\(restCount) without it"
      // Where other clauses emptied the answer too, what there is at all is more use.
      if restCount > 0 || ownCount == 0, let field = alone.filter?.conditions.first.flatMap({ Field($0) }) {
        note += try await there(field, restCount > 0 ? rest : TraceQuery(experimentIDs: query.experimentIDs), context)
      }
      notes.append(note)
    }
    if filter.clauses.count > Self.clausesLookedAt {
      notes.append("\(filter.clauses.count - Self.clausesLookedAt) more clauses were not looked at one by one")
    }
    for case .span(.attribute(let name), .equals(let value)) in filter.conditions {
      notes.append(
        "span.attributes.\(context.excerpter.line(name, limit: 80)) = finds nothing in MLflow, which compares whole records; "
          + "write \(context.excerpter.line(FilterAdvice.attribute(name, equals: value), limit: 200)), "
          + "or span_attribute: \(context.excerpter.line("\(name)=\(value)", limit: 120))")
    }
    return notes
  }

  // MARK: What there is

  /// What a condition is about.
  private enum Field {
    case group(TraceGrouping)
    case durations
    case assessments(String?)
    case spans(FilterCondition.SpanKey)

    init?(_ condition: TraceCondition) {
      switch condition {
      case .state: self = .group(.status)
      case .session: self = .group(.session)
      case .user: self = .group(.user)
      case .durationAtLeast: self = .durations
      case .failedAssessment: self = .assessments(nil)
      case .attribute(let key, _): self = .spans(.attribute(key))
      case .hasErrorSpans: self = .spans(.status)
      case .since, .until, .containsText: return nil
      }
    }

    init?(_ condition: FilterCondition) {
      switch condition {
      case .status: self = .group(.status)
      case .tag(ReservedKey.traceName, _): self = .group(.name)
      case .tag(let key, _): self = .group(.tag(key))
      case .metadata(ReservedKey.session, _): self = .group(.session)
      case .metadata(let key, _): self = .group(.metadata(key))
      case .time(.executionTime, _): self = .durations
      case .assessment(_, let name, _): self = .assessments(name)
      case .span(.content, _): return nil
      case .span(let key, _): self = .spans(key)
      case .time, .requestID, .clientRequestID, .run, .prompt, .issue: return nil
      }
    }
  }

  /// `; status there: OK 9`, of the traces of a query; empty where nothing can be said.
  private func there(
    _ field: Field, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> String {
    switch field {
    case .group(let grouping): try await values(grouping, query, context)
    case .durations: try await durations(query, context)
    case .assessments(let name): try await assessments(name, query, context)
    case .spans(let key): try await spans(key, query, context)
    }
  }

  private func values(
    _ grouping: TraceGrouping, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> String {
    let found = try await context.ask { store async throws(StoreError) in try await store.groups(query, by: grouping) }
    let counts = found.groups.compactMap { group in group.value.map { ($0, group.figures.count) } }
    if counts.isEmpty, let keys = try await keys(grouping, query, context) { return keys }
    let what =
      switch grouping {
      case .status: "states"
      case .session: "sessions"
      case .user: "users"
      case .name: "names"
      default: "values"
      }
    return Self.list(what, Dictionary(counts) { $0 + $1 }, context)
  }

  /// The keys of tags or metadata, where none of the traces has the one asked for.
  private func keys(
    _ grouping: TraceGrouping, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> String? {
    var query = query
    query.limit = Self.judgedTraces
    let asked = query
    let infos = try await context.ask { store async throws(StoreError) in try await store.search(asked) }.infos
    let keys: [String]
    let what: String
    switch grouping {
    case .tag: (what, keys) = ("tags", infos.flatMap(\.tags.keys))
    case .metadata: (what, keys) = ("metadata keys", infos.flatMap(\.metadata.keys))
    default: return nil
    }
    // MLflow's own are in every trace.
    let own = keys.filter { !$0.hasPrefix("mlflow.") }
    return "; no trace there has that key"
      + Self.list("other \(what)", Dictionary(own.map { ($0, 1) }, uniquingKeysWith: +), context)
  }

  private func durations(_ query: TraceQuery, _ context: LensContext) async throws(ToolError) -> String {
    let found = try await context.ask { store async throws(StoreError) in try await store.groups(query, by: nil) }
    guard let figures = found.groups.first?.figures, let median = figures.medianMs else {
      return "; no durations there"
    }
    return "; there p50 is \(Units.duration(milliseconds: median)), "
      + "p95 \(Units.duration(milliseconds: figures.percentile95Ms))"
  }

  private func assessments(
    _ name: String?, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> String {
    var query = query
    query.limit = Self.judgedTraces
    let asked = query
    let page = try await context.ask { store async throws(StoreError) in try await store.search(asked) }
    let all = page.infos.flatMap(\.assessments).filter(\.isValid)
    let named = name.map { name in all.filter { $0.name == name } } ?? []
    let words = named.isEmpty ? all.map(\.name) : named.map { Self.words($0.content) }
    let what = named.isEmpty ? "assessments" : "values of \(context.excerpter.line(name ?? "", limit: 60))"
    return Self.list(what, Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +), context)
      + (page.totalCount > page.infos.count ? " (in the first \(page.infos.count) traces)" : "")
  }

  private static func words(_ content: Assessment.Content) -> String {
    switch content {
    case .feedback(_, .some): "scorer error"
    case .feedback(let value, nil), .expectation(let value): String(decoding: value.rawBytes, as: UTF8.self)
    case .issue: "issue"
    }
  }

  private func spans(
    _ key: FilterCondition.SpanKey, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> String {
    var query = query
    query.limit = Self.openedTraces
    let asked = query
    let traces = try await context.ask { store async throws(StoreError) in
      try await store.traces(try await store.search(asked).infos.map(\.id))
    }
    let words = traces.flatMap(\.spans).compactMap { span -> String? in
      switch key {
      case .name: span.name
      case .type: span.attribute("mlflow.spanType")?.text
      case .status: span.status.rawValue
      case .attribute(let name):
        span.attribute(name).map { $0.text ?? String(decoding: $0.decoded.rawBytes, as: UTF8.self) }
      case .content: nil
      }
    }
    let what =
      switch key {
      case .name: "span names"
      case .type: "span types"
      case .status: "span states"
      default: "values"
      }
    return Self.list(what, Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +), context)
      + " (in the first \(Units.plural(traces.count, "trace")))"
  }

  /// `; states there: OK 9, IN_PROGRESS 1`, the most frequent first.
  private static func list(_ what: String, _ counts: [String: Int], _ context: LensContext) -> String {
    guard !counts.isEmpty else { return "; no \(what) there" }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let named = sorted.prefix(valuesNamed).map { "\(context.excerpter.line($0.key, limit: 60)) \($0.value)" }
    let more = sorted.count > named.count ? " and \(sorted.count - named.count) more" : ""
    return "; \(what) there: \(named.joined(separator: ", "))\(more)"
  }
}
