import JSONText
import Synchronization
import TraceModel
import TraceQuery

/// The server's own route for figures.
extension RESTStore {
  /// A figure of all traces of a scope, or of each value of a dimension.
  struct MetricsQuestion: Sendable {
    var scope: MetricsScope
    var metric = "trace_count"
    var aggregations: JSON = [["aggregation_type": "COUNT"]]
    /// `trace_name` or `trace_status`.
    var dimension: String?
    /// Seconds of a bucket of time.
    var interval: Int?
  }

  /// What the server says of one value.
  struct MetricsPoint: Sendable {
    /// The value of the dimension, or the beginning of the bucket in ISO 8601; nil when nothing was told apart.
    var value: String?
    /// By the name of the aggregation, `P95.0` for a percentile.
    var figures: [String: Double]
  }

  /// Data points that are read for one question.
  private static let maximumPoints = 10_000

  /// How many traces match, counted where they are; nil where the server's route for figures cannot say it.
  func countByServer(_ query: TraceQuery, _ experiments: [String]) async throws(StoreError) -> Int? {
    guard let scope = MetricsScope(query, experiments) else { return nil }
    return try await count(scope)
  }

  /// How many traces there are in the scope; nil where the server has no such route.
  func count(_ scope: MetricsScope) async throws(StoreError) -> Int? {
    guard let points = try await points(MetricsQuestion(scope: scope)), points.count <= 1 else { return nil }
    return points.first.map { Self.integer($0.figures["COUNT"]) } ?? 0
  }

  /// All points; nil where the server cannot say it.
  func points(_ question: MetricsQuestion) async throws(StoreError) -> [MetricsPoint]? {
    guard routes.withLock({ $0.hasMetrics }) else { return nil }
    var points: [MetricsPoint] = []
    var token: String?
    var pages = 0
    repeat {
      pages += 1
      let answer = try await connection.ask(.post("/api/3.0/mlflow/traces/metrics", Self.body(question, token)))
      guard answer.response.status == 200, let root = answer.root else {
        if answer.isMissingRoute { routes.withLock { $0.hasMetrics = false } }
        return nil
      }
      let page = root["data_points"]?.elements.map { Self.point($0) } ?? []
      points += page
      let next = page.isEmpty ? nil : root.nextPageToken
      guard next == nil || next != token, points.count <= Self.maximumPoints, pages < Self.mostPages else {
        return nil
      }
      token = next
    } while token != nil
    return points
  }

  /// A larger count is a lie, and a sum of such would not fit.
  private static let largestCount = 1e12

  /// A count as a number came it; nil for what is no count.
  static func integer(_ number: Double?) -> Int? {
    guard let number, number >= 0, number <= largestCount else { return nil }
    return Int(number.rounded())
  }

  private static func body(_ question: MetricsQuestion, _ token: String?) -> JSON {
    let scope = question.scope
    // Buckets want both ends of the range; these are 1970 and the year 9999.
    let (first, last): (Int64?, Int64?) = question.interval == nil ? (nil, nil) : (0, 253_402_300_799_999)
    return .object(present: [
      "experiment_ids": .array(scope.experiments.map { .string($0) }), "view_type": "TRACES",
      "metric_name": .string(question.metric), "aggregations": question.aggregations,
      "dimensions": question.dimension.map { [.string($0)] },
      "filters": scope.filters.isEmpty ? nil : .array(scope.filters.map { .string($0) }),
      "time_interval_seconds": question.interval.map { .int(Int64($0)) },
      "start_time_ms": (scope.start ?? first).map { .int($0) },
      "end_time_ms": (scope.end ?? last).map { .int($0) },
      "page_token": token.map { .string($0) },
    ])
  }

  private static func point(_ record: JSONValue) -> MetricsPoint {
    var figures: [String: Double] = [:]
    for member in record["values"]?.members ?? JSONValue.null.members { figures[member.key] = member.value.double }
    return MetricsPoint(value: record["dimensions"]?.members.first { _ in true }?.value.string, figures: figures)
  }
}
