public import TraceModel

/// Figures of all traces that match, for each value they are grouped by.
public struct TraceGroups: Sendable {
  /// The traces of one value.
  public struct Group: Sendable {
    /// The value; nil for traces that have none.
    public var value: String?
    /// Figures over its traces.
    public var figures: TraceStatistics

    /// A group from its parts.
    public init(value: String?, figures: TraceStatistics) {
      self.value = value
      self.figures = figures
    }
  }

  /// The groups, in no order.
  public var groups: [Group]
  /// Whether all traces that match are in them; otherwise those that come first.
  public var isComplete: Bool
  /// What the reader should know of how the figures came about, in sentences.
  public var remarks: [String]

  /// Groups from their parts.
  public init(groups: [Group], isComplete: Bool, remarks: [String] = []) {
    self.groups = groups
    self.isComplete = isComplete
    self.remarks = remarks
  }

  /// Groups of rows.
  public init(_ rows: TraceRows) {
    groups = Dictionary(grouping: rows.rows, by: \.group).map {
      Group(value: $0.key, figures: TraceStatistics($0.value))
    }
    isComplete = rows.isComplete
    remarks =
      isComplete
      ? [] : ["There are more traces than are counted from here (\(rows.rows.count)); narrow the search."]
  }

  /// How many traces are in them.
  public var traceCount: Int { groups.reduce(0) { $0 + $1.figures.count } }
}

/// Figures over a number of traces.
public struct TraceStatistics: Sendable, Hashable {
  /// How many.
  public private(set) var count = 0
  /// How many in each state; of those that were counted apart.
  public private(set) var states: [TraceState: Int] = [:]
  /// When the first began; nil where that was not asked.
  public private(set) var first: Timestamp?
  /// When the last began; nil where that was not asked.
  public private(set) var last: Timestamp?
  /// Tokens of those that recorded some; nil when none did.
  public private(set) var tokens: Int64?
  /// Milliseconds that half of the recorded durations do not exceed; nil when none was recorded.
  public private(set) var medianMs: Int64?
  /// Milliseconds that 95 of a hundred recorded durations do not exceed; nil when none was recorded.
  public private(set) var percentile95Ms: Int64?

  /// Figures over rows. Percentiles are by the nearest rank.
  public init(_ rows: some Sequence<TraceRow>) {
    var durations: [Int64] = []
    for row in rows {
      count += 1
      states[row.state, default: 0] += 1
      first = min(first ?? row.start, row.start)
      last = max(last ?? row.start, row.start)
      if let more = row.tokens { tokens = (tokens ?? 0).addingSaturating(more) }
      if let duration = row.durationMs { durations.append(duration) }
    }
    durations.sort()
    func percentile(_ hundredths: Int) -> Int64? {
      guard !durations.isEmpty else { return nil }
      return durations[max(1, (durations.count * hundredths + 99) / 100) - 1]
    }
    (medianMs, percentile95Ms) = (percentile(50), percentile(95))
  }

  /// Figures that the store has counted.
  public init(
    count: Int, states: [TraceState: Int], first: Timestamp?, last: Timestamp?, tokens: Int64?, medianMs: Int64?,
    percentile95Ms: Int64?
  ) {
    self.count = count
    self.states = states
    self.first = first
    self.last = last
    self.tokens = tokens
    self.medianMs = medianMs
    self.percentile95Ms = percentile95Ms
  }

  /// How many ended in an error.
  public var errorCount: Int { states[.error] ?? 0 }
}
