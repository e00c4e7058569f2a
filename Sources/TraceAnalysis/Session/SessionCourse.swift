import JSONText
import TraceModel
import TraceSemantics

/// How a session went, without opinion: what changed on the way, what grew, what became of its history, whether it is whole.
public struct SessionCourse: Sendable {
  /// One thing to know.
  public struct Statement: Sendable, Hashable {
    /// What kind, in `snake_case`.
    public var kind: String
    /// The turns it is about, by number.
    public var turns: [Int]
    /// In words.
    public var words: String

    /// A statement from its parts.
    public init(kind: String, turns: [Int], words: String) {
      self.kind = kind
      self.turns = turns
      self.words = words
    }
  }

  /// What there is to know, in this order: completeness, changes, history, growth.
  public let statements: [Statement]

  /// Finds them out.
  public init(_ reading: SessionReading) {
    let turns = reading.talk.turns
    statements =
      Self.completeness(turns, reading) + Self.changes(turns) + Self.history(reading)
      + Self.growth(reading)
  }

  /// The setup changes that begin with a turn, in words, by the turn's number.
  public var changes: [Int: String] {
    var result: [Int: String] = [:]
    for statement in statements where statement.kind.hasSuffix("_changed") {
      for turn in statement.turns { result[turn] = String(statement.kind.dropLast("_changed".count)) }
    }
    return result
  }

  // MARK: Completeness

  private static let hour: Int64 = 3_600_000

  private static func completeness(_ turns: [SessionTalk.Turn], _ reading: SessionReading) -> [Statement] {
    let history = reading.history
    var found: [Statement] = []
    func add(_ kind: String, _ places: [Int], _ words: (String) -> String) {
      guard !places.isEmpty else { return }
      let numbers = places.map { turns[$0].number }
      found.append(Statement(kind: kind, turns: numbers, words: words(TurnRanges.words(numbers))))
    }
    let infos = turns.map(\.facts.trace.info)
    add("unfinished", turns.indices.filter { infos[$0].state == .inProgress }) {
      "\($0): never finished, or not yet: what they did last may be missing"
    }
    add(
      "overlap",
      turns.indices.dropFirst().filter { place in
        let end = infos[place - 1].executionDurationMs.map {
          infos[place - 1].requestTime.milliseconds.addingSaturating($0)
        }
        return end.map { infos[place].requestTime.milliseconds < $0 } ?? false
      }
    ) { "\($0): began before the turn before had ended" }
    let gapsBefore = reading.session.turns.map(\.gapMs)
    let gaps = gapsBefore.compactMap(\.self).sorted()
    if let median = gaps.isEmpty ? nil : gaps[gaps.count / 2] {
      for place in turns.indices.dropFirst() {
        guard let gap = gapsBefore[place], gap > hour, gap / 10 > median else { continue }
        add("pause", [place]) { "\($0) began \(Durations.words(milliseconds: gap)) after the turn before" }
      }
    }
    func unknownCount(_ place: Int) -> Int {
      (history.turns[place]?.unknown ?? 0) - (reading.summaries.byPlace[place]?.role == .user ? 1 : 0)
    }
    let unknown = turns.indices.filter { unknownCount($0) > 0 }
    if let first = unknown.first, case let count = unknownCount(first), history.isCarried {
      add("missing_turns", unknown) {
        "\($0): models were sent messages of a user that no turn here has (\(count) in turn \(turns[first].number)): "
          + "turns that were not recorded under this id, or examples in the prompt"
      }
    }
    let threads = threads(history)
    if threads.count == 2 {
      let words = threads.map { TurnRanges.words($0.map { turns[$0].number }) }
      add("two_conversations", threads[1]) { _ in
        "two conversations under one id: models of \(words[0]) and of \(words[1]) were sent only each other's messages"
      }
    }
    return found
  }

  /// Turns that carry each other, where there are two such groups that interleave.
  private static func threads(_ history: SessionHistory) -> [[Int]] {
    var group: [Int: Int] = [:]
    var groups: [[Int]] = []
    for (place, carried) in history.turns.enumerated() {
      guard let carried else { continue }
      if let last = carried.earlier.last, let known = group[last] {
        group[place] = known
        groups[known].append(place)
      } else {
        group[place] = groups.count
        groups.append([place])
      }
    }
    let long = groups.filter { $0.count >= 2 }
    guard long.count == 2, long.count == groups.count, let end = long[0].last, let start = long[1].first, start < end
    else { return [] }
    return long
  }

  // MARK: Changes

  private static func changes(_ turns: [SessionTalk.Turn]) -> [Statement] {
    let called = turns.filter { $0.sent != nil }
    var found: [Statement] = []
    func add(
      _ kind: String, _ turns: [SessionTalk.Turn], _ value: (SessionTalk.Turn) -> String?,
      _ words: ([(first: Int, value: String)]) -> String
    ) {
      var runs: [(first: Int, value: String)] = []
      for turn in turns {
        guard let value = value(turn), runs.last?.value != value else { continue }
        runs.append((turn.number, value))
      }
      // What is another in nearly every turn is no change on the way: prompts hold dates, routers choose models.
      guard runs.count > 1, runs.count <= mostRuns, runs.count * 2 <= turns.count else { return }
      found.append(Statement(kind: kind, turns: runs.dropFirst().map(\.first), words: words(runs)))
    }
    func list(_ runs: [(first: Int, value: String)]) -> String {
      runs.map { "\($0.value) from turn \($0.first)" }.joined(separator: ", ")
    }
    add("recording_changed", turns, { place(of: $0.facts.turn.input) }) {
      "turns are recorded in another way: \(list($0))"
    }
    add("model_changed", called, { $0.sent?.model }) { "the model changes: \(list($0))" }
    add(
      "prompt_changed", called,
      { $0.sent?.instructions }
    ) { runs in
      "the system prompt changes in \(TurnRanges.words(runs.dropFirst().map(\.first))): "
        + runs.map { "\($0.value.utf8.count) bytes" }.joined(separator: ", then ")
    }
    add(
      "tools_changed", called,
      { turn in
        let names = turn.sent?.tools ?? []
        return names.isEmpty ? nil : names.sorted().joined(separator: ", ")
      }
    ) { runs in
      zip(runs, runs.dropFirst()).map { before, after in
        let (old, new) = (Set(before.value.split(separator: ", ")), Set(after.value.split(separator: ", ")))
        let less = old.subtracting(new).sorted().prefix(4).joined(separator: ", ")
        let more = new.subtracting(old).sorted().prefix(4).joined(separator: ", ")
        let parts = [less.isEmpty ? nil : "without \(less)", more.isEmpty ? nil : "with \(more)"].compactMap { $0 }
        return "the tools offered change from turn \(after.first) on: " + parts.joined(separator: ", ")
      }.joined(separator: "; ")
    }
    return found
  }

  private static let mostRuns = 4

  /// Where the question stands; which message of several it is, does not matter.
  private static func place(of side: TurnReading.Side?) -> String? {
    guard let side else { return nil }
    let steps = (side.gist?.path.steps ?? []).filter { Int($0) == nil }
    return ([side.field.key] + steps).joined(separator: "/")
  }

  // MARK: History and growth

  private static func history(_ reading: SessionReading) -> [Statement] {
    let (turns, history) = (reading.talk.turns, reading.history)
    let known = turns.indices.dropFirst().filter { history.turns[$0] != nil }
    guard !known.isEmpty else { return [] }
    guard history.isCarried else {
      return [
        Statement(
          kind: "no_history", turns: known.map { turns[$0].number },
          words: "no model was sent the words of an earlier turn")
      ]
    }
    var found: [Statement] = []
    let losing = history.losing
    if let first = losing.first, let last = losing.last, let lost = history.lost(at: first),
      let atLast = history.lost(at: last)
    {
      let bytes = lost.reduce(0) { $0 + turns[$1].asked.utf8.count + turns[$1].answered.utf8.count }
      var words =
        "\(TurnRanges.words(losing.map { turns[$0].number })): models were not sent all turns before; turn "
        + "\(turns[first].number) lacks \(TurnRanges.text(lost.map { turns[$0].number })) (about \(max(1, bytes / 4)) tokens)"
      if last != first { words += ", turn \(turns[last].number) \(atLast.count) of \(turns[last].number - 1)" }
      found.append(Statement(kind: "history_lost", turns: losing.map { turns[$0].number }, words: words))
    }
    found += summarised(reading) + reordered(turns, history)
    let shortened = turns.indices.filter { !(history.turns[$0]?.shortened.isEmpty ?? true) }
    if let first = shortened.first, let which = history.turns[first]?.shortened {
      found.append(
        Statement(
          kind: "history_shortened", turns: shortened.map { turns[$0].number },
          words:
            "\(TurnRanges.words(shortened.map { turns[$0].number })): models were sent only the beginning of earlier "
            + "messages (turn \(turns[first].number): of \(TurnRanges.words(which.map { turns[$0].number })))"))
    }
    return found
  }

  private static func summarised(_ reading: SessionReading) -> [Statement] {
    let turns = reading.talk.turns
    let places = reading.summaries.byPlace.keys.sorted()
    guard let first = places.first, let summary = reading.summaries.byPlace[first] else { return [] }
    let bytes = summary.turns.reduce(0) { $0 + turns[$1].asked.utf8.count + turns[$1].answered.utf8.count }
    return [
      Statement(
        kind: "history_summarised", turns: places.map { turns[$0].number },
        words:
          "\(TurnRanges.words(places.map { turns[$0].number })): a message stands in place of earlier turns (turn "
          + "\(turns[first].number): one of role \(summary.role.rawValue), about \(max(1, summary.bytes / 4)) tokens for "
          + "\(TurnRanges.words(summary.turns.map { turns[$0].number })), which were about \(max(1, bytes / 4)))")
    ]
  }

  private static func reordered(_ turns: [SessionTalk.Turn], _ history: SessionHistory) -> [Statement] {
    let places = turns.indices.filter { !(history.turns[$0]?.moved.isEmpty ?? true) }
    guard let first = places.first, let carried = history.turns[first], let moved = carried.moved.first else {
      return []
    }
    let side = moved.place < moved.behind ? "behind" : "before"
    return [
      Statement(
        kind: "history_reordered", turns: places.map { turns[$0].number },
        words:
          "\(TurnRanges.words(places.map { turns[$0].number })): models were sent earlier messages in another order (turn "
          + "\(turns[first].number): turn \(turns[moved.place].number) \(side) turn \(turns[moved.behind].number)"
          + (carried.moved.count > 1 ? ", and others" : "") + "; about \(max(1, carried.movedBytes / 4)) tokens moved)")
    ]
  }

  private static func growth(_ reading: SessionReading) -> [Statement] {
    let turns = reading.talk.turns
    var found: [Statement] = []
    let tokens = turns.compactMap { turn in turn.facts.recordedTokenUsage?.input.map { (turn.number, $0) } }
    if let first = tokens.first, let last = tokens.last, last.1 >= 1_000, last.1 / 4 >= max(1, first.1) {
      var words = "input tokens grow from \(first.1) (turn \(first.0)) to \(last.1) (turn \(last.0))"
      if let carried = reading.history.turns[last.0 - 1], carried.bytes > 0 {
        words +=
          "; \(carried.earlierBytes * 100 / carried.bytes) % of the messages sent in turn \(last.0) are earlier turns"
      }
      found.append(Statement(kind: "tokens_grow", turns: [last.0], words: words))
    }
    let durations = turns.compactMap { turn in turn.facts.trace.info.executionDurationMs.map { (turn.number, $0) }
    }
    let sorted = durations.map(\.1).sorted()
    guard sorted.count >= 4 else { return found }
    let usual = sorted[sorted.count / 2]
    let slow = durations.filter { $0.1 >= 2_000 && $0.1 / 4 >= usual }
    if let slowest = slow.max(by: { $0.1 < $1.1 }) {
      found.append(
        Statement(
          kind: "slow_turns", turns: slow.map(\.0),
          words: "slow: \(TurnRanges.words(slow.map(\.0))) (up to \(Durations.words(milliseconds: slowest.1)), median "
            + "\(Durations.words(milliseconds: usual)))"))
    }
    let third = durations.count / 3
    guard third >= 3 else { return found }
    func median(_ part: some Sequence<(Int, Int64)>) -> Int64 {
      let sorted = part.map(\.1).sorted()
      return sorted[sorted.count / 2]
    }
    let (early, late) = (median(durations.prefix(third)), median(durations.suffix(third)))
    if late >= 1_000, late / 2 >= max(1, early) {
      found.append(
        Statement(
          kind: "slower", turns: durations.suffix(third).map(\.0),
          words: "turns become slower: median \(Durations.words(milliseconds: early)) in the first third, "
            + "\(Durations.words(milliseconds: late)) in the last"))
    }
    return found
  }
}

/// Times in sentences.
enum Durations {
  /// `40 ms`, `3.2 s`, `5 min`, `26 h`.
  static func words(milliseconds: Int64) -> String {
    switch milliseconds {
    case ..<1_000: "\(milliseconds) ms"
    case ..<120_000: "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    case ..<7_200_000: "\(milliseconds / 60_000) min"
    default: "\(milliseconds / 3_600_000) h"
    }
  }
}
