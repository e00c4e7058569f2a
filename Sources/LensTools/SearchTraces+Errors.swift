import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceStores

/// `group_by: error`: what fails, and how often. The newest failed traces are opened for the error they failed with.
extension SearchTraces {
  static let byError = "error"

  func groupsByError(
    _ query: TraceQuery, _ experiments: ExperimentChoice, _ context: LensContext
  ) async throws(ToolError) -> Answer {
    let bound = try context.store().failedTracesLookedAt
    let (infos, failedCount) = try await failedTraces(query, limit: bound, context)
    let traces = try await context.ask { store async throws(StoreError) in
      try await store.failedSpans(infos.map(\.id))
    }
    let isComplete = failedCount <= infos.count
    let groups = Self.groups(traces)
    var found = TraceGroups(groups: groups.map(\.group), isComplete: isComplete)
    if !isComplete {
      found.remarks = [
        "the newest \(infos.count) of at least \(failedCount) failed traces were opened; narrow the search with since or filter"
      ]
    }
    var answer = groupAnswer(Self.byError, groups.count, found, query, experiments, context)
    let items = groups.prefix(maxResults).enumerated().map { place, entry in
      Self.item(entry.group, newest: entry.newest, rank: min(place, 8), context)
    }
    answer.sections = [groupSection("error: traces, first – last, newest trace", items, of: groups.count)]
    answer.next = groups.first.map { [NextCall("inspect_turn", ["trace_id": .string($0.newest.rawValue)])] } ?? []
    return answer
  }

  /// Traces that ended in an error or hold a failed span, the newest first, and how many there are at least.
  private func failedTraces(
    _ query: TraceQuery, limit: Int, _ context: LensContext
  ) async throws(ToolError) -> (infos: [TraceInfo], count: Int) {
    var found: [TraceID: TraceInfo] = [:]
    var count = 0
    for condition in [TraceCondition.hasErrorSpans(true), .state([.error])] {
      var query = query
      query.conditions.append(condition)
      (query.offset, query.limit, query.order) = (0, limit, [])
      let asked = query
      let page = try await context.ask { store async throws(StoreError) in try await store.search(asked) }
      count = max(count, page.totalCount)
      for info in page.infos { found[info.id] = info }
    }
    let newest = found.values.sorted { left, right in
      left.requestTime == right.requestTime ? left.id < right.id : left.requestTime > right.requestTime
    }
    return (Array(newest.prefix(limit)), max(count, found.count))
  }

  private static func groups(_ traces: [Trace]) -> [(group: TraceGroups.Group, newest: TraceID)] {
    let labelled = traces.map { trace in
      let origin = ErrorOrigin.decisive(in: trace, tree: SpanTree(trace.spans))
      return (label: origin?.signature ?? "no failed span recorded", info: trace.info)
    }
    return Dictionary(grouping: labelled, by: \.label).compactMap { label, members in
      // Traces come with the newest first.
      guard let newest = members.first else { return nil }
      let figures = TraceStatistics(members.map { TraceRow($0.info, groupedBy: nil) })
      return (TraceGroups.Group(value: label, figures: figures), newest.info.id)
    }.sorted { left, right in
      let (first, second) = (left.group.figures.count, right.group.figures.count)
      return first == second ? (left.group.value ?? "") < (right.group.value ?? "") : first > second
    }
  }

  private static func item(
    _ group: TraceGroups.Group, newest: TraceID, rank: Int, _ context: LensContext
  ) -> Answer.Item {
    let figures = group.figures
    let label = context.excerpter.line(group.value ?? "", limit: 160)
    var words = "\(label): \(Units.plural(figures.count, "trace"))"
    if let first = figures.first { words += ", \(first.shortUTC)" }
    if let last = figures.last, last != figures.first { words += " – \(last.shortUTC)" }
    return Answer.Item(
      short: "\(words), \(newest)", full: nil,
      json: .object(present: [
        "value": .string(label), "trace_count": .int(Int64(figures.count)),
        "error_count": .int(Int64(figures.errorCount)), "newest_trace_id": .string(newest.rawValue),
        "first": figures.first.map { .string($0.rfc3339) }, "last": figures.last.map { .string($0.rfc3339) },
      ]), rank: rank)
  }
}
