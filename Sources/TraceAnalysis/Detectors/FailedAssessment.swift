import JSONText
import TraceModel

/// A valid assessment whose value reads like a failure. Values alone are ambiguous (`user_frustration = "no"` is said of
/// calm users and of failed checks), so the rationale is quoted and the confidence stays low without one.
struct FailedAssessment: Detector {
  let name = "failed_assessment"

  func examine(_ facts: TraceFacts) -> DetectorOutcome {
    let assessments = facts.trace.info.assessments
    guard !assessments.isEmpty else { return .notChecked("the trace has no assessments") }
    return .findings(
      assessments.compactMap { assessment in
        guard assessment.isValid, assessment.sessionID == nil, assessment.scorerError == nil,
          case .feedback(let value, _) = assessment.content, Self.readsLikeFailure(value)
        else { return nil }
        let words = String(decoding: value.rawBytes, as: UTF8.self)
        let span = assessment.spanID.flatMap { SpanID($0) }
        let place = span.flatMap { id in facts.trace.spans.firstIndex { $0.id == id } }
        let reason = assessment.rationale ?? ""
        return Finding(
          kind: "assessment_failed", severity: .medium, confidence: reason.isEmpty ? .low : .medium,
          title: "\(assessment.name) = \(words) (\(assessment.sourceType))", traceID: facts.trace.info.id,
          spanIndex: place,
          why: reason.isEmpty
            ? "Assessed \(assessment.name) = \(words), without a rationale; whether that is bad is not said." : reason,
          evidence: [
            Evidence(spanIndex: place, path: "assessments", excerpt: "\(assessment.id) \(assessment.name) = \(words)")
          ])
      })
  }

  private static let failureWords: Set<String> = ["no", "false", "fail", "failed", "incorrect", "bad", "wrong", "poor"]

  private static func readsLikeFailure(_ value: JSONValue) -> Bool {
    value.bool == false || value.string.map { failureWords.contains($0.lowercased()) } ?? false
  }
}
