import JSONText
import TraceModel
import TraceSemantics

/// A tool that says in its output that it did not do what it was asked (an edit that found nothing to replace, a program
/// that ended with a code other than 0, a file that is not there), and that nobody tried again: what came after rests on
/// something that did not happen.
///
/// Needs the outputs of tools. Failures that are tried again are part of the work, and are not told.
struct UnmendedFailure: Detector {
  let name = "unmended_failure"

  /// A longer output is data.
  private static let longest = 400_000
  /// More are not told.
  private static let most = 4

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let spans = facts.trace.spans
    /// The failures that were not made good, by tool and kind.
    var open: [String: (index: Int, kind: CommandOutput.Failure, line: String)] = [:]
    for index in spans.indices where facts.isToolCall(index) {
      let raw = facts.rawOutputs(index)
      if !open.isEmpty { open[spans[index].name] = nil }
      guard spans[index].status != .error, raw.count <= Self.longest, CommandOutput.signs.isFound(in: raw),
        let outputs = facts.meaning(index).outputs, ErrorInOutput.failure(outputs.value) == nil,
        let text = facts.saidText(index), TestReport(text) == nil,
        let (kind, line) = CommandOutput.failure(text) ?? Self.exit(outputs.value)
      else { continue }
      open[spans[index].name] = (index, kind, line)
    }
    guard !facts.lacksToolOutputs else { return .notChecked("no tool span has recorded its output") }
    guard facts.turn.output != nil else { return .findings([]) }
    return .findings(
      open.values.sorted { $0.index < $1.index }.suffix(Self.most).map {
        Self.finding($0.index, $0.kind, $0.line, facts)
      })
  }

  /// `{"exit_code": 1, "stdout": …}`.
  private static func exit(_ recorded: JSONValue) -> (CommandOutput.Failure, String)? {
    let document = recorded.nestedDocument()
    let value = document?.root ?? recorded
    for key in ["exit_code", "exitCode", "returncode", "return_code", "exit_status"] {
      if let code = value[key]?.int64, code != 0 { return (.notRun, "\(key) \(code)") }
    }
    return nil
  }

  private static func finding(
    _ index: Int, _ kind: CommandOutput.Failure, _ line: String, _ facts: TraceFacts
  ) -> Finding {
    let what =
      kind == .notEdited ? "says that it changed nothing" : "says that it failed"
    return Finding(
      kind: "unmended_failure", severity: .medium, confidence: kind == .notEdited ? .high : .medium,
      title: kind == .notEdited ? "an edit that was not made" : "a failure that was not made good",
      traceID: facts.trace.info.id, spanIndex: index,
      why: "\(facts.trace.spans[index].name) \(what) (\(line)), and was not called again: the run went on without it.",
      evidence: Evidence.ofOutput(index, around: line, in: facts), standing: .hint)
  }
}
