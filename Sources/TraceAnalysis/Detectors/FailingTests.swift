import JSONText
import TraceModel
import TraceSemantics

/// A run that answered although the last tests that it ran had failed.
///
/// Needs the outputs of what runs tests: tools, and other steps that no model speaks in.
struct FailingTests: Detector {
  let name = "failing_tests"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let spans = facts.trace.spans
    var last: (index: Int, report: TestReport)?
    // From the end: only the last run counts.
    for index in spans.indices.reversed() where facts.isObservation(index) {
      let raw = facts.rawOutputs(index)
      guard TestReport.signs.isFound(in: raw), let text = facts.saidText(index), let report = TestReport(text) else {
        continue
      }
      last = (index, report)
      break
    }
    guard let (index, report) = last else {
      return facts.lacksToolOutputs ? .notChecked("no tool span has recorded its output") : .findings([])
    }
    guard report.failed > 0, let answer = facts.turn.output, !Self.admits(answer.text) else { return .findings([]) }
    let speaker = spans.indices.first { $0 > index && facts.isModelCall($0) }
    let claim = Self.claim(in: answer.text)
    return .findings([
      Finding(
        kind: "failing_tests", severity: .medium, confidence: claim == nil ? .medium : .high,
        title: "answered though tests fail", traceID: facts.trace.info.id, spanIndex: speaker ?? index,
        why:
          "The last tests that were run, in \(Trace.alias(ofSpanAt: index)) \(spans[index].name), failed (\(Self.trimmed(report.line).prefix(100))), and no run after it passed"
          + (claim.map { "; the answer says \"\($0)\"." } ?? "; the answer does not speak of it."),
        evidence: Evidence.ofOutput(index, around: Self.trimmed(report.line), in: facts), standing: .hint)
    ])
  }

  /// Whether the answer says that something is wrong.
  private static func admits(_ text: String) -> Bool {
    let words = text.utf8.prefix(8_000)
    return admissions.isFound(in: words)
  }

  private static let admissions = ByteSearch([
    "still fail", "tests fail", "test fails", "is failing", "are failing", "failed", "fails with", "not pass",
    "n't pass",
    "unable to", "could not", "couldn't", "fehlgeschlagen", "schlägt fehl", "schlagen fehl", "échoue", "fallan",
    "falla ",
    "失败", "失敗し", "실패", "не прош", "не проход",
  ])
  private static let claims: Set<String> = [
    "fixed", "resolved", "completed", "success", "successful", "successfully", "solved", "passing", "pass", "behoben",
    "erfolgreich", "corrigé", "solucionado", "исправлен",
  ]

  private static func claim(in text: String) -> String? {
    StepText.words(String(text.prefix(2_000))).first { claims.contains($0) }
  }

  private static func trimmed(_ line: String) -> String {
    String(line.drop { $0 == "=" || $0.isWhitespace }.reversed().drop { $0 == "=" || $0.isWhitespace }.reversed())
  }
}
