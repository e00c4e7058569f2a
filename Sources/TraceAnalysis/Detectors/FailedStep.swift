import TraceModel

/// A span with status ERROR, charged to where the error began. It says what was felt of it above: an error that reached
/// the root ended the run; one that was caught may still have left its mark on the answer.
struct FailedStep: Detector {
  let name = "failed_step"

  func examine(_ facts: TraceFacts) -> DetectorOutcome {
    guard !facts.trace.spans.isEmpty else { return .notChecked("the trace has no spans") }
    let spans = facts.trace.spans
    return .findings(
      facts.errors.map { error in
        let span = spans[error.spanIndex]
        let isFatal = error.caughtBy == nil
        let retries = Self.siblingsOfSameName(error.spanIndex, facts)
        let recovered = retries.contains { $0 > error.spanIndex && spans[$0].status != .error }
        var why = "\(span.name) failed with \(error.sentence)."
        if isFatal {
          why += error.propagatedTo.isEmpty ? " It is the root." : " The error went up to the root and ended the run."
        } else if let catcher = error.caughtBy {
          why +=
            recovered
            ? " A later call of the same name under \(spans[catcher].name) did not fail: a retry that worked."
            : " \(spans[catcher].name) went on without it; check what its answer is built on."
        }
        if let frame = error.frame { why += " Raised at \(frame)." }
        return Finding(
          kind: isFatal ? "error" : recovered ? "error_retried" : "error_swallowed",
          severity: isFatal ? .high : recovered ? .low : .medium, confidence: .high,
          title: "\(span.name) failed", traceID: facts.trace.info.id, spanIndex: error.spanIndex, why: why,
          evidence: [
            Evidence(
              spanIndex: error.spanIndex, path: error.exceptionType == nil ? "status.message" : "events",
              excerpt: error.sentence)
          ])
      })
  }

  private static func siblingsOfSameName(_ index: Int, _ facts: TraceFacts) -> [Int] {
    let siblings = facts.tree.parents[index].map { facts.tree.children[$0] } ?? facts.tree.roots
    let name = facts.trace.spans[index].name
    return siblings.filter { $0 != index && facts.trace.spans[$0].name == name }
  }
}
