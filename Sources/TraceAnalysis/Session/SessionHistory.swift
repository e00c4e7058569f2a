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
    /// Places of earlier turns whose messages stand behind those of later ones, each with a place that they stand behind.
    var moved: [(place: Int, behind: Int)] = []
    /// Bytes of the messages that were moved.
    var movedBytes = 0
    /// Messages that nobody said in a turn: instructions, examples, summaries.
    var others: [SessionTalk.Message] = []
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
      said.add(turn.asked, turn.askedKey, role: .user, place)
      defer { said.add(turn.answered, turn.answeredKey, role: .assistant, place) }
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
    /// Places of the turns that said some words, by the words' number.
    private(set) var places: [[Int]] = []
    private var numbers = KeyTable(bits: 6)

    private static func words(_ role: ChatMessage.Role, _ key: UInt64) -> UInt64 { role == .user ? key : ~key }

    /// The number of a message's words; nil for what nobody said in a turn.
    func number(_ role: ChatMessage.Role, _ key: UInt64) -> Int? { numbers[Self.words(role, key)] }

    /// The beginnings of long texts, by role and their first bytes: what is shorter than the text may be its beginning.
    private var long: [Beginning: [(words: String, place: Int)]] = [:]
    /// Messages of models without punctuation, by their words.
    private var normalized: [UInt64: String] = [:]

    private struct Beginning: Hashable {
      var role: ChatMessage.Role
      var bytes: String
    }

    mutating func add(_ text: String, _ key: UInt64?, role: ChatMessage.Role, _ place: Int) {
      guard let key else { return }
      if let known = numbers.add(Self.words(role, key), places.count) {
        places[known].append(place)
      } else {
        places.append([place])
      }
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
    var earlier: [Int] = []
    var known: [(words: Int, bytes: Int)] = []
    var unknown: [SessionTalk.Message] = []
    /// What stands where in the conversation, as far as it was said once: question and answer of each turn, in order.
    var order: [(place: Int, bytes: Int)] = []
    for message in messages {
      let size = message.text.utf8.count
      result.bytes += size
      guard let words = said.number(message.role, message.key) else {
        unknown.append(message)
        continue
      }
      known.append((words, size))
      let first = said.places[words][0]
      if first < place, said.places[words].count == 1 {
        order.append((first * 2 + (message.role == .user ? 0 : 1), size))
      }
    }
    known.sort { $0.words < $1.words }
    var rest = known[...]
    while let words = rest.first?.words {
      let same = rest.prefix { $0.words == words }
      rest = rest.dropFirst(same.count)
      // Of a question that was asked several times those asked last are the likeliest.
      for other in said.places[words].suffix(same.count) {
        if other == place { result.hasQuestion = true } else { earlier.append(other) }
      }
      if said.places[words].last != place || same.count > 1 { result.earlierBytes += same.reduce(0) { $0 + $1.bytes } }
    }
    result.addMoved(order)
    let asked = unknown.isEmpty ? "" : StepText.normalized(turn.asked.prefix(200))
    for message in unknown.suffix(mostUnknown) {
      let words = said.words(of: message)
      if message.role == .user, !asked.isEmpty, words.contains(asked) {
        // The question within a prompt.
        result.hasQuestion = true
      } else if let whole = said.longer(than: words, message.role) {
        result.shortened.append(whole)
        earlier.append(whole)
      } else if message.role != .user {
        result.others.append(message)
      } else {
        result.unknown += 1
        result.others.append(message)
      }
    }
    result.others += turn.sent?.system ?? []
    earlier.sort()
    result.earlier = earlier.indices.filter { earlier[$0] < place && ($0 == 0 || earlier[$0 - 1] != earlier[$0]) }
      .map { earlier[$0] }
    result.shortened = Set(result.shortened).filter { $0 < place }.sorted()
    return result
  }
}

extension SessionHistory.Carried {
  /// Tells which messages do not stand in the order in which they were said: all but the longest run that does.
  fileprivate mutating func addMoved(_ order: [(place: Int, bytes: Int)]) {
    // Most chats are sent as they were led.
    guard zip(order, order.dropFirst()).contains(where: { $0.place >= $1.place }) else { return }
    var seen: Set<Int> = []
    let order = order.filter { seen.insert($0.place).inserted }
    guard zip(order, order.dropFirst()).contains(where: { $0.place > $1.place }) else { return }
    // Patience: the last of each run length, and the way back from it.
    var ends: [Int] = []
    var before = [Int?](repeating: nil, count: order.count)
    for (index, message) in order.enumerated() {
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if order[ends[middle]].place < message.place { low = middle + 1 } else { high = middle }
      }
      before[index] = low > 0 ? ends[low - 1] : nil
      if low == ends.count { ends.append(index) } else { ends[low] = index }
    }
    var kept: Set<Int> = []
    var next = ends.last
    while let index = next {
      kept.insert(index)
      next = before[index]
    }
    for index in order.indices where !kept.contains(index) {
      movedBytes += order[index].bytes
      let turn = order[index].place / 2
      // A few tell what is meant; each of them is looked for.
      guard moved.last?.place != turn, moved.count < 8 else { continue }
      let others = order[..<index].filter { $0.place > order[index].place }
      let later = order[index...].filter { $0.place < order[index].place }
      // It stands behind a later one, or before an earlier one.
      guard let beside = others.last?.place ?? later.first?.place, beside / 2 != turn else { continue }
      moved.append((turn, beside / 2))
    }
  }
}

/// Recognises a text by its words: capitals, punctuation and blanks do not count.
enum WordsKey {
  /// Longer texts are recognised by their beginning.
  private static let longest = 600

  /// The key; nil for a text without a word.
  static func of(_ text: String) -> UInt64? {
    var hash = FNV1a()
    var isBetween = true
    var count = 0
    for byte in text.utf8.prefix(longest) {
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      let lowered = isUpper ? byte | 0x20 : byte
      let isLetter = lowered >= UInt8(ascii: "a") && lowered <= UInt8(ascii: "z")
      if isLetter || byte >= 0x80 || byte &- UInt8(ascii: "0") < 10 {
        if isBetween, count > 0 { hash.add(0x20) }
        hash.add(lowered)
        isBetween = false
        count += 1
      } else {
        isBetween = true
      }
    }
    return count == 0 ? nil : hash.value
  }
}
