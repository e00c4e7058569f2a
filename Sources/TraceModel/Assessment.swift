public import JSONText

/// A judgement about a trace or one of its spans, by a person, a model or code.
public struct Assessment: Sendable {
  /// What kind of statement it is.
  public enum Content: Sendable {
    /// A rating; nil when the scorer failed, then `error` says why.
    case feedback(value: JSONValue, error: ScorerError?)
    /// What the right answer would have been.
    case expectation(value: JSONValue)
    /// A link to a known issue, whose id is the assessment's name.
    case issue(name: String)
  }

  /// Why a scorer gave no value. It says nothing about the trace.
  public struct ScorerError: Sendable, Hashable {
    /// A short code.
    public var code: String
    /// The message, if there is one.
    public var message: String?
    /// The scorer's stack trace, if there is one.
    public var stackTrace: String?

    /// An error from its parts.
    public init(code: String, message: String?, stackTrace: String?) {
      self.code = code
      self.message = message
      self.stackTrace = stackTrace
    }
  }

  /// The id, `a-` and 32 hex digits.
  public var id: String
  /// The assessment's name: which question it answers.
  public var name: String
  /// The trace it is stored with.
  public var traceID: TraceID
  /// The span it is about; nil for the whole trace.
  public var spanID: String?
  /// What it says.
  public var content: Content
  /// `HUMAN`, `LLM_JUDGE`, `CODE`.
  public var sourceType: String
  /// Who or what exactly.
  public var sourceID: String?
  /// The reason given. A value is not to be read without it.
  public var rationale: String?
  /// Further facts by key; see ``sessionID``.
  public var metadata: JSONValue?
  /// When it was made.
  public var createTime: Timestamp
  /// When it was changed last.
  public var lastUpdateTime: Timestamp
  /// The id of the assessment that this one replaces.
  public var overrides: String?
  /// Whether it still counts; false once replaced.
  public var isValid: Bool

  /// An assessment from its parts.
  public init(
    id: String, name: String, traceID: TraceID, spanID: String?, content: Content, sourceType: String,
    sourceID: String?, rationale: String?, metadata: JSONValue?, createTime: Timestamp, lastUpdateTime: Timestamp,
    overrides: String?, isValid: Bool
  ) {
    self.id = id
    self.name = name
    self.traceID = traceID
    self.spanID = spanID
    self.content = content
    self.sourceType = sourceType
    self.sourceID = sourceID
    self.rationale = rationale
    self.metadata = metadata
    self.createTime = createTime
    self.lastUpdateTime = lastUpdateTime
    self.overrides = overrides
    self.isValid = isValid
  }

  /// The session it is about, when it judges a whole session and not the trace it is stored with
  /// (metadata `mlflow.trace.session`).
  public var sessionID: String? { metadata?[ReservedKey.session]?.string }

  /// Values that read like a failure, in lower case; besides them there is `false`.
  public static let failureWords = ["no", "false", "fail", "failed", "incorrect", "bad", "wrong", "poor"]

  /// Whether it is a valid feedback about its own trace whose value reads like a failure. What the value means depends on
  /// the question that was asked: see the rationale.
  public var readsLikeFailure: Bool {
    guard isValid, sessionID == nil, scorerError == nil, case .feedback(let value, _) = content else { return false }
    return value.bool == false || value.string.map { Self.failureWords.contains($0.lowercased()) } ?? false
  }

  /// The scorer's error, if it failed.
  public var scorerError: ScorerError? {
    if case .feedback(_, let error) = content { error } else { nil }
  }

  /// The value of a feedback or an expectation.
  public var value: JSONValue? {
    switch content {
    case .feedback(let value, _), .expectation(let value): value
    case .issue: nil
    }
  }
}
