import TraceModel
import TraceSemantics

/// What became of earlier turns in what models were sent: each message of a turn's model input is looked for among the
/// questions and answers before it.
struct SessionHistory: Sendable {
  /// What one turn's model was sent of the turns before.
  struct Carried: Sendable {
    /// Places of the turns whose question or answer it was sent, in order.
    var earlier: [Int] = []
    /// Places of turns of which it was sent the beginning only.
    var shortened: [Int] = []
    /// Messages of a user that no recorded turn has.
    var unknown = 0
    /// Whether the turn's own question is among them.
    var hasQuestion = false
    /// Bytes of all messages, and of those of earlier turns.
    var bytes = 0
    var earlierBytes = 0
  }

  /// By place; nil where no model was called with messages.
  let turns: [Carried?]
  /// Places of turns whose words others can be expected to carry: those that were answered.
  private let expected: [Int]
  /// Whether any turn's model was sent an earlier turn.
  let isCarried: Bool
  /// Places of the turns whose models were not sent all turns before them.
  let losing: [Int]

  init(_ talk: SessionTalk) {
    var said = Said()
    turns = talk.turns.enumerated().map { place, turn in
      said.add(turn.asked, role: .user, place)
      defer { said.add(turn.answered, role: .assistant, place) }
      return turn.sent?.messages.map { Self.carried($0, place, turn, &said) }
    }
    expected = talk.turns.indices.filter { talk.turns[$0].isAnswered }
    isCarried = turns.contains { $0.map { !$0.earlier.isEmpty } ?? false }
    var (losing, expectedBefore): ([Int], Int) = ([], 0)
    for (place, turn) in talk.turns.enumerated() {
      if isCarried, let carried = turns[place],
        carried.earlier.count(where: { talk.turns[$0].isAnswered }) < expectedBefore
      {
        losing.append(place)
      }
      if turn.isAnswered { expectedBefore += 1 }
    }
    self.losing = losing
  }

  /// Places of the turns before that a turn's model was not sent; nil where that cannot be told.
  func lost(at place: Int) -> [Int]? {
    guard isCarried, let carried = turns[place] else { return nil }
    var held = carried.earlier[...]
    // Both are in order.
    return expected.prefix { $0 < place }.filter { other in
      held = held.drop { $0 < other }
      return held.first != other
    }
  }

  /// Whether a turn's model was sent an earlier turn, by their places.
  func carries(_ other: Int, at place: Int) -> Bool {
    guard let earlier = turns[place]?.earlier else { return false }
    var (low, high) = (0, earlier.count)
    while low < high {
      let middle = (low + high) / 2
      if earlier[middle] < other { low = middle + 1 } else { high = middle }
    }
    return low < earlier.count && earlier[low] == other
  }

  // MARK: Reading

  /// What was said so far, by role and words.
  private struct Said {
    struct Words: Hashable {
      var role: ChatMessage.Role
      var key: UInt64
    }
    private(set) var places: [Words: [Int]] = [:]
    /// The beginnings of long texts, by role and their first bytes: what is shorter than the text may be its beginning.
    private var long: [Beginning: [(words: String, place: Int)]] = [:]
    /// Messages of models without punctuation, by their words.
    private var normalized: [UInt64: String] = [:]

    private struct Beginning: Hashable {
      var role: ChatMessage.Role
      var bytes: String
    }

    mutating func add(_ text: String, role: ChatMessage.Role, _ place: Int) {
      guard let key = WordsKey.of(text) else { return }
      places[Words(role: role, key: key), default: []].append(place)
      if text.utf8.count > SessionHistory.shortest {
        let words = StepText.normalized(String(decoding: text.utf8.prefix(600), as: UTF8.self))
        if let beginning = Self.beginning(role, words) { long[beginning, default: []].append((words, place)) }
      }
    }

    private static func beginning(_ role: ChatMessage.Role, _ words: String) -> Beginning? {
      guard words.utf8.count >= SessionHistory.shortest else { return nil }
      return Beginning(
        role: role, bytes: String(decoding: words.utf8.prefix(SessionHistory.shortest), as: UTF8.self))
    }

    /// The last turn that said something longer which begins like this.
    func longer(than words: String, _ role: ChatMessage.Role) -> Int? {
      guard let beginning = Self.beginning(role, words) else { return nil }
      return long[beginning]?.last { $0.words.utf8.starts(with: words.utf8) }?.place
    }

    /// The words of a message, worked out once however often it is sent.
    mutating func words(of message: SessionTalk.Message) -> String {
      if let known = normalized[message.key] { return known }
      let words = StepText.normalized(String(decoding: message.text.utf8.prefix(12_000), as: UTF8.self))
      normalized[message.key] = words
      return words
    }
  }

  /// A shorter message may begin like another by chance.
  private static let shortest = 60
  /// So many messages that no turn has are looked at.
  private static let mostUnknown = 40

  private static func carried(
    _ messages: [SessionTalk.Message], _ place: Int, _ turn: SessionTalk.Turn, _ said: inout Said
  ) -> Carried {
    var result = Carried()
    var earlier: Set<Int> = []
    var counts: [Said.Words: (count: Int, bytes: Int)] = [:]
    var unknown: [SessionTalk.Message] = []
    for message in messages {
      let words = Said.Words(role: message.role, key: message.key)
      let size = message.text.utf8.count
      result.bytes += size
      if said.places[words] == nil {
        unknown.append(message)
      } else {
        counts[words, default: (0, 0)].count += 1
        counts[words, default: (0, 0)].bytes += size
      }
    }
    for (words, found) in counts {
      // Of a question that was asked several times those asked last are the likeliest.
      for other in (said.places[words] ?? []).suffix(found.count) {
        if other == place { result.hasQuestion = true } else { earlier.insert(other) }
      }
      if said.places[words]?.last != place || found.count > 1 { result.earlierBytes += found.bytes }
    }
    let asked = unknown.isEmpty ? "" : StepText.normalized(turn.asked.prefix(200))
    for message in unknown.suffix(mostUnknown) {
      let words = said.words(of: message)
      if message.role == .user, !asked.isEmpty, words.contains(asked) {
        // The question within a prompt.
        result.hasQuestion = true
      } else if let whole = said.longer(than: words, message.role) {
        result.shortened.append(whole)
        earlier.insert(whole)
      } else if message.role == .user {
        result.unknown += 1
      }
    }
    result.earlier = earlier.filter { $0 < place }.sorted()
    result.shortened = Set(result.shortened).filter { $0 < place }.sorted()
    return result
  }
}

/// Recognises a text by its words: capitals, punctuation and blanks do not count.
enum WordsKey {
  /// Longer texts are recognised by their beginning.
  private static let longest = 600

  /// The key; nil for a text without a word.
  static func of(_ text: String) -> UInt64? {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var isBetween = true
    var count = 0
    for byte in text.utf8.prefix(longest) {
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      let lowered = isUpper ? byte | 0x20 : byte
      let isLetter = lowered >= UInt8(ascii: "a") && lowered <= UInt8(ascii: "z")
      if isLetter || byte >= 0x80 || byte &- UInt8(ascii: "0") < 10 {
        if isBetween, count > 0 { hash = (hash ^ 0x20) &* 0x100_0000_01B3 }
        hash = (hash ^ UInt64(lowered)) &* 0x100_0000_01B3
        isBetween = false
        count += 1
      } else {
        isBetween = true
      }
    }
    return count == 0 ? nil : hash
  }
}
