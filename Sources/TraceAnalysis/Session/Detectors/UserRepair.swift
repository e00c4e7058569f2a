import JSONText
import TraceModel
import TraceSemantics

/// A user who corrects or complains, or asks the same again: the answer before did not do, and where the user names a value,
/// the answer that was first to say it.
struct UserRepair: SessionDetector {
  let name = "user_repair"

  private static let complaints = ByteSearch([
    "that's wrong", "that is wrong", "thats wrong", "that's not", "that is not", "that isn't", "this is wrong",
    "not what i", "incorrect", "that can't be", "that cannot be", "you said", "you told me", "i meant", "i said ",
    "i already told", "i asked", "as i said", "still not", "still wrong", "still doesn", "doesn't work", "didn't work",
    "does not work", "are you sure", "you made a mistake", "your mistake", "wrong answer", "you got it wrong",
    "you got that wrong", "you misunderstood", "actually, no", "that doesn't", "contradict",
  ])

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    guard turns.contains(where: { !$0.asked.isEmpty }) else { return .notChecked("no question was recorded") }
    var findings: [Finding] = []
    for place in turns.indices.dropFirst() {
      let (turn, before) = (turns[place], turns[place - 1])
      if let word = Self.complaints.first(in: turn.plainlyAsked.utf8.prefix(1_000)) {
        let origin = Self.origin(of: turn, in: turns, place)
        let named =
          origin.value.map { "; '\($0)' was first said in the answer of turn \(turns[origin.place].number)" } ?? ""
        findings.append(
          Self.finding(
            "user_repair", turns[origin.place],
            "the user objects in turn \(turn.number) (\"\(word)\")\(named)", value: origin.value))
      } else if Self.isRepetition(turn.askedWords, of: before.askedWords) {
        findings.append(
          Self.finding(
            "repeated_question", before, "the user asks the same again in turn \(turn.number)", value: nil))
      }
      if findings.count == Self.most { break }
    }
    return .findings(findings)
  }

  private static let most = 6

  /// The answer that brought in what the user names; without that the answer before.
  private static func origin(
    of turn: SessionTalk.Turn, in turns: [SessionTalk.Turn], _ place: Int
  ) -> (place: Int, value: String?) {
    for value in turn.askedValues where value.isTelling || value.words.utf8.count > 1 {
      let asker = turns.indices.first { other in
        turns[other].askedValues.contains { $0.token == value.token }
      }
      let sayer = turns.indices.prefix(place).first { other in
        turns[other].answeredValues.contains { $0.token == value.token }
      }
      // What the user said first is their own.
      if let sayer, asker.map({ $0 > sayer }) ?? true { return (sayer, value.words) }
    }
    return (place - 1, nil)
  }

  private static func isRepetition(_ words: [String], of other: [String]) -> Bool {
    guard words.count >= 4, other.count >= 4 else { return false }
    let (first, second) = (Set(words), Set(other))
    // Another order number makes it another question.
    guard first.symmetricDifference(second).allSatisfy({ $0.utf8.allSatisfy { !(0x30...0x39).contains($0) } }) else {
      return false
    }
    return first.intersection(second).count * 10 >= first.union(second).count * 8
  }

  private static func finding(_ kind: String, _ turn: SessionTalk.Turn, _ why: String, value: String?) -> Finding {
    Finding(
      kind: kind, severity: .medium, confidence: .low, title: "the user was not helped",
      traceID: turn.turn.facts.trace.info.id, spanIndex: turn.turn.facts.turn.output?.spanIndex, why: why,
      evidence: turn.answerEvidence(around: value), standing: .hint)
  }
}

extension SessionTalk.Turn {
  /// What the user said.
  func questionEvidence() -> [Evidence] {
    guard let side = turn.facts.turn.input else { return [] }
    let path = side.gist?.path ?? JSONPath(steps: [])
    return Evidence(.inputs, of: side.spanIndex, at: path, in: turn.facts).map { [$0] } ?? []
  }

  /// What the app answered.
  func answerEvidence(around words: String? = nil) -> [Evidence] {
    guard let side = turn.facts.turn.output else { return [] }
    return Evidence.ofOutput(side.spanIndex, around: words, in: turn.facts)
  }
}
