public import TraceModel

/// A step that deserves a look, and why.
public struct Finding: Sendable, Hashable {
  /// How much it matters.
  public enum Severity: Int, Sendable, Hashable, Comparable {
    /// Worth knowing.
    case low
    /// Likely to matter.
    case medium
    /// Broke the run, or the answer.
    case high

    /// Orders by weight.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

    /// `low`, `medium`, `high`.
    public var name: String {
      switch self {
      case .low: "low"
      case .medium: "medium"
      case .high: "high"
      }
    }
  }

  /// What kind, in `snake_case`; the id of the detector's statement.
  public var kind: String
  /// How much it matters.
  public var severity: Severity
  /// How sure the detector is. Never more than the data allows.
  public var confidence: Severity
  /// A short statement.
  public var title: String
  /// The trace.
  public var traceID: TraceID
  /// The step, by its place in ``Trace/spans``; nil when it is about the whole trace.
  public var spanIndex: Int?
  /// Why, in a sentence a person would say.
  public var why: String
  /// What was read, and where.
  public var evidence: [Evidence]
  /// The assessment that it repeats, if it does.
  public var assessmentID: String?

  /// A finding from its parts.
  public init(
    kind: String, severity: Severity, confidence: Severity, title: String, traceID: TraceID, spanIndex: Int?,
    why: String, evidence: [Evidence], assessmentID: String? = nil
  ) {
    self.kind = kind
    self.severity = severity
    self.confidence = confidence
    self.title = title
    self.traceID = traceID
    self.spanIndex = spanIndex
    self.why = why
    self.evidence = evidence
    self.assessmentID = assessmentID
  }
}

/// Words that were recorded, and the place they stand at.
public struct Evidence: Sendable, Hashable {
  /// The span, by its place in ``Trace/spans``; nil for the trace's own info.
  public var spanIndex: Int?
  /// The place in the span or the info: `status.message`, `events`, an attribute's key, `assessments`.
  public var path: String
  /// The words, whole; the answer cuts them.
  public var excerpt: String

  /// Evidence from its parts.
  public init(spanIndex: Int?, path: String, excerpt: String) {
    self.spanIndex = spanIndex
    self.path = path
    self.excerpt = excerpt
  }
}
