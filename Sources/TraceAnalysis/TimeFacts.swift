import TraceModel

/// Where the time of a trace went: what it had to wait for, and when nothing was recorded.
public struct TimeFacts: Sendable {
  /// A stretch inside of a span in which none of its children ran.
  public struct Gap: Sendable, Hashable {
    /// The span that waited.
    public var spanIndex: Int
    /// The child that ended before; nil at the span's beginning.
    public var after: Int?
    /// The child that began after it; nil at the span's end.
    public var before: Int?
    /// How long it was.
    public var nanoseconds: Int64
  }

  /// The spans that the trace had to wait for, in order of time, each with the time of its own on the way: shortening any
  /// other shortens nothing.
  public let criticalPath: [(spanIndex: Int, nanoseconds: Int64)]
  /// The longest stretch without a record, if it is a twentieth of the trace and a tenth of a second at least.
  public let longestGap: Gap?
  /// The time of all spans of their own, divided by what the trace took: 1 when nothing ran side by side.
  public let parallelism: Double

  private static let shortestGap: Int64 = 100_000_000

  /// Works them out, from the first root; nil for a trace without a span that ended.
  public init?(_ facts: TraceFacts) {
    guard let root = facts.tree.roots.first, let whole = facts.trace.spans[root].durationNanoseconds, whole > 0 else {
      return nil
    }
    criticalPath = Self.criticalPath(root, facts)
    let own = facts.selfTimes.reduce(Int64(0)) { $0.addingSaturating($1 ?? 0) }
    parallelism = Double(own) / Double(whole)
    let gap = Self.longestGap(facts)
    longestGap = gap.flatMap { $0.nanoseconds >= max(Self.shortestGap, whole / 20) ? $0 : nil }
  }

  /// From the end of a span backwards: the child that ended last before that moment was waited for, and so on from its
  /// beginning; what lies between is the span's own time.
  private static func criticalPath(_ root: Int, _ facts: TraceFacts) -> [(spanIndex: Int, nanoseconds: Int64)] {
    let spans = facts.trace.spans
    var time: [Int: Int64] = [:]
    var order: [Int] = []
    var pending: [(index: Int, end: Int64)] = []
    if let end = spans[root].endTime?.nanoseconds { pending.append((root, end)) }
    while let (index, end) = pending.popLast() {
      let start = spans[index].startTime.nanoseconds
      var moment = end
      let ended = facts.tree.children[index].compactMap { child in
        spans[child].endTime.map { (child: child, start: spans[child].startTime.nanoseconds, end: $0.nanoseconds) }
      }.sorted { ($0.end, $0.child) > ($1.end, $1.child) }
      for child in ended where child.end <= moment && child.start >= start && child.end > child.start {
        time[index] = (time[index] ?? 0).addingSaturating(moment.subtractingSaturating(child.end))
        pending.append((child.child, child.end))
        moment = child.start
      }
      time[index] = (time[index] ?? 0).addingSaturating(max(0, moment.subtractingSaturating(start)))
      order.append(index)
    }
    return order.sorted().compactMap { index in
      time[index].flatMap { $0 > 0 ? (index, $0) : nil }
    }
  }

  private static func longestGap(_ facts: TraceFacts) -> Gap? {
    let spans = facts.trace.spans
    var longest: Gap?
    for (index, span) in spans.enumerated() where !facts.tree.children[index].isEmpty {
      guard let end = span.endTime?.nanoseconds else { continue }
      var reached = span.startTime.nanoseconds
      var after: Int?
      func look(_ next: Int64, _ before: Int?) {
        let length = next.subtractingSaturating(reached)
        if length > longest?.nanoseconds ?? 0 {
          longest = Gap(spanIndex: index, after: after, before: before, nanoseconds: length)
        }
      }
      for child in facts.tree.children[index] {
        let start = spans[child].startTime.nanoseconds
        if start > reached, start <= end { look(start, child) }
        if let childEnd = spans[child].endTime?.nanoseconds, childEnd > reached { (reached, after) = (childEnd, child) }
      }
      if end > reached { look(end, nil) }
    }
    return longest
  }
}
