import TraceModel

/// What can be said of how a conversation went wrong: the findings of its turns in the order in which to look at them.
public struct SessionDiagnosis: Sendable {
  /// A finding, and the turn it is about.
  public struct Entry: Sendable {
    /// The turn.
    public var turn: SessionFacts.Turn
    /// What was found in it.
    public var finding: Finding
  }

  /// The findings, the one to look at first in front.
  public let findings: [Entry]

  /// Turns whose calls and words are worth showing at length, and that are named as suspects.
  public static let mostSuspects = 5
  /// More hints are not told of a session; each turn's own are told by ``Diagnosis``.
  private static let mostHints = 6

  /// Puts the findings of some turns in order: those whose values spread through the conversation first, for they are its
  /// origin; then by gravity and turn; then the suspects, then hints.
  public init(_ session: SessionFacts, turns range: ClosedRange<Int>) {
    let spread = SessionSpread(session.turns)
    var all: [(entry: Entry, reach: Int)] = []
    for turn in session.turns where range.contains(turn.number) {
      for finding in turn.findings {
        let trail = finding.severity >= .medium ? spread.trail(of: finding, in: turn) : nil
        let told = trail.map { Self.telling($0, in: finding) } ?? finding
        all.append((Entry(turn: turn, finding: told), trail?.turns.count ?? 0))
      }
    }
    let order = all.indices.sorted { left, right in
      let (first, second) = (all[left], all[right])
      if (first.reach > 0) != (second.reach > 0) { return first.reach > 0 }
      if first.entry.finding.severity != second.entry.finding.severity {
        return first.entry.finding.severity > second.entry.finding.severity
      }
      return (first.entry.turn.number, left) < (second.entry.turn.number, right)
    }
    let entries = order.map { all[$0].entry }
    // Where turns can be ranked, an error that its turn survived is a hint: users mistype their ids.
    let isRanked = !session.suspicions.isEmpty
    func isHint(_ entry: Entry) -> Bool {
      entry.finding.standing == .hint || isRanked && entry.finding.isSurvivedError(entry.turn.facts)
    }
    let decisive = entries.filter { !isHint($0) }
    // What is hardly worth a look in one turn is not worth a line among many.
    let hints = entries.filter { isHint($0) && $0.finding.severity > .low }
    let suspects = Self.suspects(session, range, besides: Set(decisive.map(\.turn.number)))
    findings = decisive + suspects + hints.prefix(Self.mostHints)
  }

  /// The finding with the way that its values went.
  private static func telling(_ trail: SessionSpread.Trail, in finding: Finding) -> Finding {
    var finding = finding
    let values = trail.values.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    let turns = trail.turns.prefix(8).map { "\($0)" }.joined(separator: ", ") + (trail.turns.count > 8 ? ", …" : "")
    finding.why +=
      (finding.why.hasSuffix(".") ? "" : ".")
      + " What came in here (\(values)) is repeated in \(trail.turns.count == 1 ? "turn" : "turns") \(turns)."
    return finding
  }

  /// The most suspicious turns that no other finding is about.
  private static func suspects(_ session: SessionFacts, _ range: ClosedRange<Int>, besides told: Set<Int>) -> [Entry] {
    // Where people and judges have said what is wrong, guesses are only added for what a reason speaks for.
    let isTold = !told.isEmpty
    let wanted = session.suspicions.prefix(isTold ? max(0, 4 - told.count) : .max).filter { suspicion in
      range.contains(suspicion.turn) && !told.contains(suspicion.turn) && (!isTold || !suspicion.reasons.isEmpty)
    }
    return wanted.prefix(mostSuspects).enumerated().map { place, suspicion in
      let turn = session.turns[suspicion.turn - 1]
      let reasons = suspicion.reasons.isEmpty ? ["ranked by its place alone"] : suspicion.reasons
      return Entry(
        turn: turn,
        finding: Finding(
          kind: "suspect", severity: .low, confidence: place < 3 ? .medium : .low, title: "suspect",
          traceID: turn.facts.trace.info.id, spanIndex: suspicion.spanIndex, why: reasons.joined(separator: "; "),
          evidence: []))
    }
  }
}
