import TraceModel

/// What can be said of how a trace went wrong: what the detectors found and the steps by suspicion, in one order.
public struct Diagnosis: Sendable {
  /// Findings, the one to look at first in front.
  public let findings: [Finding]
  /// Detectors that could not look, and why.
  public let notChecked: [(detector: String, why: String)]
  /// The steps by suspicion; empty where they cannot be ranked.
  public let ranking: SuspicionRanking

  /// Behind the suspects only so many further hints are told.
  private static let mostHints = 6

  /// Examines a trace.
  ///
  /// What people or judges found wrong comes first, then what says by itself that something went wrong: the error that ended
  /// the run, a call that cannot be carried out, a document out of force. Where steps can be ranked, the suspects follow; an
  /// error that the run survived points at the step that asked for it more than at the one that failed: in failed runs of
  /// agents the first span with an error is the decisive step in one of twenty. Hints about a suspect are reasons of its
  /// own, the others come last.
  ///
  /// - Parameter symptom: What the user complains of, in words; steps that speak of it are more suspicious.
  public init(_ facts: TraceFacts, symptom: Symptom? = nil) async {
    let (found, notChecked) = await Detectors.examineConcurrently(facts)
    ranking = SuspicionRanking(facts, symptom: symptom, hints: found.filter { $0.standing == .hint })
    self.notChecked = notChecked + (ranking.notChecked.map { [("suspicion", $0)] } ?? [])
    let ordered = symptom.map { symptom in symptom.ordered(found, facts) } ?? found
    guard !ranking.suspicions.isEmpty else {
      findings = ordered.filter { $0.standing == .decisive } + ordered.filter { $0.standing == .hint }
      return
    }
    let decisive = ordered.filter { $0.standing == .decisive && !$0.isSurvivedError(facts) }
    let rest = ordered.filter { $0.standing == .hint || $0.isSurvivedError(facts) }
    let guesses = ranking.findings(facts, besides: decisive)
    let suspects = (guesses + rest.filter { $0.standing == .hint }).merged().prefix(guesses.count)
    let named = Set((decisive + suspects).compactMap(\.spanIndex))
    let others = rest.filter { $0.spanIndex.map { !named.contains($0) } ?? true }
    findings = decisive + suspects + others.prefix(Self.mostHints)
  }
}

extension Finding {
  /// Whether it is an error after which the run went on: no span at the top failed of it.
  public func isSurvivedError(_ facts: TraceFacts) -> Bool {
    guard let spanIndex, assessmentID == nil, facts.trace.spans[spanIndex].status == .error else { return false }
    return !facts.tree.ancestry(of: spanIndex).contains { above in
      facts.endedRun(above)
    }
  }
}
