import JSONText
import TraceModel
import TraceSemantics

/// A run that ended without an answer, or at a limit of its steps.
struct CutShort: Detector {
  let name = "cut_short"

  /// Who was cut short says so at once.
  private static let farthest = 600
  private static let limits = ByteSearch([
    "max iterations", "maximum iterations", "iteration limit", "max_iterations", "recursion limit",
    "maximum number of steps", "step limit", "max steps", "max turns", "maximum turns", "out of steps",
    "need more steps",
  ])

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard let root = facts.tree.roots.first else { return .notChecked("the trace has no spans") }
    if let answer = facts.turn.output {
      let words = answer.text.utf8.prefix(Self.farthest)
      guard let limit = Self.limits.first(in: words) else { return .findings([]) }
      return .findings([
        finding(
          "step_limit", .medium, answer.spanIndex, "The answer says that a limit of steps was reached (\"\(limit)\").",
          Evidence.ofOutput(answer.spanIndex, in: facts), facts)
      ])
    }
    let spans = facts.trace.spans
    guard spans[root].status != .error, facts.trace.info.state != .error, facts.turn.input != nil,
      let last = spans.indices.last(where: { facts.isModelCall($0) })
    else { return .findings([]) }
    // An app that records no outputs at all is no app without an answer.
    guard spans.indices.contains(where: { facts.meaning($0).outputs != nil }) else {
      return .notChecked("no step has recorded an output")
    }
    return .findings([
      finding(
        "no_answer", .medium, root,
        "\(spans[root].name) ended with status \(spans[root].status.rawValue) and no output; the last to speak was "
          + "\(Trace.alias(ofSpanAt: last)) \(spans[last].name).", Evidence.ofOutput(last, in: facts), facts)
    ])
  }

  private func finding(
    _ kind: String, _ severity: Finding.Severity, _ index: Int, _ why: String, _ evidence: [Evidence],
    _ facts: TraceFacts
  ) -> Finding {
    Finding(
      kind: kind, severity: severity, confidence: .medium, title: "the run was cut short",
      traceID: facts.trace.info.id, spanIndex: index, why: why, evidence: evidence, standing: .hint)
  }
}
