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

  /// How a finding stands beside the steps by suspicion.
  public enum Standing: Sendable, Hashable {
    /// It says by itself that something went wrong here, and comes before the suspects.
    case decisive
    /// It is one more reason to look at a step, and comes behind them.
    case hint
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
  /// How it stands beside the steps by suspicion.
  public var standing: Standing

  /// A finding from its parts.
  public init(
    kind: String, severity: Severity, confidence: Severity, title: String, traceID: TraceID, spanIndex: Int?,
    why: String, evidence: [Evidence], assessmentID: String? = nil, standing: Standing = .decisive
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
    self.standing = standing
  }
}
