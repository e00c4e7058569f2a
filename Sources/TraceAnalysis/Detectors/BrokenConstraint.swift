import JSONText
import TraceModel
import TraceSemantics

/// An answer that is not as the user asked for it: too long, another number of items, another language, another form of dates
/// or numbers, with words that were not to be in it; or a tool that was used though the user said not to.
///
/// Needs the user's own words and the answer. Documents and prompts set no constraints here.
struct BrokenConstraint: Detector {
  let name = "broken_constraint"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard let question = facts.turn.input, !question.text.isEmpty else {
      return .notChecked("no question was recorded")
    }
    guard let answer = facts.turn.output, !answer.text.isEmpty else { return .notChecked("no answer was recorded") }
    let constraints = Constraint.all(in: question.text)
    var findings = constraints.compactMap { constraint, sentence in
      constraint.breach(in: String(answer.text.prefix(Self.longest))).map { breach in
        finding(
          facts.speaker(of: answer), "The user asked \"\(sentence)\", but \(breach).", constraint, question.spanIndex,
          sentence, facts)
      }
    }
    findings += forbiddenTools(question.text, question.spanIndex, facts)
    return .findings(findings)
  }

  private static let longest = 40_000

  private func finding(
    _ index: Int, _ why: String, _ constraint: Constraint, _ asked: Int, _ sentence: String, _ facts: TraceFacts
  ) -> Finding {
    let evidence = [
      Evidence(
        .inputs, of: asked, at: facts.turn.input?.gist?.path ?? JSONPath(steps: []), around: sentence, in: facts),
      Evidence.ofOutput(index, in: facts).first,
    ]
    return Finding(
      kind: "broken_constraint", severity: .medium, confidence: constraint.isExact ? .high : .medium,
      title: "not as the user asked for it", traceID: facts.trace.info.id, spanIndex: index, why: why,
      evidence: evidence.compactMap { $0 }, standing: .hint)
  }

  // MARK: Tools

  private static let forbidding = [
    "do not use ", "don't use ", "without using ", "do not call ", "don't call ", "never use ",
  ]

  private static let forbiddingSigns = ByteSearch(["t use ", "t call ", "without using ", "never use "])

  /// Tools that the user named, and said not to use, and that ran.
  private func forbiddenTools(_ question: String, _ asked: Int, _ facts: TraceFacts) -> [Finding] {
    guard Self.forbiddingSigns.isFound(in: question.utf8.prefix(12_000)) else { return [] }
    let lowered = question.prefix(6_000).lowercased().replacing("’", with: "'")
    var findings: [Finding] = []
    for words in Self.forbidding {
      guard let place = lowered.firstRange(of: words) else { continue }
      let rest = lowered[place.upperBound...].prefix(60)
      let name = rest.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.first {
        !["the", "any", "tool"].contains($0)
      }
      // One word of plain language may be anything; a name of two is the tool's.
      guard let name, name.contains("_"),
        let run = facts.trace.spans.indices.first(where: {
          facts.isToolCall($0) && facts.trace.spans[$0].name.lowercased() == name
        })
      else { continue }
      findings.append(
        finding(
          run, "The user said \"\(words)\(name)\", and \(facts.trace.spans[run].name) was called.",
          .without(String(name)), asked,
          String(name), facts))
    }
    return findings
  }
}

extension Constraint {
  /// Whether what breaks it can be told without a doubt.
  var isExact: Bool {
    switch self {
    case .without, .language: true
    case .atMost, .items, .decimals, .dates, .year: false
    }
  }
}
