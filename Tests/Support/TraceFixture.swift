import JSONText
public import TraceModel

/// Traces made by hand, for tests of what does not need a store.
public enum TraceFixture {
  /// A span in MLflow's stored encoding.
  ///
  /// - Parameters:
  ///   - number: Its id; small numbers are easy to tell apart in a failure.
  ///   - parent: The id of its parent; nil for a root.
  ///   - start: Milliseconds from the trace's start.
  ///   - end: Milliseconds from the trace's start; nil for a span that never ended.
  ///   - attributes: Values as JSON text, which is how MLflow stores them.
  ///   - events: The events as JSON text.
  public static func span(
    _ number: UInt64, parent: UInt64? = nil, name: String = "step", start: Int64 = 0, end: Int64? = 10,
    status: SpanStatus = .ok, message: String = "", attributes: KeyValuePairs<String, String> = [:],
    events: String = "[]"
  ) throws -> Span {
    let base: Int64 = 1_794_819_600_000_000_000
    func id(_ number: UInt64) -> JSON { .string(SpanID(value: number).description) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("span_id", id(number))
    writer.member("parent_span_id", parent.map(id) ?? .null)
    writer.member("name", .string(name))
    writer.member("start_time_unix_nano", .int(base + start * 1_000_000))
    writer.member("end_time_unix_nano", end.map { .int(base + $0 * 1_000_000) } ?? .null)
    writer.key("events")
    writer.raw(events.utf8)
    writer.member("status", ["code": .string("STATUS_CODE_\(status.rawValue)"), "message": .string(message)])
    writer.member("attributes", .object(attributes.map { JSON.Member($0.key, .string($0.value)) }))
    writer.member("links", [])
    writer.endObject()
    return try Span(stored: writer.bytes)
  }

  /// A trace of such spans.
  public static func trace(
    _ spans: [Span], state: TraceState = .ok, metadata: [String: String] = [:], tags: [String: String] = [:],
    assessments: [Assessment] = [], id: String = "tr-00000000000000000000000000000001",
    startMs: Int64 = 1_794_819_600_000
  ) -> Trace {
    Trace(
      info: TraceInfo(
        id: TraceID(id), clientRequestID: nil, experimentID: "1", requestTime: Timestamp(milliseconds: startMs),
        executionDurationMs: 10, state: state, requestPreview: nil, responsePreview: nil, metadata: metadata,
        tags: tags, assessments: assessments),
      spans: spans)
  }

  /// A feedback, with its value as JSON text.
  public static func feedback(
    _ name: String, _ value: String, rationale: String? = nil, spanID: String? = nil, isValid: Bool = true,
    session: String? = nil, error: Assessment.ScorerError? = nil
  ) throws -> Assessment {
    let metadata = try session.map {
      try JSONDocument(JSON.object([JSON.Member(ReservedKey.session, .string($0))]).bytes).root
    }
    return Assessment(
      id: "a-1", name: name, traceID: TraceID("tr-1"), spanID: spanID,
      content: .feedback(value: try JSONDocument(value).root, error: error), sourceType: "HUMAN", sourceID: "ana",
      rationale: rationale, metadata: metadata, createTime: Timestamp(milliseconds: 0),
      lastUpdateTime: Timestamp(milliseconds: 0), overrides: nil, isValid: isValid)
  }
}
