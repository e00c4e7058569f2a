import JSONText
import MCP
import TraceModel
import TraceQuery
import TraceStores

/// Counts in place of traces: one line for each session, name, hour, ….
extension SearchTraces {
  func groups(
    by text: String, _ query: TraceQuery, _ experiments: ExperimentChoice, _ context: LensContext
  ) async throws(ToolError) -> Answer {
    if text == Self.byError { return try await groupsByError(query, experiments, context) }
    let grouping: TraceGrouping
    do throws(QueryError) {
      grouping = try TraceGrouping(text)
    } catch {
      throw ToolError(
        .invalidArguments, "argument 'group_by': \(context.excerpter.line(error.message, limit: 120))",
        allowed: "\(error.allowed), or \(Self.byError)")
    }
    let found = try await context.ask { store async throws(StoreError) in try await store.groups(query, by: grouping) }
    let groups = Self.sorted(found.groups, grouping)
    var answer = groupAnswer(text, groups.count, found, query, experiments, context)
    let shown = groups.prefix(maxResults)
    let items = shown.enumerated().map { place, group in
      Self.item(group.value, group.figures, grouping, experiments, rank: min(place, 8), context)
    }
    let heading = "\(grouping.isTime ? "from (UTC)" : "value"): traces, errors, p50, p95, tokens, first – last"
    answer.sections = [groupSection(heading, items, of: groups.count)]
    let suspect = shown.filter { $0.value != nil }.reduce(nil as TraceGroups.Group?) { best, group in
      (best?.figures.errorCount ?? -1) < group.figures.errorCount ? group : best
    }
    if let suspect, let value = suspect.value, let next = drillDown(value, grouping) { answer.next = [next] }
    return answer
  }

  /// The header of a list of groups.
  func groupAnswer(
    _ text: String, _ groupCount: Int, _ found: TraceGroups, _ query: TraceQuery, _ experiments: ExperimentChoice,
    _ context: LensContext
  ) -> Answer {
    let count = (found.isComplete ? "" : "the first ") + Units.plural(found.traceCount, "trace")
    var answer = Answer(
      title: "\(Units.plural(groupCount, "group")) by \(context.excerpter.line(text, limit: 80)) of \(count) in "
        + experiments.words + conditionWords(query, context), facts: [])
    answer.facts = Answer.facts([
      "group_by": .string(context.excerpter.line(text, limit: 80)), "group_count": .int(Int64(groupCount)),
      "trace_count": .int(Int64(found.traceCount)), "experiments": .string(experiments.words),
    ])
    if !found.remarks.isEmpty {
      answer.notes += found.remarks.map { Answer.Note($0, rank: 0) }
      answer.facts.append(Answer.Fact("remarks", .array(found.remarks.map { .string($0) })))
    }
    return answer
  }

  /// The groups themselves, as many as were asked for.
  func groupSection(_ heading: String, _ items: [Answer.Item], of count: Int) -> Answer.Section {
    let more = NextCall(Self.name, repeating(nil, limit: min(500, max(maxResults * 5, count))))
    return Answer.Section(
      key: "groups", heading: heading, items: items, remedy: maxResults < 500 ? more : nil, noun: "group",
      omittedCount: count - items.count)
  }

  private static func sorted(_ groups: [TraceGroups.Group], _ grouping: TraceGrouping) -> [TraceGroups.Group] {
    groups.sorted { left, right in
      // Traces without a value come last, whatever the order.
      guard let first = left.value, let second = right.value else { return left.value != nil }
      if grouping.isTime { return first < second }
      if grouping == .session, let one = left.figures.last, let other = right.figures.last, one != other {
        return one > other
      }
      return left.figures.count != right.figures.count ? left.figures.count > right.figures.count : first < second
    }
  }

  private static func item(
    _ value: String?, _ figures: TraceStatistics, _ grouping: TraceGrouping, _ experiments: ExperimentChoice, rank: Int,
    _ context: LensContext
  ) -> Answer.Item {
    var name = value.map { context.excerpter.line($0, limit: 120) } ?? "(none)"
    if grouping == .experiment, let value { name = experiments.label(value, context.excerpter) }
    var words = "\(name): \(Units.plural(figures.count, "trace")), \(Units.plural(figures.errorCount, "error"))"
    if let median = figures.medianMs {
      words += ", p50 \(Units.duration(milliseconds: median))"
      words += ", p95 \(Units.duration(milliseconds: figures.percentile95Ms))"
    }
    if let tokens = figures.tokens { words += ", \(Units.count(tokens)) tok" }
    if let first = figures.first { words += ", \(first.shortUTC)" }
    if let last = figures.last, last != figures.first { words += " – \(last.shortUTC)" }
    return Answer.Item(
      short: words, full: nil,
      json: .object(present: [
        "value": value.map { .string(context.excerpter.line($0, limit: 250)) } ?? .null,
        "trace_count": .int(Int64(figures.count)), "error_count": .int(Int64(figures.errorCount)),
        "p50_ms": figures.medianMs.map { .int($0) },
        "p95_ms": figures.percentile95Ms.map { .int($0) }, "total_tokens": figures.tokens.map { .int($0) },
        "first": figures.first.map { .string($0.rfc3339) }, "last": figures.last.map { .string($0.rfc3339) },
      ]), rank: rank)
  }

  /// The call that shows the traces of a group; nil where it cannot be said in words.
  private func drillDown(_ value: String, _ grouping: TraceGrouping) -> NextCall? {
    func equals(_ key: String) -> [JSON.Member]? {
      guard !value.contains("'") else { return nil }
      let clause = "\(key) = '\(value)'"
      return [JSON.Member("filter", .string(filter.map { "\($0) AND \(clause)" } ?? clause))]
    }
    let member: [JSON.Member]? =
      switch grouping {
      case .session: [JSON.Member("session_id", .string(value))]
      case .user: [JSON.Member("user_id", .string(value))]
      case .status: [JSON.Member("status", .string(value))]
      case .experiment: [JSON.Member("experiment_id", .string(value))]
      // A trace that came by OTLP has no name of its own and goes by its root span's, which the others have too.
      case .name: equals("span.name")
      case .tag(let key): equals("tag.`\(key)`")
      case .metadata(let key): equals("metadata.`\(key)`")
      case .hour: [JSON.Member("since", .string(value.replacing(" ", with: "T") + "Z"))]
      case .day: [JSON.Member("since", .string(value))]
      }
    if grouping == .session { return member.map { NextCall("analyze_session", $0) } }
    guard let member else { return nil }
    let kept = repeating(nil, limit: nil).filter { old in
      old.key != "group_by" && !member.contains { $0.key == old.key }
    }
    return NextCall(Self.name, kept + member)
  }

  /// States, times and durations of all that match, where they are cheaply known.
  func figures(
    _ page: TracePage, _ query: TraceQuery, _ context: LensContext
  ) async throws(ToolError) -> TraceStatistics? {
    guard page.isCountExact, (2...Self.summedTraces).contains(page.totalCount) else { return nil }
    if page.infos.count == page.totalCount { return TraceStatistics(page.infos.map { TraceRow($0, groupedBy: nil) }) }
    let found = try await context.ask { store async throws(StoreError) in try await store.groups(query, by: nil) }
    return found.isComplete ? found.groups.first?.figures : nil
  }

  /// More traces than these are summed up on request only, by `group_by`.
  static let summedTraces = 5_000

  /// `2026-11-16 09:00:00 – 2026-11-16 09:05:56 UTC; OK 9, ERROR 1; p50 956ms, p95 3.75s`.
  static func words(_ figures: TraceStatistics) -> String {
    let states = figures.states.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
    let times = [figures.first, figures.last].compactMap { $0?.shortUTC }
    var words = times.isEmpty ? states : "\(times.joined(separator: " – ")) UTC; \(states)"
    if let median = figures.medianMs {
      words += "; p50 \(Units.duration(milliseconds: median))"
      words += ", p95 \(Units.duration(milliseconds: figures.percentile95Ms))"
    }
    return words
  }
}
