import JSONText
import TraceModel

/// A valid assessment whose value reads like a failure. Values alone are ambiguous (`user_frustration = "no"` is said of
/// calm users and of failed checks), so the rationale is quoted, and where the name says nothing sure about which value is
/// bad, severity and confidence are low.
struct FailedAssessment: Detector {
  let name = "failed_assessment"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let assessments = facts.trace.info.assessments
    guard !assessments.isEmpty else { return .notChecked("the trace has no assessments") }
    return .findings(assessments.enumerated().compactMap { Self.finding($1, number: $0, facts) })
  }

  private static func finding(_ assessment: Assessment, number: Int, _ facts: TraceFacts) -> Finding? {
    guard assessment.readsLikeFailure, let value = assessment.value else { return nil }
    let words = String(decoding: value.rawBytes, as: UTF8.self)
    let span = assessment.spanID.flatMap { SpanID($0) }
    let place = span.flatMap { id in facts.trace.spans.firstIndex { $0.id == id } }
    let reason = assessment.rationale ?? ""
    let isAmbiguous = asksForSomethingBad(assessment.name)
    var why = reason.isEmpty ? "No rationale was given, so whether this is bad is not said." : reason
    if isAmbiguous, !reason.isEmpty { why = "The value alone may mean either; the rationale says: \(reason)" }
    return Finding(
      kind: "assessment_failed", severity: isAmbiguous ? .low : .medium,
      confidence: reason.isEmpty || isAmbiguous ? .low : .medium,
      title: "\(assessment.name) = \(words) (\(assessment.sourceType))", traceID: facts.trace.info.id, spanIndex: place,
      why: why,
      evidence: ["value", "rationale"].compactMap { part in
        Evidence(.assessments, of: place, at: JSONPath(steps: ["\(number)", part]), in: facts)
      }, assessmentID: assessment.id)
  }

  private static let badThings = [
    "frustrat", "toxic", "harm", "hallucinat", "bias", "violation", "error", "spam", "leak", "abuse", "refus", "unsafe",
  ]

  /// Whether "no" to the question of this name would be good news.
  private static func asksForSomethingBad(_ name: String) -> Bool {
    let name = name.lowercased()
    return badThings.contains { name.contains($0) }
  }
}
