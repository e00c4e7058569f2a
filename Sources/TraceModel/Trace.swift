import JSONText

/// What is known of a trace without its spans.
public struct TraceInfo: Sendable {
  /// The trace's id.
  public var id: TraceID
  /// The id that the caller gave to the request, if any.
  public var clientRequestID: String?
  /// The experiment that holds it.
  public var experimentID: String
  /// When it began, to the millisecond.
  public var requestTime: Timestamp
  /// Milliseconds it took; nil when its end was never recorded.
  public var executionDurationMs: Int64?
  /// What the app said of its outcome.
  public var state: TraceState
  /// The first 1,000 characters of the input, as MLflow cut them.
  public var requestPreview: String?
  /// The first 1,000 characters of the output, as MLflow cut them.
  public var responsePreview: String?
  /// Metadata by key, columns that MLflow promoted out of it included.
  public var metadata: [String: String]
  /// Tags by key, the trace's name included.
  public var tags: [String: String]
  /// Judgements about it and its spans, oldest first.
  public var assessments: [Assessment]
  /// The name of the root span, where the store looked it up because the trace has none of its own.
  public var rootSpanName: String?

  /// An info from its parts.
  public init(
    id: TraceID, clientRequestID: String?, experimentID: String, requestTime: Timestamp, executionDurationMs: Int64?,
    state: TraceState, requestPreview: String?, responsePreview: String?, metadata: [String: String],
    tags: [String: String], assessments: [Assessment]
  ) {
    self.id = id
    self.clientRequestID = clientRequestID
    self.experimentID = experimentID
    self.requestTime = requestTime
    self.executionDurationMs = executionDurationMs
    self.state = state
    self.requestPreview = requestPreview
    self.responsePreview = responsePreview
    self.metadata = metadata
    self.tags = tags
    self.assessments = assessments
  }

  /// The session it is a turn of.
  public var sessionID: String? { metadata[ReservedKey.session] }
  /// The app's user.
  public var userID: String? { metadata[ReservedKey.user] }
  /// The trace's name. Traces that came by OTLP have none.
  public var name: String? { tags[ReservedKey.traceName] }
  /// The name to show: the trace's own, else the root span's.
  public var displayName: String? { name ?? rootSpanName }
  /// Tokens of the whole trace, as MLflow summed them.
  public var tokenUsage: TokenUsage? {
    metadata[ReservedKey.tokenUsage].flatMap { try? JSONDocument($0) }.flatMap { TokenUsage($0.root) }
  }
  /// US dollars that the whole trace cost, as MLflow summed them.
  public var cost: Double? {
    metadata[ReservedKey.cost].flatMap { try? JSONDocument($0) }?.root["total_cost"]?.finiteDouble
  }
}

/// A recorded run of an app: its info and its spans.
public struct Trace: Sendable {
  /// What is known of the whole.
  public var info: TraceInfo
  /// The spans in the order of their aliases: by start time, then id. `spans[11]` is `s12`.
  public let spans: [Span]
  /// What could not be read, in sentences; empty when all could.
  public let diagnostics: [String]

  /// A trace from its parts, the spans in any order.
  public init(info: TraceInfo, spans: [Span], diagnostics: [String] = []) {
    self.info = info
    self.spans = spans.sorted { ($0.startTime, $0.id) < ($1.startTime, $1.id) }
    self.diagnostics = diagnostics
  }

  /// The span's short name in answers: `s` and its ordinal, the same in every call.
  public static func alias(ofSpanAt index: Int) -> String { "s\(index + 1)" }
}

/// A group of traces, usually of one app.
public struct Experiment: Sendable, Hashable {
  /// The id, a decimal number.
  public var id: String
  /// The name.
  public var name: String
  /// Whether it was deleted; MLflow still shows its traces.
  public var isDeleted: Bool

  /// An experiment from its parts.
  public init(id: String, name: String, isDeleted: Bool) {
    self.id = id
    self.name = name
    self.isDeleted = isDeleted
  }
}
