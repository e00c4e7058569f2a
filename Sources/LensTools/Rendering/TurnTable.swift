import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// The turns of a session, a line each: suspects at length, runs of quiet turns in one line where there are too many.
struct TurnTable {
  let session: SessionFacts
  let diagnosis: SessionDiagnosis
  let excerpter: Excerpter
  /// Bytes of the whole answer: where the lines of all turns would not fit, quiet ones are folded.
  let room: Int

  /// Fewer quiet turns in a row are shown each.
  private static let fewestFolded = 3
  /// Bytes of an answer that are not lines of turns.
  private static let besides = 1_800

  func items(_ turns: [SessionFacts.Turn]) -> [Answer.Item] {
    let places = Dictionary(
      session.suspicions.prefix(SessionDiagnosis.mostSuspects).enumerated().map { ($1.turn, $0) },
      uniquingKeysWith: { first, _ in first })
    let found = Set(diagnosis.findings.map(\.turn.number)).union(diagnosis.repeating)
    let changes = diagnosis.course.changes
    let lines = turns.map { turn in
      line(turn, suspect: places[turn.number], isFound: found.contains(turn.number), change: changes[turn.number])
    }
    var shorts: [String] = []
    var size = 0
    // Of a long session not even the short forms of all turns are made.
    while shorts.count < lines.count, size <= room - Self.besides {
      shorts.append(short(lines[shorts.count]))
      size += shorts[shorts.count - 1].utf8.count + 1
    }
    func item(_ place: Int) -> Answer.Item {
      self.item(lines[place], short: place < shorts.count ? shorts[place] : short(lines[place]))
    }
    guard size > room - Self.besides else { return lines.indices.map(item) }
    var items: [Answer.Item] = []
    var quiet: [Int] = []
    func fold() {
      if quiet.count < Self.fewestFolded {
        items += quiet.map(item)
      } else {
        items.append(folded(quiet.map { turns[$0] }))
      }
      quiet = []
    }
    for (place, line) in lines.enumerated() {
      // The turns beside one that stands out are part of its story.
      let isBeside = [place - 1, place + 1].contains { lines.indices.contains($0) && lines[$0].isTold }
      if line.isTold || isBeside || place == 0 || place == lines.count - 1 {
        fold()
        items.append(item(place))
      } else {
        quiet.append(place)
      }
    }
    fold()
    return items
  }

  /// What is known of a turn before words are made of it.
  private struct Line {
    var turn: SessionFacts.Turn
    var short: TurnText.Lengths
    var full: TurnText.Lengths
    var rank: Int
    var change: String?
    /// Whether there is a reason to look at the turn.
    var isTold: Bool
  }

  private func line(_ turn: SessionFacts.Turn, suspect place: Int?, isFound: Bool, change: String?) -> Line {
    let isUsual = room <= OutputOptions.usualMaxChars
    let isSuspect = place.map { isLongLine($0) } ?? false
    // Of a chat that nobody has ranked a turn is its question and its answer.
    let brief = TurnText.Lengths(asked: 60, call: 0, result: 0, answered: 60, calls: 0)
    let plain = TurnText.Lengths(asked: 400, call: 0, result: 0, answered: 400, calls: 0)
    let lengths: (short: TurnText.Lengths, full: TurnText.Lengths) =
      isSuspect ? (.suspect, .whole) : (brief, session.suspicions.isEmpty ? plain : isUsual ? .other : .whole)
    let isTold = isFound || turn.facts.trace.info.state != .ok || change != nil
    let isEdge = turn.number == 1 || turn.number == session.turns.count
    let rank =
      isSuspect ? 4 + (place ?? 0) / 2 : isTold ? 2 : isEdge ? 5 : turn.assessments.isEmpty ? 10 : 6
    return Line(
      turn: turn, short: lengths.short, full: lengths.full, rank: rank, change: change,
      isTold: isSuspect || isTold || !turn.assessments.isEmpty)
  }

  private func short(_ line: Line) -> String {
    "\(head(line)) \(TurnText(turn: line.turn, excerpter: excerpter).line(line.short))"
  }

  private func head(_ line: Line) -> String {
    let info = line.turn.facts.trace.info
    let start = session.turns.first?.facts.trace.info.requestTime.nanoseconds ?? 0
    var head = "T\(line.turn.number) +\(Units.duration(info.requestTime.nanoseconds.subtractingSaturating(start)))"
    head += " \(Units.duration(milliseconds: info.executionDurationMs))"
    if let usage = line.turn.tokenUsage { head += " \(Units.tokens(usage))" }
    if info.state != .ok { head += " \(info.state.rawValue)" }
    // Eight digits of the id are enough to call for it, and a session has many turns.
    head += " \(info.id.rawValue.prefix(11))"
    if let change = line.change { head += " <new \(change)>" }
    let marks = marks(line.turn)
    if !marks.isEmpty { head += " {\(marks.joined(separator: ", "))}" }
    return head
  }

  /// What its assessments say, in a few words each.
  private func marks(_ turn: SessionFacts.Turn) -> [String] {
    guard !turn.assessments.isEmpty else { return [] }
    let judged = AssessmentList(turn.facts.trace.info.assessments, trace: turn.facts.trace, excerpter: excerpter)
    return turn.assessments.prefix(4).map { judged.brief($0, limit: 48) }
  }

  private func item(_ line: Line, short: String) -> Answer.Item {
    let (turn, info, marks) = (line.turn, line.turn.facts.trace.info, marks(line.turn))
    let text = TurnText(turn: turn, excerpter: excerpter)
    return Answer.Item(
      short: short, full: "\(head(line)) \(text.line(line.full))",
      json: .object(present: [
        "turn": .int(Int64(turn.number)), "trace_id": .string(info.id.rawValue), "state": .string(info.state.rawValue),
        "request_time": .string(info.requestTime.rfc3339), "gap_ms": turn.gapMs.map { .int($0) },
        "execution_duration_ms": info.executionDurationMs.map { .int($0) }, "tokens": turn.tokenUsage.map(Units.json),
        "findings": .int(Int64(turn.findings.count)), "changed": line.change.map { .string($0) },
        "assessments": marks.isEmpty ? nil : .array(marks.map { .string($0) }),
        "input": text.words(turn.facts.turn.input, 200).map { .string($0) },
        "output": text.words(turn.facts.turn.output, 200).map { .string($0) },
      ]), rank: line.rank)
  }

  /// In a long session only what a reason speaks for is shown at length.
  private func isLongLine(_ place: Int) -> Bool {
    session.turns.count <= 12 || !session.suspicions[place].reasons.isEmpty
  }

  /// A run of turns about which there is nothing to say.
  private func folded(_ turns: [SessionFacts.Turn]) -> Answer.Item {
    let (first, last) = (turns[0], turns[turns.count - 1])
    let durations = turns.compactMap(\.facts.trace.info.executionDurationMs).sorted()
    let tokens = turns.compactMap { $0.tokenUsage?.total }.reduce(Int64(0)) { $0.addingSaturating($1) }
    var line = "T\(first.number)–T\(last.number) \(turns.count) quiet turns"
    if let shortest = durations.first, let longest = durations.last {
      line += ", \(Units.duration(milliseconds: shortest))"
      if longest != shortest { line += "–\(Units.duration(milliseconds: longest))" }
    }
    if tokens > 0 { line += ", \(Units.count(tokens)) tok" }
    let asked = [first, last].map { TurnText(turn: $0, excerpter: excerpter).words($0.facts.turn.input, 40) ?? "" }
    line += ": \"\(asked[0])\" … \"\(asked[1])\""
    return Answer.Item(
      short: line, full: nil,
      json: .object(present: [
        "turns": .string("\(first.number)-\(last.number)"), "quiet": .int(Int64(turns.count)),
        "tokens": .int(tokens), "shortest_ms": durations.first.map { .int($0) },
        "longest_ms": durations.last.map { .int($0) },
      ]), rank: 3)
  }
}
