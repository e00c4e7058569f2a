import JSONText
import LensTools
import TraceModel

/// Assessments as the page's script reads them: valid ones and failed scorers; replaced ones are only counted.
struct AssessmentData {
  /// The trace whose spans they are about; nil for those of a session.
  let trace: Trace?
  let excerpter: Excerpter

  func all(_ assessments: [Assessment], _ payloads: inout PayloadTable) -> [JSON] {
    let replaced = assessments.count { !$0.isValid }
    let shown = assessments.filter(\.isValid).map { json($0, &payloads) }
    return replaced == 0 ? shown : shown + [["replaced": .int(Int64(replaced))]]
  }

  private func json(_ assessment: Assessment, _ payloads: inout PayloadTable) -> JSON {
    let kind =
      switch assessment.content {
      case .feedback: "feedback"
      case .expectation: "expectation"
      case .issue: "issue"
      }
    let span = assessment.spanID.flatMap { SpanID($0) }.flatMap { id in trace?.spans.firstIndex { $0.id == id } }
    let error = assessment.scorerError.map { error in
      [error.code, error.message ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }
    return .object(present: [
      "name": .string(excerpter.line(assessment.name, limit: 120)), "kind": .string(kind),
      "value": error == nil
        ? assessment.value.map { .int(Int64(payloads.add($0, under: assessment.name, isImportant: true))) } : nil,
      "error": error.map { .string(excerpter.line($0, limit: 600)) },
      "by": .string(
        [assessment.sourceType, assessment.sourceID ?? ""].filter { !$0.isEmpty }
          .map { excerpter.line($0, limit: 80) }.joined(separator: " ")),
      "rationale": assessment.rationale.flatMap { $0.isEmpty ? nil : .int(Int64(payloads.add($0, isImportant: true))) },
      "span": span.map { .int(Int64($0)) }, "bad": assessment.readsLikeFailure ? true : nil,
      "session": assessment.sessionID == nil ? nil : true,
    ])
  }
}
