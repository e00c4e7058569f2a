import TraceModel
import TraceSemantics

/// What was said in the turns of a session, and which call of a model stands for each.
struct SessionTalk: Sendable {
  /// The words of one turn.
  struct Turn: Sendable {
    /// The turn.
    let turn: SessionFacts.Turn
    /// What was asked and answered; of longer texts the beginning.
    let asked, answered: String
    /// The same in lower case, without punctuation.
    let askedWords, answeredWords: [String]
    /// The call of a model that was sent most, by its place in the turn's spans; nil where no model was called.
    let modelCall: Int?

    /// The turn's number, from 1.
    var number: Int { turn.number }
    /// Whether the run got to an answer.
    var isAnswered: Bool { !answered.isEmpty && turn.facts.trace.info.state != .error }
    /// What the call means; nil where no model was called.
    var callMeaning: SpanMeaning? { modelCall.map { turn.facts.meaning($0) } }
  }

  /// The turns in order.
  let turns: [Turn]

  /// Of a longer question or answer only the beginning is read.
  static let longest = 8_000

  init(_ session: SessionFacts) {
    turns = session.turns.map { turn in
      let facts = turn.facts
      let asked = Self.beginning(facts.turn.input)
      let answered = Self.beginning(facts.turn.output)
      let calls = facts.trace.spans.indices.filter { facts.isModelCall($0) }
      let sizes = calls.map { facts.meaning($0).inputs?.size ?? 0 }
      let largest = sizes.indices.max { (sizes[$0], $0) < (sizes[$1], $1) }
      return Turn(
        turn: turn, asked: asked, answered: answered, askedWords: StepText.words(asked),
        answeredWords: StepText.words(answered), modelCall: largest.map { calls[$0] })
    }
  }

  private static func beginning(_ side: TurnReading.Side?) -> String {
    let text = side?.text ?? ""
    return text.utf8.count <= longest ? text : String(decoding: text.utf8.prefix(longest), as: UTF8.self)
  }
}

/// Turns as people write them: `1–3, 7`.
enum TurnRanges {
  /// - Parameter most: More ranges are not told.
  static func text(_ numbers: [Int], most: Int = 8) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let shown = ranges.prefix(most).map { range in
      range.count == 1
        ? "\(range.lowerBound)"
        : range.count == 2
          ? "\(range.lowerBound), \(range.upperBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }
    return shown.joined(separator: ", ") + (ranges.count > most ? ", …" : "")
  }

  /// `turn 3`, `turns 1–3`.
  static func words(_ numbers: [Int]) -> String { "turn\(numbers.count == 1 ? "" : "s") \(text(numbers))" }
}
