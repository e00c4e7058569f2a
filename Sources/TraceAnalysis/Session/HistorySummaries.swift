import JSONText
import TraceModel
import TraceSemantics

/// Messages that stand in a model's input in place of earlier turns: new ones that nobody said, and that hold much of what was
/// said in several turns which were not sent any more.
struct HistorySummaries: Sendable {
  /// One of them, in one turn.
  struct Summary: Sendable {
    /// Who is made to say it.
    var role: ChatMessage.Role
    /// Its size.
    var bytes: Int
    /// Places of the turns that it speaks of.
    var turns: [Int]
  }

  /// By the place of the turn whose model was sent it.
  let byPlace: [Int: Summary]

  /// Shorter messages sum up nothing.
  private static let shortest = 40
  /// Of longer texts only the beginning is read.
  private static let longest = 8_000

  init(_ talk: SessionTalk, _ history: SessionHistory) {
    let losing = Set(history.losing)
    // What models are sent while nothing is lost stands in place of nothing.
    var usual: [UInt64: String] = [:]
    for place in talk.turns.indices where !losing.contains(place) {
      for message in history.turns[place]?.others ?? [] { usual[message.key] = message.text }
    }
    let candidates = history.losing.compactMap { place -> (place: Int, messages: [SessionTalk.Message])? in
      let new = (history.turns[place]?.others ?? []).filter {
        usual[$0.key] == nil && $0.text.utf8.count >= Self.shortest
      }
      return new.isEmpty ? nil : (place, new)
    }
    guard !candidates.isEmpty else {
      byPlace = [:]
      return
    }
    let usualMarks = usual.values.reduce(into: Set<String>()) { $0.formUnion(Self.marks($1)) }
    var read: [UInt64: Set<String>] = [:]
    for message in candidates.lazy.flatMap(\.messages) where read[message.key] == nil {
      read[message.key] = Self.marks(message.text).subtracting(usualMarks)
    }
    // Only what stands in one of them is looked for in what was said.
    let wanted = Set(read.values.joined())
    let numbers = Dictionary(uniqueKeysWithValues: zip(wanted, 0...))
    var said = Array(repeating: [Int](), count: wanted.count)
    for (place, turn) in talk.turns.enumerated() {
      for unit in [turn.askedUnits, turn.answeredUnits].joined() where Self.mayBeMark(unit) {
        guard let number = numbers[StepText.stem(unit)], said[number].last != place, Self.isMark(unit) else { continue }
        said[number].append(place)
      }
    }
    var found: [Int: Summary] = [:]
    for (place, messages) in candidates {
      guard let lost = history.lost(at: place), lost.count >= 2 else { continue }
      let turn = talk.turns[place]
      let known = Self.marks(turn.askedUnits).union(Self.givenBack(turn.facts))
      for message in messages {
        let marks = read[message.key] ?? []
        var weights: [Int: Double] = [:]
        for mark in marks where !known.contains(mark) {
          let places = numbers[mark].map { said[$0] } ?? []
          guard !places.contains(where: { history.carries($0, at: place) }) else { continue }
          for other in places where other < place { weights[other, default: 0] += Self.weight(mark) }
        }
        let turns = lost.filter { (weights[$0] ?? 0) >= 2 }
        if turns.count >= 2, turns.count * 2 >= lost.count, turns.count > found[place]?.turns.count ?? 0 {
          found[place] = Summary(role: message.role, bytes: message.text.utf8.count, turns: turns)
        }
      }
    }
    byPlace = found
  }

  /// What tells a text from others.
  private static func marks(_ text: String) -> Set<String> {
    let text = text.utf8.count <= longest ? text : String(decoding: text.utf8.prefix(longest), as: UTF8.self)
    return marks(TextUnits.of(text))
  }

  /// The same of its units.
  private static func marks(_ units: [String]) -> Set<String> {
    Set(units.lazy.filter(isMark).map(StepText.stem))
  }

  private static func isMark(_ unit: String) -> Bool {
    mayBeMark(unit) && (hasDigit(unit) || !CommonWords.all.contains(unit))
  }

  /// Without a look at the common words.
  private static func mayBeMark(_ unit: String) -> Bool { unit.utf8.count >= (hasDigit(unit) ? 2 : 5) }

  private static func hasDigit(_ unit: String) -> Bool { unit.utf8.contains { (0x30...0x39).contains($0) } }

  /// A number says twice as much as a word, a pair of characters half of it.
  private static func weight(_ mark: String) -> Double {
    if mark.utf8.contains(where: { (0x30...0x39).contains($0) }) { return 2 }
    return mark.unicodeScalars.count == 2 ? 0.5 : 1
  }

  /// What tools and retrievers gave back in the turn: documents in a prompt are no summary.
  private static func givenBack(_ facts: TraceFacts) -> Set<String> {
    var marks: Set<String> = []
    for index in facts.trace.spans.indices
    where ["TOOL", "RETRIEVER", "RERANKER", "MEMORY"].contains(facts.type(index)) {
      guard let outputs = facts.meaning(index).outputs else { continue }
      marks.formUnion(Self.marks(String(decoding: outputs.value.rawBytes.prefix(longest), as: UTF8.self)))
    }
    return marks
  }
}
