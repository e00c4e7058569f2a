import TraceModel
import TraceSemantics

/// An answer that cannot be to what the user said: the model was not sent it, or the answer is word for word an earlier one to
/// another question.
struct UnansweredMessage: SessionDetector {
  let name = "unanswered_message"

  /// Shorter answers are said again by right: `Yes, of course.`
  private static let (shortest, shortestBytes) = (8, 20)

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    guard turns.contains(where: \.isAnswered) else { return .notChecked("no answer was recorded") }
    var findings: [Finding] = []
    // Where questions reach models in other words, nothing can be said of one that is missing.
    let known = turns.indices.filter { reading.history.turns[$0] != nil && !turns[$0].asked.isEmpty }
    let without = known.filter { !(reading.history.turns[$0]?.hasQuestion ?? true) }
    if without.count * 4 <= known.count {
      findings += without.map { place in
        Self.finding(
          "message_not_sent", .medium, turns[place], turns[place].sent?.spanIndex,
          "the model was not sent what the user said in this turn", turns[place].questionEvidence())
      }
    }
    var answers: [UInt64: Int] = [:]
    for (place, turn) in turns.enumerated() where turn.isAnswered && turn.answered.utf8.count >= Self.shortestBytes {
      guard let key = turn.answeredKey else { continue }
      guard let first = answers[key] else {
        answers[key] = place
        continue
      }
      guard turns[first].answeredWords == turn.answeredWords,
        Self.differ(turn.askedUnits, turns[first].askedUnits),
        turn.answeredWords.count >= Self.shortest || TextUnits.of(turn.answered).count >= Self.shortest
      else { continue }
      findings.append(
        Self.finding(
          "repeated_answer", .medium, turn, turn.facts.turn.output?.spanIndex,
          "the answer is word for word that of turn \(turns[first].number), where something else was asked",
          turn.answerEvidence()))
    }
    return .findings(Array(findings.prefix(Self.most)))
  }

  private static let most = 6

  private static func differ(_ words: [String], _ other: [String]) -> Bool {
    guard words.count >= 3, other.count >= 3 else { return false }
    let (first, second) = (Set(words), Set(other))
    return first.intersection(second).count * 3 < first.union(second).count
  }

  private static func finding(
    _ kind: String, _ severity: Finding.Severity, _ turn: SessionTalk.Turn, _ spanIndex: Int?, _ why: String,
    _ evidence: [Evidence]
  ) -> Finding {
    Finding(
      kind: kind, severity: severity, confidence: .medium, title: "the answer is not to this message",
      traceID: turn.facts.trace.info.id, spanIndex: spanIndex, why: why, evidence: evidence, standing: .hint)
  }
}
