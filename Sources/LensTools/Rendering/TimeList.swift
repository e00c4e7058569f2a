import JSONText
import MCP
import TraceAnalysis
import TraceModel

/// Where the time of a trace went, and what was sent to models twice.
struct TimeList {
  private let facts: TraceFacts
  private let excerpter: Excerpter
  private let time: TimeFacts?

  init(_ facts: TraceFacts, _ excerpter: Excerpter) {
    self.facts = facts
    self.excerpter = excerpter
    time = TimeFacts(facts)
  }

  /// Less of a share is not named.
  private static let smallestShare = 0.05
  private static let mostNames = 5
  private static let rank = 12

  /// Nil where nothing is worth a line.
  var section: Answer.Section? {
    let names = names
    let items = names + [criticalPath, gap, resent].compactMap { $0 }
    guard !items.isEmpty else { return nil }
    return Answer.Section(
      key: "time",
      heading: "own time by name (without children; share of all own time, parallel steps counted each):", items: items,
      remedy: nil, noun: "line")
  }

  /// The names whose spans spent the most time of their own.
  private var names: [Answer.Item] {
    var spent: [String: (time: Int64, count: Int, longest: Int)] = [:]
    var total: Int64 = 0
    for (index, time) in facts.selfTimes.enumerated() {
      guard let time else { continue }
      total = total.addingSaturating(time)
      let old = spent[facts.trace.spans[index].name] ?? (0, 0, index)
      let longest = (facts.selfTimes[old.longest] ?? 0) < time ? index : old.longest
      spent[facts.trace.spans[index].name] = (old.time.addingSaturating(time), old.count + 1, longest)
    }
    guard total > 0, facts.trace.spans.count > 1 else { return [] }
    let top = spent.sorted { ($1.value.time, $0.value.longest) < ($0.value.time, $1.value.longest) }
      .prefix(Self.mostNames).filter { Double($0.value.time) >= Double(total) * Self.smallestShare }
    return top.map { name, entry in
      let alias = Trace.alias(ofSpanAt: entry.longest)
      let shown = excerpter.line(name, limit: 60)
      let share = Int(Double(entry.time) / Double(total) * 100)
      let longest = facts.selfTimes[entry.longest] ?? 0
      let detail =
        entry.count == 1
        ? "at +\(Units.duration(facts.offset(entry.longest)))"
        : "×\(entry.count), longest \(alias) \(Units.duration(longest))"
      return Answer.Item(
        short: "\(entry.count == 1 ? "\(alias) " : "")\(shown) \(Units.duration(entry.time)) (\(share)%) \(detail)",
        full: nil,
        json: [
          "name": .string(shown), "count": .int(Int64(entry.count)), "self_ms": .double(Double(entry.time) / 1e6),
          "share": .double(Double(share) / 100), "longest_span": .string(alias),
        ], rank: Self.rank)
    }
  }

  /// Told where steps ran side by side: elsewhere it is what the names say.
  private var criticalPath: Answer.Item? {
    guard let time, time.parallelism > 1.2, time.criticalPath.count > 1 else { return nil }
    let longest = time.criticalPath.sorted { ($0.nanoseconds, $1.spanIndex) > ($1.nanoseconds, $0.spanIndex) }.prefix(4)
    let parts = longest.sorted { $0.spanIndex < $1.spanIndex }.map { step in
      "\(Trace.alias(ofSpanAt: step.spanIndex)) \(excerpter.line(facts.trace.spans[step.spanIndex].name, limit: 32)) "
        + Units.duration(step.nanoseconds)
    }
    let factor = "\((time.parallelism * 10).rounded() / 10)"
    return Answer.Item(
      short: "steps ran side by side (\(factor) at once); the run waited for \(parts.joined(separator: ", "))",
      full: nil,
      json: [
        "parallelism": .double((time.parallelism * 100).rounded() / 100),
        "critical_path": .array(
          time.criticalPath.prefix(40).map { step in
            [
              "span": .string(Trace.alias(ofSpanAt: step.spanIndex)), "ms": .double(Double(step.nanoseconds) / 1e6),
            ]
          }),
      ], rank: Self.rank)
  }

  private var gap: Answer.Item? {
    guard let gap = time?.longestGap else { return nil }
    let alias = { Trace.alias(ofSpanAt: $0) }
    let place =
      switch (gap.after, gap.before) {
      case (let after?, let before?): "between \(alias(after)) and \(alias(before))"
      case (let after?, nil): "after \(alias(after))"
      case (nil, let before?): "before \(alias(before))"
      case (nil, nil): "in it"
      }
    let name = excerpter.line(facts.trace.spans[gap.spanIndex].name, limit: 40)
    return Answer.Item(
      short: "\(Units.duration(gap.nanoseconds)) of \(alias(gap.spanIndex)) \(name) without a record, \(place)",
      full: nil,
      json: .object(present: [
        "gap_ms": .double(Double(gap.nanoseconds) / 1e6), "span": .string(alias(gap.spanIndex)),
        "after": gap.after.map { .string(alias($0)) }, "before": gap.before.map { .string(alias($0)) },
      ]), rank: Self.rank)
  }

  /// Smaller shares are no news: every chat resends something.
  private static let (fewestResent, smallestResentShare) = (2_000, 0.3)

  private var resent: Answer.Item? {
    guard let input = ResentInput(facts), input.resentBytes >= Self.fewestResent,
      Double(input.resentBytes) >= Double(input.bytes) * Self.smallestResentShare, let largest = input.largest
    else { return nil }
    let share = Int(Double(input.resentBytes) / Double(input.bytes) * 100)
    return Answer.Item(
      short: "models were sent \(Units.bytes(input.bytes)), \(share)% of it a second time or more (most in "
        + "\(Trace.alias(ofSpanAt: largest.spanIndex)): \(Units.bytes(largest.bytes)))", full: nil,
      json: [
        "input_bytes": .int(Int64(input.bytes)), "resent_bytes": .int(Int64(input.resentBytes)),
        "most_in": .string(Trace.alias(ofSpanAt: largest.spanIndex)),
      ], rank: Self.rank)
  }
}
