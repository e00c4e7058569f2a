import TraceModel
import TraceSemantics

/// A tool that fails in one turn after the other.
struct FailingTool: SessionDetector {
  let name = "failing_tool"

  private struct Uses {
    /// Turns that called it, and those in which it failed, by place; the first failure's span.
    var turns: [Int] = []
    var failed: [Int] = []
    var first: Int?
  }

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    var uses: [String: Uses] = [:]
    for (place, turn) in turns.enumerated() {
      let facts = turn.facts
      let own = reading.session.turns[place].findings
      let failures = Set(own.filter { $0.kind == "error_in_output" }.compactMap(\.spanIndex))
      let retrievers = facts.trace.spans.indices.filter { facts.type($0) == "RETRIEVER" }.map { index in
        let span = facts.trace.spans[index]
        return (name: span.name, spanIndex: index, hasFailed: span.status == .error)
      }
      for call in facts.toolUses.map({ (name: $0.name, spanIndex: $0.spanIndex, hasFailed: $0.hasFailed) }) + retrievers
      {
        var use = uses[call.name] ?? Uses()
        if use.turns.last != place { use.turns.append(place) }
        if call.hasFailed || facts.isToolCall(call.spanIndex) && failures.contains(call.spanIndex) {
          if use.failed.last != place { use.failed.append(place) }
          use.first = use.first ?? call.spanIndex
        }
        uses[call.name] = use
      }
    }
    guard !uses.isEmpty else { return .notChecked("no turn has recorded a call of a tool") }
    let failing = uses.filter { $0.value.failed.count >= 2 }.sorted {
      ($0.value.failed[0], $0.key) < ($1.value.failed[0], $1.key)
    }
    return .findings(
      failing.map { name, use in
        let facts = turns[use.failed[0]].facts
        let all = use.failed.count == use.turns.count ? "each turn that called it" : "\(use.turns.count) that called it"
        let evidence = use.first.map { Evidence.ofOutput($0, in: facts) } ?? []
        return Finding(
          kind: "failing_tool", severity: .medium, confidence: .high, title: "the same tool fails again and again",
          traceID: facts.trace.info.id, spanIndex: use.first,
          why: "\(name) fails in \(TurnRanges.words(use.failed.map { turns[$0].number })), of \(all)",
          evidence: evidence, standing: .hint)
      })
  }
}
