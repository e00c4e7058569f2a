import TraceModel

extension SuspicionRanking {
  /// At least so many are named, where there are as many: the reader looks at several, and the first is right in four of ten
  /// cases at best.
  private static let named = 6

  private static func plain(_ role: Step.Role) -> String {
    switch role {
    case .worker: "one of the later steps that act"
    case .tool: "what a tool gave back"
    case .result: "what came of a step"
    case .orchestrator: "hands out work"
    case .trivial: "says little"
    case .plan: "restates the task"
    }
  }

  /// The most suspicious steps as findings, without those that `told` are about already.
  public func findings(_ facts: TraceFacts, besides told: [Finding]) -> [Finding] {
    let known = Set(told.compactMap(\.spanIndex))
    return suspicions.prefix(Self.named).enumerated().compactMap { place, suspicion in
      guard suspicion.step.isCandidate else { return nil }
      let index = suspicion.step.spanIndex
      guard !known.contains(index) else { return nil }
      let reasons = suspicion.reasons.isEmpty ? [Self.plain(suspicion.step.role)] : suspicion.reasons
      return Finding(
        kind: "suspect", severity: .low, confidence: place < 3 ? .medium : .low,
        title: suspicion.step.speaker.map { "suspect in \($0)" } ?? "suspect",
        traceID: facts.trace.info.id, spanIndex: index, why: reasons.joined(separator: "; "),
        evidence: Evidence.ofOutput(index, in: facts))
    }
  }
}
