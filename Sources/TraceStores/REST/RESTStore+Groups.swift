import JSONText
import TraceModel
public import TraceQuery

extension RESTStore {
  /// Experiments that are counted one by one.
  private static let experimentsCounted = 50

  /// Figures for each value. More traces than are fetched are counted by the server itself, if it can tell the values
  /// apart; then durations between two recorded ones may be interpolated, and times are not known.
  public func groups(_ query: TraceQuery, by grouping: TraceGrouping?) async throws(StoreError) -> TraceGroups {
    if let counted = try await countedByServer(query, grouping) { return counted }
    return TraceGroups(try await rows(query, groupedBy: grouping))
  }

  /// As many as are fetched in some seconds.
  public var failedTracesLookedAt: Int { 100 }

  private func countedByServer(
    _ query: TraceQuery, _ grouping: TraceGrouping?
  ) async throws(StoreError) -> TraceGroups? {
    let experiments = query.experimentIDs.isEmpty ? try await self.experiments().map(\.id) : query.experimentIDs
    guard !experiments.isEmpty, let scope = MetricsScope(query, experiments), try await hasVersion3(),
      let total = try await count(scope), total > Self.countedTraces
    else { return nil }
    var groups: [TraceGroups.Group]?
    switch grouping {
    case nil: groups = try await overall(query, scope).map { [$0] }
    case .name: groups = try await byDimension(MetricsQuestion(scope: scope, dimension: "trace_name"))
    case .hour: groups = try await byDimension(MetricsQuestion(scope: scope, interval: 3_600))
    case .day: groups = try await byDimension(MetricsQuestion(scope: scope, interval: 86_400))
    case .status: groups = try await states(scope)
    case .experiment: groups = try await byExperiment(scope)
    case .session, .user, .tag, .metadata: return nil
    }
    guard var groups else { return nil }
    let known = groups.reduce(Int64(0)) { $0.addingSaturating(Int64($1.figures.count)) }
    let rest = Int(Int64(total).subtractingSaturating(known))
    if rest > 0 {
      let figures = TraceStatistics(
        count: rest, states: [:], first: nil, last: nil, tokens: nil, medianMs: nil, percentile95Ms: nil)
      groups.append(TraceGroups.Group(value: nil, figures: figures))
    }
    var remarks = ["counted by the server, whose p50 and p95 may lie between two recorded durations"]
    if rest > 0, grouping == .name {
      remarks.append("the server does not know the names of \(rest) traces that have none of their own")
    }
    return TraceGroups(groups: groups, isComplete: true, remarks: remarks)
  }

  // MARK: Figures

  /// Counts, errors, durations and tokens of each value of the question's dimension.
  private func byDimension(_ question: MetricsQuestion) async throws(StoreError) -> [TraceGroups.Group]? {
    var (errors, latency, tokens) = (question, question, question)
    errors.scope = question.scope.inState(.error)
    latency.metric = "latency"
    latency.aggregations = [
      ["aggregation_type": "PERCENTILE", "percentile_value": 50],
      ["aggregation_type": "PERCENTILE", "percentile_value": 95],
    ]
    tokens.metric = "total_tokens"
    tokens.aggregations = [["aggregation_type": "SUM"]]
    let answers = try await concurrently([question, errors, latency, tokens], atMost: Self.width) {
      question async throws(StoreError) in MetricsAnswer(points: try await self.points(question))
    }
    let found = answers.compactMap(\.byValue)
    guard found.count == answers.count else { return nil }
    return found[0].compactMap { value, figures -> TraceGroups.Group? in
      guard let count = Self.integer(figures["COUNT"]) else { return nil }
      func milliseconds(_ key: String) -> Int64? { Self.integer(found[2][value]?[key]).map { Int64($0) } }
      let statistics = TraceStatistics(
        count: count, states: [.error: Self.integer(found[1][value]?["COUNT"]) ?? 0], first: nil, last: nil,
        tokens: Self.integer(found[3][value]?["SUM"]).map { Int64($0) }, medianMs: milliseconds("P50.0"),
        percentile95Ms: milliseconds("P95.0"))
      return TraceGroups.Group(value: value.map { Self.bucket($0, question.interval) }, figures: statistics)
    }
  }

  private struct MetricsAnswer: Sendable {
    var points: [MetricsPoint]?
    var byValue: [String?: [String: Double]]? {
      points.map { Dictionary($0.map { ($0.value, $0.figures) }) { first, _ in first } }
    }
  }

  /// `2026-11-21 06:00` or `2026-11-21` of `2026-11-21T06:00:00+00:00`.
  private static func bucket(_ value: String, _ interval: Int?) -> String {
    guard let interval else { return value }
    return String(value.replacing("T", with: " ").prefix(interval < 86_400 ? 16 : 10))
  }

  private func states(_ scope: MetricsScope) async throws(StoreError) -> [TraceGroups.Group]? {
    guard let points = try await points(MetricsQuestion(scope: scope, dimension: "trace_status")) else { return nil }
    var groups: [TraceGroups.Group] = []
    // Each once, whatever words the server has for it.
    var states: [TraceState] = []
    for value in points.compactMap(\.value) where !states.contains(TraceState(mlflow: value)) {
      states.append(TraceState(mlflow: value))
    }
    for state in states {
      guard let found = try await byDimension(MetricsQuestion(scope: scope.inState(state))) else { return nil }
      groups += found.map { TraceGroups.Group(value: state.rawValue, figures: $0.figures) }
    }
    return groups
  }

  private func byExperiment(_ scope: MetricsScope) async throws(StoreError) -> [TraceGroups.Group]? {
    guard scope.experiments.count <= Self.experimentsCounted else { return nil }
    var groups: [TraceGroups.Group] = []
    for id in scope.experiments {
      guard let found = try await byDimension(MetricsQuestion(scope: scope.inExperiment(id))) else { return nil }
      groups += found.filter { $0.figures.count > 0 }.map { TraceGroups.Group(value: id, figures: $0.figures) }
    }
    return groups
  }

  /// All of them together, with each state's number and the times of the first and the last.
  private func overall(_ query: TraceQuery, _ scope: MetricsScope) async throws(StoreError) -> TraceGroups.Group? {
    guard let figures = try await byDimension(MetricsQuestion(scope: scope))?.first?.figures,
      let points = try await points(MetricsQuestion(scope: scope, dimension: "trace_status"))
    else { return nil }
    var states: [TraceState: Int] = [:]
    for point in points {
      guard let value = point.value, let count = Self.integer(point.figures["COUNT"]) else { continue }
      states[TraceState(mlflow: value), default: 0] += count
    }
    let filter = ServerFilter(query.conditions, query.filter).text
    var times: [Timestamp?] = []
    for isDescending in [false, true] {
      let order = [TraceOrder(.timestamp, isDescending: isDescending)]
      let question = InfoQuestion(experiments: scope.experiments, filter: filter, order: order, count: 1)
      times.append(try await records(question)?.infos.first?.requestTime)
    }
    return TraceGroups.Group(
      value: nil,
      figures: TraceStatistics(
        count: figures.count, states: states, first: times[0], last: times[1], tokens: figures.tokens,
        medianMs: figures.medianMs, percentile95Ms: figures.percentile95Ms))
  }
}
