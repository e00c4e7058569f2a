import JSONText
import TraceModel
import TraceSemantics

/// Which values an answer brought into a conversation, and which later turns repeat them: a wrong one is worse where it
/// spreads, and the turn it comes from is the one to mend.
public struct SessionSpread: Sendable {
  /// A value's way through a conversation.
  public struct Trail: Sendable {
    /// The values, as the answer wrote them.
    public var values: [String]
    /// The turns that repeat one of them, by number.
    public var turns: [Int]
  }

  private let turns: [SessionTalk.Turn]
  /// What each answer was first to say.
  private let brought: [[NotedValue]]
  /// What is said in each turn, by key.
  private let said: [Set<UInt64>]

  /// Of what a tool was called with only the beginning is read.
  private static let longest = 8_000

  /// Follows what was asked and answered.
  init(_ talk: SessionTalk) {
    turns = talk.turns
    var known: Set<UInt64> = []
    var brought: [[NotedValue]] = []
    var said: [Set<UInt64>] = []
    for turn in turns {
      let (asked, answered) = (turn.askedValues, turn.answeredValues)
      // A user may have said the same number of something else long before; in this question it is theirs.
      let own = Set(asked.map(\.token.key))
      brought.append(
        answered.filter { !known.contains($0.token.key) && !own.contains($0.token.key) && $0.isTelling })
      let keys = Set(answered.map(\.token.key))
      known.formUnion(keys)
      said.append(keys.union(own).union(Self.passedOn(turn.facts)))
    }
    (self.brought, self.said) = (brought, said)
  }

  /// What tools were called with: a value may be worked with and not be said.
  private static func passedOn(_ facts: TraceFacts) -> Set<UInt64> {
    var keys: Set<UInt64> = []
    for use in facts.toolUses {
      guard let arguments = use.arguments else { continue }
      ValueText.scan(arguments.rawBytes.prefix(longest)) { keys.insert($0.key) }
    }
    return keys
  }

  /// What a finding's step gave back, the answer of its turn was first to say, and later turns repeat; nil when nothing.
  public func trail(of finding: Finding, in turn: SessionFacts.Turn) -> Trail? {
    let place = turn.number - 1
    guard brought.indices.contains(place) else { return nil }
    var candidates = brought[place]
    if let index = finding.spanIndex {
      var held: Set<UInt64> = []
      ValueText.scan(turn.facts.rawOutputs(index)) { held.insert($0.key) }
      candidates = candidates.filter { held.contains($0.token.key) }
    }
    guard !candidates.isEmpty else { return nil }
    let keys = Set(candidates.map(\.token.key))
    let later = turns.indices.dropFirst(place + 1).filter { !said[$0].isDisjoint(with: keys) }
    guard !later.isEmpty else { return nil }
    let spread = later.reduce(into: Set<UInt64>()) { $0.formUnion(said[$1]) }
    return Trail(
      values: candidates.filter { spread.contains($0.token.key) }.map(\.words), turns: later.map { turns[$0].number })
  }
}
