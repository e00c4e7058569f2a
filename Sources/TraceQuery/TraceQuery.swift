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
  /// Has an assessment that reads like a failure: of this name, or of any.
  case failedAssessment(String?)

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
    case .failedAssessment(let name): "failed_assessment '\(name ?? "any")'"
    }
  }
}

/// One key of an order.
public struct TraceOrder: Sendable, Hashable {
  /// What traces can be ordered by. Names as in MLflow's `order_by`.
  public enum Key: String, Sendable, Hashable, CaseIterable {
    /// When it began.
    case timestamp = "timestamp_ms"
    /// How long it took.
    case executionTime = "execution_time_ms"
    /// Its state.
    case status
    /// Its name.
    case name
    /// Its id.
    case requestID = "request_id"
    /// Its experiment.
    case experimentID = "experiment_id"
  }

  /// By what.
  public var key: Key
  /// From high to low.
  public var isDescending: Bool

  /// An order from its parts.
  public init(_ key: Key, isDescending: Bool = false) {
    self.key = key
    self.isDescending = isDescending
  }

  /// MLflow's tie-break, and its order when none is asked for: newest first, then by id.
  public static let tieBreak = [TraceOrder(.timestamp, isDescending: true), TraceOrder(.requestID)]

  /// Reads `timestamp_ms DESC, status`. Ascending unless said otherwise; `timestamp` and `execution_time` are accepted.
  public static func parse(_ text: String) throws(QueryError) -> [TraceOrder] {
    var orders: [TraceOrder] = []
    for item in text.split(separator: ",") {
      let words = item.split(separator: " ")
      guard let name = words.first else { continue }
      let full = name == "timestamp" || name == "execution_time" ? name + "_ms" : name
      guard let key = Key(rawValue: String(full)) else {
        throw QueryError(
          "cannot order by '\(name)'", allowed: "keys are \(Key.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let direction = words.count == 2 ? words[1].uppercased() : words.count == 1 ? "ASC" : ""
      guard direction == "ASC" || direction == "DESC" else {
        throw QueryError("'\(item)' in order_by is not understood", allowed: "write a key and ASC or DESC")
      }
      guard !orders.contains(where: { $0.key == key }) else {
        throw QueryError("'\(name)' stands twice in order_by", allowed: "name each key once")
      }
      orders.append(TraceOrder(key, isDescending: direction == "DESC"))
    }
    return orders
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
