public import TraceModel

/// Which traces, in which order, how many.
///
/// A store answers it the same way whatever it is made of. The conditions are joined by AND.
public struct TraceQuery: Sendable, Hashable {
  /// Experiments to look in; empty for all.
  public var experimentIDs: [String]
  /// What a trace has to satisfy.
  public var conditions: [TraceCondition]
  /// What it has to satisfy besides, in MLflow's language.
  public var filter: TraceFilter?
  /// The order wished for; ties are broken by ``TraceOrder/tieBreak``.
  public var order: [TraceOrder]
  /// At most so many.
  public var limit: Int
  /// So many are passed over first.
  public var offset: Int
  /// Whether somebody wants to know how many traces match in all: counting may take a server more questions.
  public var isCounted = true
  /// The keys of metadata that are needed; nil for all. A store may give others, too.
  public var metadataKeys: [String]?

  /// A query from its parts; by default the newest traces of all experiments.
  public init(
    experimentIDs: [String] = [], conditions: [TraceCondition] = [], filter: TraceFilter? = nil,
    order: [TraceOrder] = [], limit: Int = 20, offset: Int = 0
  ) {
    self.experimentIDs = experimentIDs
    self.conditions = conditions
    self.filter = filter
    self.order = order
    self.limit = limit
    self.offset = offset
  }
}

/// One thing a trace has to satisfy.
public enum TraceCondition: Sendable, Hashable, CustomStringConvertible {
  /// In one of these states.
  case state([TraceState])
  /// A turn of this session.
  case session(String)
  /// Of this user.
  case user(String)
  /// Begun at this moment or later.
  case since(Timestamp)
  /// Begun before this moment.
  case until(Timestamp)
  /// Took at least so many milliseconds. Traces without a recorded end do not match.
  case durationAtLeast(Int64)
  /// Has, or has not, a span whose status is ERROR.
  case hasErrorSpans(Bool)
  /// Has a span in whose record these words stand, as they are written, wherever JSON has put escapes between them.
  case containsText(String)
  /// Has a span with an attribute of this key whose value is this: the text, or the JSON text of what is no string.
  case attribute(String, String)
  /// Has an assessment that reads like a failure: of this name, or of any.
  case failedAssessment(String?)

  /// Whether what spans hold decides it.
  public var isAboutSpanContent: Bool {
    switch self {
    case .containsText, .attribute: true
    default: false
    }
  }

  /// Whether assessments decide it.
  public var isAboutAssessments: Bool { if case .failedAssessment = self { true } else { false } }

  /// The condition in the words of the tool's arguments.
  public var description: String {
    switch self {
    case .state(let states): "status \(states.map(\.rawValue).joined(separator: " or "))"
    case .session(let id): "session_id '\(id)'"
    case .user(let id): "user_id '\(id)'"
    case .since(let time): "since \(time.rfc3339)"
    case .until(let time): "until \(time.rfc3339)"
    case .durationAtLeast(let milliseconds): "min_duration_ms \(milliseconds)"
    case .hasErrorSpans(let wanted): "has_error_spans \(wanted)"
    case .containsText(let text): "text '\(text)'"
    case .attribute(let key, let value): "span_attribute '\(key)=\(value)'"
    case .failedAssessment(let name): "failed_assessment '\(name ?? "any")'"
    }
  }
}

/// A question that was not understood.
public struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public var message: String
  /// What would be right.
  public var allowed: String

  /// An error from its two halves.
  public init(_ message: String, allowed: String) {
    self.message = message
    self.allowed = allowed
  }

  /// Both halves as sentences.
  public var description: String { "\(message); \(allowed)" }
}
