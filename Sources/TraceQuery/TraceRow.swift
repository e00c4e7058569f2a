public import TraceModel

/// What counting and grouping need of a trace.
public struct TraceRow: Sendable, Hashable {
  /// The value it is grouped by; nil when the trace has none.
  public var group: String?
  /// Its state.
  public var state: TraceState
  /// When it began.
  public var start: Timestamp
  /// Milliseconds it took; nil when its end was not recorded.
  public var durationMs: Int64?
  /// Tokens of all its model calls; nil when none were recorded.
  public var tokens: Int64?

  /// A row from its parts.
  public init(group: String?, state: TraceState, start: Timestamp, durationMs: Int64?, tokens: Int64?) {
    self.group = group
    self.state = state
    self.start = start
    self.durationMs = durationMs
    self.tokens = tokens
  }

  /// The row of an info.
  public init(_ info: TraceInfo, groupedBy grouping: TraceGrouping?) {
    self.init(
      group: grouping.flatMap { $0.value(info) }, state: info.state, start: info.requestTime,
      durationMs: info.executionDurationMs, tokens: info.tokenUsage?.total)
  }
}

/// The rows of all traces that match.
public struct TraceRows: Sendable {
  /// The rows, in no order.
  public var rows: [TraceRow]
  /// Whether these are all; otherwise they are those that come first.
  public var isComplete: Bool

  /// Rows, and whether they are all.
  public init(rows: [TraceRow], isComplete: Bool) {
    self.rows = rows
    self.isComplete = isComplete
  }
}

/// What traces are grouped by.
public enum TraceGrouping: Sendable, Hashable {
  case session, experiment, name, status, user
  /// Hours and days of UTC.
  case hour, day
  case tag(String)
  case metadata(String)

  /// The words of `group_by`.
  public static let allowed = "session, experiment, name, status, user, hour, day, tag.<key> or metadata.<key>"

  /// Reads `session`, `tag.release`, ….
  public init(_ text: String) throws(QueryError) {
    switch text {
    case "session": self = .session
    case "experiment": self = .experiment
    case "name": self = .name
    case "status": self = .status
    case "user": self = .user
    case "hour": self = .hour
    case "day": self = .day
    case _ where text.hasPrefix("tag.") && text.count > 4: self = .tag(Self.key(text.dropFirst(4)))
    case _ where text.hasPrefix("metadata.") && text.count > 9: self = .metadata(Self.key(text.dropFirst(9)))
    default: throw QueryError("cannot group by '\(text.prefix(60))'", allowed: "Write \(Self.allowed)")
    }
  }

  /// Backticks may stand around a key, as in filters.
  private static func key(_ text: Substring) -> String {
    String(Backticks.content(of: text) ?? text)
  }

  /// Whether groups follow each other in time.
  public var isTime: Bool { self == .hour || self == .day }

  /// The value of a trace.
  public func value(_ info: TraceInfo) -> String? {
    switch self {
    case .session: info.sessionID
    case .experiment: info.experimentID
    case .name: info.displayName
    case .status: info.state.rawValue
    case .user: info.userID
    case .hour, .day: value(info.requestTime)
    case .tag(let key): info.tags[key]
    case .metadata(let key): info.metadata[key]
    }
  }

  /// The hour or the day of a moment; nil for other groupings.
  public func value(_ start: Timestamp) -> String? {
    switch self {
    case .hour: String(start.shortUTC.prefix(13)) + ":00"
    case .day: String(start.shortUTC.prefix(10))
    default: nil
    }
  }
}
