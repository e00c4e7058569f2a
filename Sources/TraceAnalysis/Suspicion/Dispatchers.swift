import TraceModel

/// Speakers that hand out work, whatever they are called: who goes on is whom they named, or they keep account of the work, and
/// what the others do comes right behind them.
struct Dispatchers {
  /// A dispatcher hands out work at least so often, where others speak to it, too, more often; so many parts in a hundred of
  /// what others do come behind it; and so many in a hundred of its own steps keep account.
  private static let (fewestTurns, fewestAmongTalkers, share, ledgerShare) = (2, 3, 60, 25)
  /// Whom it hands over to is named early, or in an account.
  private static let opening = 400
  /// Shorter names stand in words by chance.
  private static let shortestName = 3

  private let names: Set<String>

  /// What one speaker says before another goes on.
  private struct Turn {
    var name: String
    var steps: Range<Int>
  }

  /// - Parameter steps: In their order, with roles by what each is alone.
  init(_ steps: [Step], _ speakers: Speakers) {
    func name(_ place: Int) -> String { speakers[steps[place].spanIndex] }
    // Tools answer whoever called them, and are nobody's turn.
    var turns: [Turn] = []
    for place in steps.indices where !steps[place].isOutcome {
      if let last = turns.last, last.name == name(place) {
        turns[turns.count - 1].steps = last.steps.lowerBound..<(place + 1)
      } else {
        turns.append(Turn(name: name(place), steps: place..<(place + 1)))
      }
    }
    let speaking = Set(turns.map(\.name))
    guard speaking.count > 1 else {
      names = []
      return
    }
    names = speaking.filter { Self.isDispatcher($0, turns, steps) }
  }

  /// Whether a speaker of this name hands out work.
  func hold(_ name: String) -> Bool { names.contains(name) }

  private static func isDispatcher(_ name: String, _ turns: [Turn], _ steps: [Step]) -> Bool {
    var (others, behind, named, isNamed) = (0, 0, 0, 0)
    var addressed: Set<String> = []
    for (place, turn) in turns.enumerated() where turn.name != name {
      others += 1
      if place + 1 < turns.count, turns[place + 1].name == name, names(turns[place], name, steps) { isNamed += 1 }
      guard place > 0, turns[place - 1].name == name else { continue }
      behind += 1
      guard names(turns[place - 1], turn.name, steps) else { continue }
      named += 1
      addressed.insert(turn.name)
    }
    guard behind * 100 >= others * share else { return false }
    // Who is named in return talks with the other.
    if named >= (isNamed == 0 ? fewestTurns : fewestAmongTalkers), named * 100 >= behind * share,
      addressed.count > 1 || isNamed * 2 < named
    {
      return true
    }
    let own = turns.filter { $0.name == name }.flatMap { Array($0.steps) }.filter { !steps[$0].isOutcome }
    return behind > 0 && own.count { steps[$0].isLedger } * 100 >= own.count * ledgerShare
  }

  /// Whether what is said in a turn names somebody.
  private static func names(_ turn: Turn, _ other: String, _ steps: [Step]) -> Bool {
    guard other.utf8.count >= shortestName else { return false }
    return turn.steps.contains { place in
      !steps[place].isOutcome
        && (steps[place].isLedger ? steps[place].text[...] : steps[place].text.prefix(opening)).contains(other)
    }
  }
}
