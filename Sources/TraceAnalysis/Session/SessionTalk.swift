import TraceModel
import TraceSemantics

/// What was said in the turns of a session, and what a model was sent in each.
struct SessionTalk: Sendable {
  /// The words of one turn. A class, so that passing it on counts one reference.
  final class Turn: Sendable {
    /// The turn's number, from 1.
    let number: Int
    /// What is known of its trace.
    let facts: TraceFacts
    /// What was asked and answered; of longer texts the beginning.
    let asked, answered: String
    /// The question as phrases are looked for in it: with plain apostrophes, for phones write ’, and other letters than
    /// ASCII's in lower case.
    let plainlyAsked: String
    /// What both are recognised by, in any punctuation; nil for texts without a word.
    let askedKey, answeredKey: UInt64?
    /// Both in lower case, without punctuation.
    let askedWords, answeredWords: [String]
    /// The question in units by which questions of any language are compared.
    let askedUnits: [String]
    /// A bit for each of them, of which several may share one.
    private let unitBits: UInt64
    /// The numbers and ids in them.
    let askedValues, answeredValues: [NotedValue]
    /// The call of a model that was sent most; nil where no model was called.
    let sent: Sent?

    init(_ number: Int, _ facts: TraceFacts, sent: Sent?) {
      (self.number, self.facts) = (number, facts)
      self.sent = sent
      // Within a loop of model calls that are traces of their own, nobody asks again what was asked, and a call is no answer.
      let step = facts.loopStep
      let asked = step?.isContinued ?? false ? "" : SessionTalk.beginning(facts.turn.input)
      let answered = step?.onlyCalls ?? false ? "" : SessionTalk.beginning(facts.turn.output)
      (self.asked, self.answered) = (asked, answered)
      (askedKey, answeredKey) = (WordsKey.of(asked), WordsKey.of(answered))
      let isPlain = asked.utf8.allSatisfy { $0 < 0x80 }
      plainlyAsked = isPlain ? asked : asked.lowercased().replacing("’", with: "'")
      let words = StepText.words(asked)
      askedWords = words
      let units = isPlain ? words : TextUnits.of(asked)
      askedUnits = units
      unitBits = units.reduce(UInt64(0)) { bits, unit in
        var hash = FNV1a(basis: UInt64(unit.utf8.count))
        hash.add(unit.utf8)
        return bits | 1 << (hash.value >> 32 & 63)
      }
      answeredWords = StepText.words(answered)
      askedValues = NotedValue.all(in: asked)
      answeredValues = NotedValue.all(in: answered)
    }

    /// Whether most units of two questions can be the same: for each bit that only one has, there is a unit that only one
    /// has.
    func mayBeAlike(_ other: Turn) -> Bool {
      (unitBits ^ other.unitBits).nonzeroBitCount * 5 <= askedUnits.count + other.askedUnits.count
    }

    /// The answer in units; of most answers they are its words.
    var answeredUnits: [String] { answered.utf8.allSatisfy { $0 < 0x80 } ? answeredWords : TextUnits.of(answered) }

    /// Whether the run got to an answer.
    var isAnswered: Bool { !answered.isEmpty && facts.trace.info.state != .error }
  }

  /// What a model was sent.
  struct Sent: Sendable {
    /// The call, by its place in the turn's spans.
    let spanIndex: Int
    /// The model that was asked.
    let model: String?
    /// The instructions at the beginning.
    let instructions: String?
    /// The names of the tools it was offered.
    let tools: [String]
    /// What users and models said in it, in order; nil where the input is no chat, or the session's inputs are too large.
    let messages: [Message]?
    /// What was said to the model by the app itself.
    let system: [Message]
  }

  /// A message as it is looked for among what was said.
  struct Message: Sendable {
    let role: ChatMessage.Role
    let key: UInt64
    let text: String
  }

  /// The turns in order.
  let turns: [Turn]

  /// Of a longer question or answer only the beginning is read.
  private static let longest = 8_000
  /// Of sessions whose models were sent more bytes, messages are not compared.
  private static let mostBytes = 64_000_000

  /// One turn after the other, while others look at each by itself: to wait for a free thread would take longer.
  ///
  /// - Parameter turns: What is known of the turns' traces, in order.
  init(_ turns: [TraceFacts]) {
    let calls = turns.map(Self.largestCall)
    let isComparable = calls.reduce(0) { $0 + ($1?.size ?? 0) } <= Self.mostBytes
    // What was sent before is not read again.
    var reader = SentReader()
    self.turns = turns.indices.map { place in
      Turn(place + 1, turns[place], sent: calls[place].map { reader.sent(turns[place], $0.spanIndex, isComparable) })
    }
  }

  fileprivate static func beginning(_ side: TurnReading.Side?) -> String {
    let text = side?.text ?? ""
    return text.utf8.count <= longest ? text : String(decoding: text.utf8.prefix(longest), as: UTF8.self)
  }

  private static func largestCall(_ facts: TraceFacts) -> (spanIndex: Int, size: Int)? {
    facts.trace.spans.indices.filter { facts.isModelCall($0) }
      .map { ($0, facts.meaning($0).inputs?.size ?? 0) }
      .max { ($0.1, $0.0) < ($1.1, $1.0) }
  }

}

/// Reads what models were sent, each message once however often it is sent again.
private struct SentReader {
  private let memo = MessageMemo()
  /// Messages as they are looked for, by their numbers; nil for those that are not.
  private var known: [SessionTalk.Message?] = []

  mutating func sent(_ facts: TraceFacts, _ spanIndex: Int, _ isComparable: Bool) -> SessionTalk.Sent {
    let meaning = facts.meaning(spanIndex)
    let chat = isComparable ? meaning.inputChat(memo: memo) : nil
    var messages: [SessionTalk.Message] = []
    var system: [SessionTalk.Message] = []
    let sent = chat?.messages ?? []
    messages.reserveCapacity(sent.count)
    // By index: iterating would copy each message.
    for place in sent.indices {
      guard let read = known(sent[place].number) ?? read(sent[place]) else { continue }
      if read.role == .system { system.append(read) } else { messages.append(read) }
    }
    return SessionTalk.Sent(
      spanIndex: spanIndex, model: meaning.model,
      instructions: sent.firstIndex { $0.role == .system }.flatMap { sent[$0].text },
      tools: meaning.offeredTools.map(\.name), messages: chat == nil ? nil : messages, system: system)
  }

  /// The message of a number, where it was read before.
  private func known(_ number: Int?) -> SessionTalk.Message? {
    // Numbers are given in order, those of messages in a dropped part of the payload too.
    number.flatMap { $0 < known.count ? known[$0] : nil }
  }

  private mutating func read(_ message: ChatMessage) -> SessionTalk.Message? {
    guard message.role != .tool, let text = message.text, let key = WordsKey.of(text) else { return nil }
    guard [.user, .assistant, .system].contains(message.role) else { return nil }
    let read = SessionTalk.Message(role: message.role, key: key, text: text)
    if let number = message.number {
      while known.count <= number { known.append(nil) }
      known[number] = read
    }
    return read
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
      switch range.count {
      case 1: "\(range.lowerBound)"
      case 2: "\(range.lowerBound), \(range.upperBound)"
      default: "\(range.lowerBound)–\(range.upperBound)"
      }
    }
    return shown.joined(separator: ", ") + (ranges.count > most ? ", …" : "")
  }

  /// `turn 3`, `turns 1–3`.
  static func words(_ numbers: [Int]) -> String { "turn\(numbers.count == 1 ? "" : "s") \(text(numbers))" }
}
