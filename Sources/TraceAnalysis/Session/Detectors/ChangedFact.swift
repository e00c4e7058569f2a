import JSONText
import TraceModel
import TraceSemantics

/// A fact that an answer gives otherwise than an earlier one: the same words about another number or date.
struct ChangedFact: SessionDetector {
  let name = "changed_fact"

  /// A number in a sentence, and what it is said of.
  private struct Statement {
    var place: Int
    var value: NotedValue
    /// The words around it without those that are in every sentence.
    var subject: Set<String>
    /// The other numbers and ids of the sentence, by their keys in order: another order is another matter.
    var others: [UInt64]
    /// The word behind the number.
    var unit: String?
  }

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    guard turns.contains(where: \.isAnswered) else { return .notChecked("no answer was recorded") }
    var known: [Statement] = []
    var findings: [Finding] = []
    var told: Set<Int> = []
    for (place, turn) in turns.enumerated() where turn.isAnswered {
      let statements = Self.statements(turn.answered, place)
      for statement in statements {
        guard let earlier = known.last(where: { Self.contradicts(statement, $0) }),
          // Both in one answer is a comparison.
          !statements.contains(where: { $0.value.token == earlier.value.token }),
          // Asked about something else, it is something else.
          Self.isSameMatter(turn, turns[earlier.place])
        else { continue }
        guard let finding = Self.finding(earlier, statement, turns),
          told.insert(earlier.place * 10_000 + place).inserted
        else { continue }
        findings.append(finding)
      }
      known += statements
      if known.count > Self.mostStatements { known.removeFirst(known.count - Self.mostStatements) }
    }
    return .findings(Array(findings.prefix(Self.most)))
  }

  private static let (most, mostStatements) = (4, 400)

  private static let measures: Set<String> = [
    "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months",
    "year", "years", "percent", "%", "eur", "usd", "euros", "dollars", "gb", "mb", "kg", "km",
  ]

  private static func statements(_ answer: String, _ place: Int) -> [Statement] {
    var found: [Statement] = []
    for sentence in Sentences.of(answer).prefix(60) {
      let values = NotedValue.all(in: String(sentence))
      guard (1...4).contains(values.count) else { continue }
      let facts = values.filter { $0.token.number != nil }
        .map { value in (value: value, unit: Self.unit(behind: value.words, in: sentence)) }
        .filter { $0.value.isTelling || $0.unit.map { measures.contains($0) } ?? false }
      guard !facts.isEmpty else { continue }
      let words = StepText.words(String(sentence))
      let subject = Set(
        words.filter {
          $0.utf8.count >= 3 && !CommonWords.all.contains($0) && !$0.utf8.contains { (0x30...0x39).contains($0) }
        }
        .map(StepText.stem))
      guard subject.count >= 2 else { continue }
      for (value, unit) in facts {
        found.append(
          Statement(
            place: place, value: value, subject: subject,
            others: values.map(\.token.key).filter { $0 != value.token.key }.sorted(), unit: unit))
      }
    }
    return found
  }

  private static func unit(behind number: String, in sentence: Substring) -> String? {
    guard let rest = sentence.rest(behind: number)?.drop(while: { $0 == " " || $0 == "-" }) else { return nil }
    if rest.first == "%" { return "%" }
    // Nearly all are of ASCII's letters, which need not be put together to characters.
    let plain = rest.utf8.prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
    let isWhole = plain.endIndex == rest.endIndex || rest.utf8[plain.endIndex] < 0x80
    let word = (isWhole ? rest[..<plain.endIndex] : rest.prefix { $0.isLetter }).lowercased()
    return word.isEmpty ? nil : word
  }

  private static func contradicts(_ new: Statement, _ old: Statement) -> Bool {
    guard new.place != old.place, new.value.token != old.value.token, new.unit == old.unit, new.others == old.others
    else { return false }
    let common = new.subject.count(where: old.subject.contains)
    return common >= 2 && common * 10 >= (new.subject.count + old.subject.count - common) * 6
  }

  private static func isSameMatter(_ turn: SessionTalk.Turn, _ other: SessionTalk.Turn) -> Bool {
    let first = turn.askedValues.filter(\.isTelling)
    let second = other.askedValues.filter(\.isTelling)
    return first.isEmpty || second.isEmpty || first.contains { value in second.contains { $0.token == value.token } }
  }

  /// The turn that gave it without a source is where it went wrong; nil where both had one, for then the data changed.
  private static func finding(_ old: Statement, _ new: Statement, _ turns: [SessionTalk.Turn]) -> Finding? {
    let (oldSource, newSource) = (source(of: old, turns), source(of: new, turns))
    guard oldSource == nil || newSource == nil else { return nil }
    let isOldWrong = oldSource == nil && newSource != nil
    let origin = turns[isOldWrong ? old.place : new.place]
    let facts = origin.facts
    func side(_ statement: Statement, _ source: String?) -> String {
      "turn \(turns[statement.place].number) says '\(statement.value.words)' (\(source.map { "from \($0)" } ?? "no step gave that back before"))"
    }
    let measure = new.unit.flatMap { measures.contains($0) && $0 != "%" ? " of \($0)" : nil } ?? ""
    return Finding(
      kind: "changed_fact", severity: .medium, confidence: .low, title: "a fact changes between answers",
      traceID: facts.trace.info.id, spanIndex: facts.turn.output?.spanIndex,
      why: "the same is said with another number\(measure): \(side(old, oldSource)), \(side(new, newSource))",
      evidence: origin.answerEvidence(around: isOldWrong ? old.value.words : new.value.words), standing: .hint)
  }

  /// Where the value came from: the user, or a step that gave it back, in the turn or one before it.
  private static func source(of statement: Statement, _ turns: [SessionTalk.Turn]) -> String? {
    for place in (0...statement.place).reversed() {
      let turn = turns[place]
      let here = place == statement.place ? "" : " in turn \(turn.number)"
      if turn.askedValues.contains(where: { $0.token == statement.value.token }) {
        return "the user\(here)"
      }
      let facts = turn.facts
      for index in facts.trace.spans.indices
      where ["TOOL", "RETRIEVER", "RERANKER", "MEMORY"].contains(facts.type(index)) {
        guard let outputs = facts.meaning(index).outputs else { continue }
        var isFound = false
        ValueText.scan(outputs.value.rawBytes) { if $0 == statement.value.token { isFound = true } }
        if isFound { return "\(Trace.alias(ofSpanAt: index)) \(facts.trace.spans[index].name)\(here)" }
      }
    }
    return nil
  }
}
