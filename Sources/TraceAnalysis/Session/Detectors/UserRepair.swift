import JSONText
import TraceModel
import TraceSemantics

/// A user who corrects or complains, or asks the same again: the answer before did not do, and where the user names a value,
/// the answer that was first to say it.
struct UserRepair: SessionDetector {
  let name = "user_repair"

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    guard turns.contains(where: { !$0.asked.isEmpty }) else { return .notChecked("no question was recorded") }
    var findings: [Finding] = []
    for place in turns.indices.dropFirst() {
      let (turn, before) = (turns[place], turns[place - 1])
      if let word = UserPhrases.complaints.first(in: turn.plainlyAsked.utf8.prefix(1_000)) {
        let origin = Self.origin(of: turn, in: turns, place)
        let named =
          origin.value.map { "; '\($0)' was first said in the answer of turn \(turns[origin.place].number)" } ?? ""
        findings.append(
          Self.finding(
            "user_repair", turns[origin.place],
            "the user objects in turn \(turn.number) (\"\(word)\")\(named)", value: origin.value))
      } else if let objection = Self.objection(of: turn, in: turns, place) {
        findings.append(
          Self.finding(
            "user_repair", turns[objection.sayer],
            "the user sets '\(objection.mine)' against '\(objection.theirs)' in turn \(turn.number), which the answer of turn "
              + "\(turns[objection.sayer].number) was first to say", value: objection.theirs))
      } else if Self.isRepetition(turn, of: before) {
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

  /// The same question again, nearly word for word, in any language; with another number it is another question.
  private static func isRepetition(_ turn: SessionTalk.Turn, of other: SessionTalk.Turn) -> Bool {
    guard turn.mayBeAlike(other), TextUnits.areAlike(turn.askedUnits, other.askedUnits) else { return false }
    return Set(turn.askedValues.map(\.token.key)) == Set(other.askedValues.map(\.token.key))
  }

  /// A value that the user sets against one of an answer: the same thing is said behind both, and nobody has said it before.
  /// Needs no word of any language.
  private static func objection(
    of turn: SessionTalk.Turn, in turns: [SessionTalk.Turn], _ place: Int
  ) -> (mine: String, theirs: String, sayer: Int)? {
    let values = turn.askedValues.filter { $0.token.number != nil }
    guard (2...4).contains(values.count) else { return nil }
    func first(_ value: NotedValue, _ side: (SessionTalk.Turn) -> [NotedValue]) -> Int? {
      turns.indices.prefix(place).first { other in side(turns[other]).contains { $0.token == value.token } }
    }
    for theirs in values {
      guard let sayer = first(theirs, \.answeredValues), first(theirs, \.askedValues).map({ $0 > sayer }) ?? true,
        let unit = turn.unit(behind: theirs)
      else { continue }
      for mine in values where mine.token != theirs.token && turn.unit(behind: mine) == unit {
        guard first(mine, \.answeredValues) == nil, first(mine, \.askedValues) == nil else { continue }
        return (mine.words, theirs.words, sayer)
      }
    }
    return nil
  }

  private static func finding(_ kind: String, _ turn: SessionTalk.Turn, _ why: String, value: String?) -> Finding {
    Finding(
      kind: kind, severity: .medium, confidence: .low, title: "the user was not helped",
      traceID: turn.facts.trace.info.id, spanIndex: turn.facts.turn.output?.spanIndex, why: why,
      evidence: turn.answerEvidence(around: value), standing: .hint)
  }
}

extension SessionTalk.Turn {
  /// What stands behind a number in the question: the rest of the word, or the next one.
  fileprivate func unit(behind value: NotedValue) -> String? {
    let behind = asked[...].rest(behind: value.words)
    guard let rest = behind?.drop(while: { $0 == " " || $0 == "-" || $0 == "\u{A0}" }) else { return nil }
    guard let first = rest.unicodeScalars.first else { return nil }
    // Scripts without blanks: the character alone.
    if first.value >= 0x0E00 { return String(first) }
    let word = rest.prefix { $0.isLetter || $0 == "%" || $0.isCurrencySymbol }.lowercased()
    return word.isEmpty ? nil : word
  }

  /// What the user said.
  func questionEvidence() -> [Evidence] {
    guard let side = facts.turn.input else { return [] }
    let path = side.gist?.path ?? JSONPath(steps: [])
    return Evidence(.inputs, of: side.spanIndex, at: path, in: facts).map { [$0] } ?? []
  }

  /// What the app answered.
  func answerEvidence(around words: String? = nil) -> [Evidence] {
    guard let side = facts.turn.output else { return [] }
    return Evidence.ofOutput(side.spanIndex, around: words, in: facts)
  }
}
