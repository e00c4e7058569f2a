import TraceModel

/// A span with status ERROR, charged to where the error began. It says what was felt of it above: an error that reached
/// the root ended the run; one that was caught may still have left its mark on the answer. Attempts at the same call are
/// one finding, at the first of them.
struct FailedStep: Detector {
  let name = "failed_step"

  /// Calls of one name under one caller that failed one after the other, and what came of it.
  private struct Series {
    var errors: [ErrorOrigin]
    /// A later call of the same name that did not fail.
    var success: Int?

    var first: ErrorOrigin { errors[0] }
    var last: ErrorOrigin { errors[errors.count - 1] }
  }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard !facts.trace.spans.isEmpty else { return .notChecked("the trace has no spans") }
    return .findings(Self.series(facts).map { Self.finding($0, facts) })
  }

  private static func finding(_ series: Series, _ facts: TraceFacts) -> Finding {
    let spans = facts.trace.spans
    let first = series.first
    let name = spans[first.spanIndex].name
    let top = series.last.propagatedTo.last ?? series.last.spanIndex
    let isCaught = series.last.caughtBy != nil || !facts.endedRun(top)
    let kind = series.success != nil ? "error_retried" : isCaught ? "error_swallowed" : "error"
    var why = "\(name) failed with \(first.sentence)."
    let retries = series.errors.dropFirst().map { Trace.alias(ofSpanAt: $0.spanIndex) }
    if !retries.isEmpty {
      why +=
        " Tried again (\(retries.prefix(4).joined(separator: ", "))\(retries.count > 4 ? ", …" : "")) and failed again"
      why += series.last.sentence == first.sentence ? "." : ", at last with \(series.last.sentence)."
    }
    if let success = series.success {
      why += " A later try, \(Trace.alias(ofSpanAt: success)), did not fail."
    } else if let catcher = series.last.caughtBy {
      why += " \(spans[catcher].name) went on without it; check what its answer is built on."
    } else if spans[top].parentID != nil {
      why +=
        " What called \(spans[top].name) is not in the record; \(isCaught ? "the run went on" : "nothing came after it")."
    } else {
      why += series.last.propagatedTo.isEmpty ? " It is the root." : " The error went up to the root and ended the run."
    }
    if let cause = first.cause { why += " Raised from \(cause)." }
    if let frame = first.frame { why += " Raised at \(frame)." }
    return Finding(
      kind: kind, severity: kind == "error" ? .high : kind == "error_swallowed" ? .medium : .low, confidence: .high,
      title: "\(name) failed", traceID: facts.trace.info.id, spanIndex: first.spanIndex, why: why,
      evidence: series.errors.prefix(4).flatMap { Evidence.ofFailure($0.spanIndex, in: facts) })
  }

  private static func series(_ facts: TraceFacts) -> [Series] {
    let spans = facts.trace.spans
    var all: [Series] = []
    for error in facts.errors {
      let caller = facts.tree.parents[error.spanIndex]
      let name = spans[error.spanIndex].name
      let place =
        caller == nil
        ? nil
        : all.firstIndex { series in
          facts.tree.parents[series.first.spanIndex] == caller && spans[series.first.spanIndex].name == name
        }
      if let place { all[place].errors.append(error) } else { all.append(Series(errors: [error])) }
    }
    for place in all.indices {
      let last = all[place].last.spanIndex
      guard let caller = facts.tree.parents[last] else { continue }
      all[place].success = facts.tree.children[caller].first { sibling in
        sibling > last && spans[sibling].name == spans[last].name && spans[sibling].status != .error
      }
    }
    return all
  }
}
