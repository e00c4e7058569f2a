import TraceModel

/// What can be said of how a conversation went wrong: the findings of its turns and across them, in the order in which to look
/// at them, and how it went.
public struct SessionDiagnosis: Sendable {
  /// A finding, and the turn it is about.
  public struct Entry: Sendable {
    /// The turn.
    public var turn: SessionFacts.Turn
    /// What was found in it.
    public var finding: Finding
    /// The way of the values that its step brought in, where later turns repeat them.
    var trail: SessionSpread.Trail?
  }

  /// The findings, the one to look at first in front.
  public let findings: [Entry]
  /// Turns that repeat what a finding says came in before, by number.
  public let repeating: Set<Int>
  /// How the session went.
  public let course: SessionCourse
  /// Detectors that could not look, and why.
  public let notChecked: [(detector: String, why: String)]

  /// Turns whose calls and words are worth showing at length, and that are named as suspects.
  public static let mostSuspects = 5
  /// In sessions of more turns that change nothing, only turns that a reason speaks for are suspects.
  private static let mostUnreasoned = 12
  /// More hints are not told of a session; each turn's own are told by ``Diagnosis``.
  private static let mostHints = 6

  /// Puts the findings about some turns in order: those whose values spread through the conversation first, for they are its
  /// origin; then by gravity and turn; then the suspects, then hints. Of each, those that speak of the symptom first.
  public init(_ session: SessionFacts, turns range: ClosedRange<Int>, symptom: Symptom? = nil) async {
    let reading = SessionReading(session)
    async let course = SessionCourse(reading)
    async let spread = SessionSpread(reading.talk)
    let (across, notChecked) = await SessionDetectors.examine(reading)
    self.notChecked = notChecked
    self.course = await course
    let (found, repeating) = Self.found(session, await spread, range, across)
    self.repeating = repeating
    // Where writes rank the turns, an error that its turn survived is a hint: users mistype their ids.
    let isRanked = !session.suspicions.isEmpty
    func isHint(_ entry: Entry) -> Bool {
      entry.finding.standing == .hint || isRanked && entry.finding.isSurvivedError(entry.turn.facts)
    }
    let shares = symptom.map { symptom in session.turns.map { symptom.found(in: $0).share } }
    func ordered(_ entries: [Entry]) -> [Entry] {
      guard let shares else { return entries }
      return entries.indices.sorted { left, right in
        let (first, second) = (shares[entries[left].turn.number - 1], shares[entries[right].turn.number - 1])
        return first == second ? left < right : first > second
      }.map { entries[$0] }
    }
    let decisive = ordered(found.filter { !isHint($0) })
    // What is hardly worth a look in one turn is not worth a line among many.
    var hints = ordered(found.filter { isHint($0) && $0.finding.severity > .low })
    var suspects = Self.suspects(session, range, besides: Set(decisive.map(\.turn.number)))
    for place in suspects.indices {
      // What is known of a suspected turn is one more reason to look at it.
      let own = hints.filter { $0.turn.number == suspects[place].turn.number }
      for hint in own {
        suspects[place].finding.add(hint.finding)
        suspects[place].trail = suspects[place].trail ?? hint.trail
      }
      hints.removeAll { $0.turn.number == suspects[place].turn.number }
    }
    findings = (decisive + suspects + hints.prefix(Self.mostHints)).map(Self.withTrail)
  }

  /// What the turns' own detectors found and what was found across them, merged step by step; spread values first, then by
  /// gravity and turn.
  private static func found(
    _ session: SessionFacts, _ spread: SessionSpread, _ range: ClosedRange<Int>, _ across: [Finding]
  ) -> (entries: [Entry], repeating: Set<Int>) {
    var repeating: Set<Int> = []
    let acrossByTrace = Dictionary(grouping: across, by: \.traceID)
    var all: [Entry] = []
    for turn in session.turns where range.contains(turn.number) {
      for finding in (turn.findings + (acrossByTrace[turn.facts.trace.info.id] ?? [])).merged() {
        let trail = finding.severity >= .medium ? spread.trail(of: finding, in: turn) : nil
        repeating.formUnion(trail?.turns ?? [])
        all.append(Entry(turn: turn, finding: finding, trail: trail))
      }
    }
    let order = all.indices.sorted { left, right in
      let (first, second) = (all[left], all[right])
      if (first.trail != nil) != (second.trail != nil) { return first.trail != nil }
      if first.finding.severity != second.finding.severity { return first.finding.severity > second.finding.severity }
      return (first.turn.number, left) < (second.turn.number, right)
    }
    return (told(once: order.map { all[$0] }), repeating)
  }

  /// The same failure in several turns is told of the first, which names the others.
  private static func told(once entries: [Entry]) -> [Entry] {
    struct Words: Hashable {
      var kind: String
      var why: String
    }
    var places: [Words: Int] = [:]
    var others: [Int: [Int]] = [:]
    var result: [Entry] = []
    for entry in entries {
      let words = Words(kind: entry.finding.kind, why: entry.finding.why)
      if let place = places[words], entry.finding.assessmentID == nil, entry.trail == nil {
        others[place, default: []].append(entry.turn.number)
      } else {
        places[words] = result.count
        result.append(entry)
      }
    }
    for (place, turns) in others {
      result[place].finding.why +=
        (result[place].finding.why.hasSuffix(".") ? " The" : "; the") + " same in \(TurnRanges.words(turns))"
    }
    return result
  }

  /// The finding with the way that its values went.
  private static func withTrail(_ entry: Entry) -> Entry {
    guard let trail = entry.trail else { return entry }
    var entry = entry
    let values = trail.values.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    entry.finding.why +=
      (entry.finding.why.hasSuffix(".") ? "" : ".")
      + " What came in here (\(values)) is repeated in \(TurnRanges.words(trail.turns))."
    return entry
  }

  /// The most suspicious turns that no other finding is about.
  private static func suspects(_ session: SessionFacts, _ range: ClosedRange<Int>, besides told: Set<Int>) -> [Entry] {
    // Where people and judges have said what is wrong, guesses are only added for what a reason speaks for. So they are in
    // long sessions in which nothing was changed; in short ones a place is worth a line beside turns that have a reason.
    let isTold = !told.isEmpty
    let writes = session.suspicions.contains { $0.spanIndex != nil }
    let hasReason = session.suspicions.contains { !$0.reasons.isEmpty }
    let needsReason = isTold || !writes && (session.turns.count > mostUnreasoned || !hasReason)
    let wanted = session.suspicions.prefix(isTold ? max(0, 4 - told.count) : .max).filter { suspicion in
      range.contains(suspicion.turn) && !told.contains(suspicion.turn) && (!needsReason || !suspicion.reasons.isEmpty)
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
