import JSONText
import Synchronization
import TraceModel
import TraceQuery

extension RESTStore {
  /// How many traces match, counted where they are (MLflow 3.9 and later); nil where the server's route for figures cannot
  /// say it. It knows no filter language: only what is asked of all traces, or of those in one state.
  func countByServer(_ query: TraceQuery, _ experiments: [String]) async throws(StoreError) -> Int? {
    guard query.filter == nil, routes.withLock({ $0.hasMetrics }) else { return nil }
    var filters: [JSON] = []
    for condition in query.conditions {
      guard case .state(let states) = condition, states.count == 1, states[0] != .unspecified, filters.isEmpty else {
        return nil
      }
      filters.append(.string("trace.status = '\(states[0].rawValue)'"))
    }
    let answer = try await connection.ask(
      .post(
        "/api/3.0/mlflow/traces/metrics",
        .object(present: [
          "experiment_ids": .array(experiments.map { .string($0) }), "view_type": "TRACES",
          "metric_name": "trace_count",
          "aggregations": [["aggregation_type": "COUNT"]], "filters": filters.isEmpty ? nil : .array(filters),
        ])))
    guard answer.response.status == 200, let root = answer.root else {
      if answer.isMissingRoute { routes.withLock { $0.hasMetrics = false } }
      return nil
    }
    let points = root["data_points"]?.elements.map { $0["values"]?["COUNT"]?.double } ?? []
    guard points.count == 1, let count = points[0], count >= 0, count < 1e15 else { return nil }
    return Int(count)
  }
}
