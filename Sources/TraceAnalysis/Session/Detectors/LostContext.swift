import JSONText
import TraceModel
import TraceSemantics

/// A turn that needs what was said before, where the model was not sent it: a value that was talked about in a turn that
/// was dropped, words that refer back, or something the user asked to be kept to.
struct LostContext: SessionDetector {
  let name = "lost_context"

  private static let backwards = ByteSearch([
    "as i said", "i told you", "i already", "i mentioned", "like i said", "you said", "you told me", "we discussed",
    "we talked about", "as before", "from before", "same as last time", "remember when", "do you remember",
    "earlier you", "earlier i",
  ])
  /// Words by which users say what is to hold from then on.
  private static let constraints = ByteSearch([
    "always ", "never ", "from now on", "keep in mind", "remember that", "please remember", "for the rest of",
    "allergic", "vegan", "vegetarian", "my budget", "at most ", "no more than", "in all your", "every answer",
    "under no circumstances", "don't ever", "do not ever", "make sure you",
  ])

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    guard reading.history.isCarried else { return .notChecked("no model input holds messages of earlier turns") }
    let turns = reading.talk.turns
    let values = turns.map { turn in
      Set((turn.askedValues + turn.answeredValues).filter(\.isTelling).map(\.token.key))
    }
    var needs: [(place: Int, why: String)] = []
    for place in reading.history.losing {
      guard let lost = reading.history.lost(at: place), let carried = reading.history.turns[place] else { continue }
      if let why = Self.neededValue(place, lost, carried.earlier, values, turns) {
        needs.append((place, why))
      } else if let word = Self.backwards.first(in: turns[place].plainlyAsked.utf8) {
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

  /// Why the turn needs a turn that was dropped: the first value of its question that was talked about only there. The same
  /// question again needs nothing from before.
  private static func neededValue(
    _ place: Int, _ lost: [Int], _ kept: [Int], _ values: [Set<UInt64>], _ turns: [SessionTalk.Turn]
  ) -> String? {
    let question = letters(turns[place].askedWords)
    guard !lost.contains(where: { letters(turns[$0].askedWords) == question }) else { return nil }
    var known = kept.reduce(into: Set<UInt64>()) { $0.formUnion(values[$1]) }
    let facts = turns[place].turn.facts
    for index in facts.trace.spans.indices where !facts.isModelCall(index) && facts.tree.parents[index] != nil {
      // What a tool gave back about it is known again.
      guard let outputs = facts.meaning(index).outputs else { continue }
      ValueText.scan(outputs.value.rawBytes) { known.insert($0.key) }
    }
    for value in turns[place].askedValues where value.isTelling && !known.contains(value.token.key) {
      let sources = lost.filter { values[$0].contains(value.token.key) }
      guard !sources.isEmpty else { continue }
      return
        "the user asks about '\(value.words)', which was talked about in \(words(sources, turns)); the model was not "
        + "sent \(sources.count == 1 ? "that turn" : "those turns")"
    }
    return nil
  }

  private static func letters(_ words: [String]) -> [String] {
    words.filter { !$0.utf8.contains { (0x30...0x39).contains($0) } }
  }

  /// What the user asked to be kept to, from the first turn on whose model was not sent it.
  private static func lostConstraints(_ reading: SessionReading) -> [Finding] {
    let turns = reading.talk.turns
    var findings: [Finding] = []
    for (said, turn) in turns.enumerated() {
      guard let word = constraints.first(in: turn.plainlyAsked.utf8),
        let sentence = sentence(of: word, in: turn.plainlyAsked)
      else {
        continue
      }
      let without = turns.indices.dropFirst(said + 1).filter { place in
        reading.history.turns[place].map { !$0.earlier.contains(said) } ?? false
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
    Sentences.of(text).first { $0.lowercased().contains(word.trimmed) }.map { String($0.prefix(140)).trimmed }
  }

  private static func words(_ places: [Int], _ turns: [SessionTalk.Turn]) -> String {
    TurnRanges.words(places.map { turns[$0].number })
  }

  private static func finding(_ kind: String, _ turn: SessionTalk.Turn, _ why: String) -> Finding {
    Finding(
      kind: kind, severity: .medium, confidence: .low, title: "the model was not sent what it needed",
      traceID: turn.turn.facts.trace.info.id, spanIndex: turn.sent?.spanIndex, why: why,
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
