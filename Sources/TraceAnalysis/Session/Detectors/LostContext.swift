import JSONText
import TraceModel
import TraceSemantics

/// A turn that needs what was said before, where the model was not sent it: a value that was talked about in a turn that
/// was dropped, words that refer back, or something the user asked to be kept to.
struct LostContext: SessionDetector {
  let name = "lost_context"

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    guard reading.history.isCarried else { return .notChecked("no model input holds messages of earlier turns") }
    let turns = reading.talk.turns
    var needs: [(place: Int, why: String)] = []
    let said = Said(turns)
    for place in reading.history.losing {
      if let why = Self.neededValue(place, reading, said) {
        needs.append((place, why))
      } else if let word = UserPhrases.backwards.first(in: turns[place].plainlyAsked.utf8),
        reading.summaries.byPlace[place] == nil, let lost = reading.history.lost(at: place)
      {
        needs.append(
          (place, "the user refers back (\"\(word)\"), and the model was not sent \(Self.words(lost, turns))"))
      }
    }
    var findings = Self.lostConstraints(reading)
    if let first = needs.first {
      let others = needs.dropFirst().map(\.place)
      let more = others.isEmpty ? "" : "; the like in \(Self.words(others, turns))"
      findings.append(Self.finding("context_dropped", turns[first.place], first.why + more))
    }
    return .findings(findings)
  }

  private static let most = 4

  /// Where what was said.
  private struct Said {
    /// The turns that talked of a value, by its key, in order.
    var values: [UInt64: [Int]] = [:]
    /// The turns that asked a question, by its words without numbers.
    var questions: [[String]: [Int]] = [:]

    init(_ turns: [SessionTalk.Turn]) {
      for (place, turn) in turns.enumerated() {
        for value in turn.askedValues + turn.answeredValues
        where value.isTelling && values[value.token.key]?.last != place {
          values[value.token.key, default: []].append(place)
        }
        questions[LostContext.letters(turn.askedWords), default: []].append(place)
      }
    }
  }

  /// Why the turn needs a turn that was dropped: the first value of its question that was talked about only there. The same
  /// question again needs nothing from before.
  private static func neededValue(
    _ place: Int, _ reading: SessionReading, _ said: Said
  ) -> String? {
    let (turns, history) = (reading.talk.turns, reading.history)
    func isLost(_ other: Int) -> Bool {
      other < place && turns[other].isAnswered && !history.carries(other, at: place)
    }
    for value in turns[place].askedValues where value.isTelling {
      let sources = (said.values[value.token.key] ?? []).filter { $0 < place }
      guard sources.contains(where: isLost), !sources.contains(where: { history.carries($0, at: place) }),
        !isGivenBack(value.token, turns[place].facts), !isToldOtherwise(value.token, place, history)
      else { continue }
      let asked = said.questions[letters(turns[place].askedWords)] ?? []
      guard !asked.contains(where: isLost) else { return nil }
      return
        "the user asks about '\(value.words)', which was talked about in \(words(sources.filter(isLost), turns)); the model was not "
        + "sent \(sources.count(where: isLost) == 1 ? "that turn" : "those turns")"
    }
    return nil
  }

  /// Whether a tool gave it back: then it is known again.
  private static func isGivenBack(_ value: ValueToken, _ facts: TraceFacts) -> Bool {
    facts.trace.spans.indices.contains { index in
      guard !facts.isModelCall(index), facts.tree.parents[index] != nil, let outputs = facts.meaning(index).outputs
      else {
        return false
      }
      var isFound = false
      ValueText.scan(outputs.value.rawBytes) { if $0 == value { isFound = true } }
      return isFound
    }
  }

  /// Whether a message that nobody said in a turn holds it: a summary, or the app's instructions.
  private static func isToldOtherwise(_ value: ValueToken, _ place: Int, _ history: SessionHistory) -> Bool {
    (history.turns[place]?.others ?? []).contains { message in
      var isFound = false
      ValueText.scan(Array(message.text.utf8)[...]) { if $0 == value { isFound = true } }
      return isFound
    }
  }

  private static func letters(_ words: [String]) -> [String] {
    words.filter { !$0.utf8.contains { (0x30...0x39).contains($0) } }
  }

  /// What the user asked to be kept to, from the first turn on whose model was not sent it.
  private static func lostConstraints(_ reading: SessionReading) -> [Finding] {
    let turns = reading.talk.turns
    var findings: [Finding] = []
    for (said, turn) in turns.enumerated() {
      guard let word = UserPhrases.rules.first(in: turn.plainlyAsked.utf8),
        let sentence = sentence(of: word, in: turn.asked)
      else {
        continue
      }
      let wish = Set(StepText.words(sentence).filter { !CommonWords.all.contains($0) })
      let without = turns.indices.dropFirst(said + 1).filter { place in
        guard let carried = reading.history.turns[place], !reading.history.carries(said, at: place) else {
          return false
        }
        // A summary, or a note in the instructions, may keep it.
        return !carried.others.contains { message in
          wish.intersection(StepText.words(message.text)).count * 10 >= wish.count * 7
        }
      }
      guard let first = without.first else { continue }
      findings.append(
        finding(
          "constraint_lost", turns[first],
          "the user's \"\(sentence)\" (turn \(turn.number)) is not in what the model was sent in \(words(without, turns))"
        ))
      if findings.count >= most { break }
    }
    return findings
  }

  private static func sentence(of word: String, in text: String) -> String? {
    Sentences.of(text).first { $0.lowercased().replacing("’", with: "'").contains(word.trimmed) }.map {
      String($0.prefix(140)).trimmed
    }
  }

  private static func words(_ places: [Int], _ turns: [SessionTalk.Turn]) -> String {
    TurnRanges.words(places.map { turns[$0].number })
  }

  private static func finding(_ kind: String, _ turn: SessionTalk.Turn, _ why: String) -> Finding {
    Finding(
      kind: kind, severity: .medium, confidence: .low, title: "the model was not sent what it needed",
      traceID: turn.facts.trace.info.id, spanIndex: turn.sent?.spanIndex, why: why,
      evidence: turn.questionEvidence(), standing: .hint)
  }
}

extension String {
  /// Without blanks at both ends.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace ?? false { text = text.dropFirst() }
    while text.last?.isWhitespace ?? false { text = text.dropLast() }
    return String(text)
  }
}
