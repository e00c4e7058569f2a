import JSONText

extension TraceInfo {
  /// The info of spans that came without one (OTLP files, `traces.json` alone), as MLflow's server derives it: state and
  /// duration of the root, IN_PROGRESS without a root, session and user from any span.
  public init(id: TraceID, derivedFrom spans: [Span], tags: [String: String] = [:]) {
    let roots = spans.filter { $0.parentID == nil }.sorted { $0.startTime < $1.startTime }
    let start = spans.map(\.startTime).min() ?? Timestamp(nanoseconds: 0)
    func first(_ keys: [String]) -> String? {
      for span in spans { for key in keys { if let text = span.attribute(key)?.text, !text.isEmpty { return text } } }
      return nil
    }
    var metadata: [String: String] = [:]
    metadata[ReservedKey.session] = first(["session.id", "gen_ai.conversation.id"])
    metadata[ReservedKey.user] = first(["user.id"])
    let duration = roots.first?.durationNanoseconds
    self.init(
      id: id, clientRequestID: nil, experimentID: first(["mlflow.experimentId"]) ?? "0",
      requestTime: Timestamp(milliseconds: start.milliseconds), executionDurationMs: duration.map { $0 / 1_000_000 },
      state: roots.isEmpty ? .inProgress : roots[0].status == .error ? .error : .ok, requestPreview: nil,
      responsePreview: nil, metadata: metadata, tags: tags, assessments: [])
    rootSpanName = roots.first?.name
  }
}
