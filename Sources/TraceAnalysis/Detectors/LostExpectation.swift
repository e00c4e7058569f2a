import JSONText
import TraceModel
import TraceSemantics

/// What the answer should have held, as somebody wrote it down, and does not: named at the last step that still had it,
/// or at the first that could have found it.
struct LostExpectation: Detector {
  let name = "lost_expectation"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let expectations = facts.trace.info.assessments.enumerated().filter { _, assessment in
      if case .expectation = assessment.content { assessment.isValid } else { false }
    }
    guard !expectations.isEmpty else { return .notChecked("nobody wrote down what was expected") }
    guard let answer = facts.turn.output else { return .notChecked("no answer was recorded") }
    let said = StepText.normalized(answer.gist?.text ?? String(decoding: answer.field.value.rawBytes, as: UTF8.self))
    let days = Set(DateText.all(in: answer.text).map(\.date))
    var findings: [Finding] = []
    var told: Set<String> = []
    for (number, expectation) in expectations {
      guard let value = expectation.value else { continue }
      for (path, words) in Self.phrases(value) {
        let wanted = StepText.normalized(words)
        guard wanted.count >= 2, !said.contains(wanted), told.insert(wanted).inserted else { continue }
        // A day in another writing is the same day.
        if !days.isEmpty, !days.isDisjoint(with: DateText.only(words)) { continue }
        let place = Evidence(.assessments, of: nil, at: JSONPath(steps: ["\(number)", "value"] + path), in: facts)
        findings.append(finding(expectation.name, words, wanted, [place].compactMap { $0 }, answer.spanIndex, facts))
        break
      }
    }
    return .findings(findings)
  }

  /// The expected words: of a list the first that is short enough to be looked for word by word.
  private static func phrases(_ value: JSONValue) -> [(path: [String], words: String)] {
    switch value.kind {
    case .string: return value.string.map { $0.utf8.count <= 60 ? [([], $0)] : [] } ?? []
    case .number: return [([], String(decoding: value.rawBytes, as: UTF8.self))]
    case .array:
      return value.elements.enumerated().flatMap { place, element in
        phrases(element).map { (["\(place)"] + $0.path, $0.words) }
      }
    default: return []
    }
  }

  private func finding(
    _ name: String, _ words: String, _ wanted: String, _ evidence: [Evidence], _ answerIndex: Int, _ facts: TraceFacts
  ) -> Finding {
    let ancestry = Set(facts.tree.ancestry(of: answerIndex))
    let holder = facts.trace.spans.indices.last { index in
      guard !ancestry.contains(index), let outputs = facts.meaning(index).outputs else { return false }
      return StepText.normalized(String(decoding: outputs.value.rawBytes.prefix(65_536), as: UTF8.self)).contains(
        wanted)
    }
    let retrieval = facts.trace.spans.indices.first { facts.type($0) == "RETRIEVER" }
    let expected = "'\(name)' expects \"\(words)\", which the answer does not have"
    if let holder {
      return Finding(
        kind: "expectation_lost", severity: .medium, confidence: .medium, title: "the expected words were lost",
        traceID: facts.trace.info.id, spanIndex: holder,
        why: "\(expected), though \(facts.trace.spans[holder].name) gave it back: it was lost behind this step.",
        evidence: evidence + Evidence.ofOutput(holder, around: words, in: facts))
    }
    return Finding(
      kind: "expectation_missed", severity: .medium, confidence: .medium, title: "the expected words were never there",
      traceID: facts.trace.info.id, spanIndex: retrieval ?? answerIndex,
      why: "\(expected), and no step gave it back"
        + (retrieval.map { "; \(facts.trace.spans[$0].name) is where it could have come from." } ?? "."),
      evidence: evidence)
  }
}
