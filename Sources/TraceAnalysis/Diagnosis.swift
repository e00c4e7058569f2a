import TraceModel

/// What can be said of how a trace went wrong: what the detectors found and the steps by suspicion, in one order.
public struct Diagnosis: Sendable {
  /// Findings, the one to look at first in front.
  public let findings: [Finding]
  /// Detectors that could not look, and why.
  public let notChecked: [(detector: String, why: String)]
  /// The steps by suspicion; empty where they cannot be ranked.
  public let ranking: SuspicionRanking

  /// Examines a trace.
  ///
  /// What people or judges found wrong comes first, then the error that ended the run. An error that the run survived points
  /// at the step that asked for it more than at the one that failed: in failed runs of agents the first span with an error
  /// is the decisive step in one of twenty. So the suspects, whose reasons name it, come before it.
  public init(_ facts: TraceFacts) {
    ranking = SuspicionRanking(facts)
    let (found, notChecked) = Detectors.examine(facts)
    self.notChecked = notChecked + (ranking.notChecked.map { [("suspicion", $0)] } ?? [])
    guard !ranking.suspicions.isEmpty else {
      findings = found
      return
    }
    let survived = found.filter { Self.isSurvived($0, facts) }
    let decisive = found.filter { !Self.isSurvived($0, facts) }
    let suspects = ranking.findings(facts, besides: decisive)
    let named = Set(suspects.compactMap(\.spanIndex))
    findings = decisive + suspects + survived.filter { $0.spanIndex.map { !named.contains($0) } ?? true }
  }

  /// Whether the run went on after it: no span at the top failed of it.
  private static func isSurvived(_ finding: Finding, _ facts: TraceFacts) -> Bool {
    guard let index = finding.spanIndex, finding.assessmentID == nil else { return finding.assessmentID == nil }
    guard facts.trace.spans[index].status == .error else { return true }
    return !facts.tree.ancestry(of: index).contains { above in
      facts.tree.parents[above] == nil && facts.trace.spans[above].status == .error
    }
  }
}
