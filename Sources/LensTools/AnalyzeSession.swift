import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceSemantics

/// A chat turn by turn: what was asked and answered, what failed, what was judged.
struct AnalyzeSession: ParameterizedTool {
  static let name = "analyze_session"
  static let title = "Analyze session"
  static let summary = """
    Shows a whole conversation: findings across the turns; one line a turn with time, tokens, state, assessments, \
    question and answer. The cause of a complaint is often in an earlier turn: read back to where the wrong value first \
    appears.
    """

  @Parameter("Session (chat) id.", isPositional: true)
  var sessionID: String
  @Parameter("Experiment ids or names, comma separated. Default: the environment's, else all.")
  var experimentID: String?
  @Parameter("Only these turns: 3 or 3-8.")
  var turns: String?
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let experiments = try await context.experiments(experimentID)
    let session = SessionFacts(id: sessionID, traces: try await context.session(sessionID, experiments: experiments))
    let range = try range(session.turns.count)
    let shown = session.turns.filter { range.contains($0.number) }
    var answer = Answer(title: Self.title(session, context), facts: Self.facts(session, context))
    answer.notes = Self.notes(session, experiments, context)
    if shown.count < session.turns.count {
      let part = "only turns \(range.lowerBound)–\(range.upperBound) and their findings are shown"
      answer.notes.append(Answer.Note(part, rank: 0))
    }

    let list = FindingList(excerpter: context.excerpter, style: context.style)
    let findings = SessionDiagnosis(session, turns: range).findings
    if !findings.isEmpty {
      answer.sections.append(
        Answer.Section(
          key: "findings", heading: "findings:",
          items: findings.enumerated().map { offset, entry in
            list.item(
              entry.finding, number: offset + 1, in: entry.turn.facts.trace, turn: entry.turn.number,
              rank: min(offset, 3))
          }, remedy: nil, noun: "finding"))
    }
    answer.sections.append(
      Answer.Section(
        key: "turns", heading: "turns: since start, duration, tokens, state, trace, asked → answered",
        items: shown.map { item($0, session, context) },
        remedy: NextCall(
          "analyze_session",
          [
            "session_id": .string(sessionID), "turns": .string("\(range.lowerBound)-\(range.upperBound)"),
            "max_chars": .int(Int64(min(200_000, output.maxChars * 4))),
          ]),
        noun: "turn"))
    let judged = AssessmentList(session.sessionAssessments, trace: nil, excerpter: context.excerpter)
    if let section = judged.section(key: "session_assessments", heading: "of the whole session", rank: 1) {
      answer.sections.append(section)
    }
    var failed = AssessmentList(session.scorerErrors, trace: nil, excerpter: context.excerpter)
    for turn in session.turns { failed.turns[turn.facts.trace.info.id] = turn.number }
    if let section = failed.section(key: "scorer_errors", heading: "scorer errors", rank: 5) {
      answer.sections.append(section)
    }
    let suspect = findings.first?.turn.number ?? session.turns.last?.number ?? 1
    answer.next = [NextCall("inspect_turn", ["session_id": .string(sessionID), "turn": .int(Int64(suspect))])]
    return answer.render(output, style: context.style)
  }

  /// `3`, `3-8`, `3-`; everything when absent.
  private func range(_ count: Int) throws(ToolError) -> ClosedRange<Int> {
    guard let turns, !turns.isEmpty else { return 1...max(1, count) }
    let parts = turns.split(separator: "-", omittingEmptySubsequences: false)
    let first = Int(parts[0])
    let last = parts.count == 2 ? parts[1].isEmpty ? count : Int(parts[1]) : first
    guard parts.count <= 2, let first, let last, first >= 1, first <= last, first <= count else {
      throw ToolError(
        .invalidArguments, "argument 'turns' is no range of turns: '\(turns.prefix(40))'",
        allowed: "Write 3 or 3-8; the session has turns 1 to \(count)")
    }
    return first...min(last, count)
  }

  private static func title(_ session: SessionFacts, _ context: LensContext) -> String {
    let states = TraceState.allCases.compactMap { state -> String? in
      let count = session.turns.count { $0.facts.trace.info.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    return "session '\(context.excerpter.line(session.id, limit: 120))': \(Units.plural(session.turns.count, "turn")), "
      + states.joined(separator: ", ")
  }

  private static func facts(_ session: SessionFacts, _ context: LensContext) -> [Answer.Fact] {
    Answer.facts(
      JSON.object(present: [
        "session_id": .string(context.excerpter.line(session.id, limit: 250)),
        "turn_count": .int(Int64(session.turns.count)),
        "user_ids": .array(users(session).map { .string(context.excerpter.line($0, limit: 80)) }),
        "start_time": session.turns.first.map { .string($0.facts.trace.info.requestTime.rfc3339) },
      ]))
  }

  private static func users(_ session: SessionFacts) -> [String] {
    Set(session.turns.compactMap(\.facts.trace.info.userID)).sorted()
  }

  private static func notes(
    _ session: SessionFacts, _ experiments: ExperimentChoice, _ context: LensContext
  ) -> [Answer.Note] {
    guard let first = session.turns.first?.facts.trace.info, let last = session.turns.last?.facts.trace.info else {
      return []
    }
    let span = last.requestTime.nanoseconds.subtractingSaturating(first.requestTime.nanoseconds)
    let places = Set(session.turns.map(\.facts.trace.info.experimentID)).sorted()
    var line = "began \(first.requestTime.shortUTC) UTC, last turn +\(Units.duration(span)), experiment "
    line += places.map { experiments.label($0, context.excerpter) }.joined(separator: ", ")
    let people = users(session).map { "'\(context.excerpter.line($0, limit: 40))'" }
    if !people.isEmpty { line += ", user \(people.prefix(3).joined(separator: ", "))" }
    let tokens = session.turns.compactMap { $0.tokenUsage?.total }.reduce(Int64(0)) { $0.addingSaturating($1) }
    if tokens > 0 { line += ", \(Units.count(tokens)) tokens" }
    var notes = [Answer.Note(line, rank: 2)]
    if session.supersededCount > 0 {
      let count = Units.plural(session.supersededCount, "assessment")
      notes.append(Answer.Note("\(count) replaced by later ones and not shown", rank: 9))
    }
    let incomplete = session.turns.filter { !$0.facts.trace.diagnostics.isEmpty }.map { "\($0.number)" }
    if !incomplete.isEmpty {
      let list = incomplete.prefix(20).joined(separator: ", ") + (incomplete.count > 20 ? ", …" : "")
      notes.append(Answer.Note("warning: turns \(list) could not be read whole; inspect_turn says why", rank: 2))
    }
    return notes
  }

  private func item(_ turn: SessionFacts.Turn, _ session: SessionFacts, _ context: LensContext) -> Answer.Item {
    let excerpter = context.excerpter
    let info = turn.facts.trace.info
    let start = session.turns.first?.facts.trace.info.requestTime.nanoseconds ?? 0
    let text = TurnText(turn: turn, excerpter: excerpter)
    let place = session.suspicions.firstIndex { $0.turn == turn.number }
    let isSuspect = place.map { $0 < SessionDiagnosis.mostSuspects } ?? false
    let judged = AssessmentList(info.assessments, trace: turn.facts.trace, excerpter: excerpter)
    let marks = turn.assessments.prefix(4).map { judged.brief($0, limit: 48) }
    var head = "T\(turn.number) +\(Units.duration(info.requestTime.nanoseconds.subtractingSaturating(start)))"
    head += " \(Units.duration(milliseconds: info.executionDurationMs))"
    if let usage = turn.tokenUsage { head += " \(Units.tokens(usage))" }
    if info.state != .ok { head += " \(info.state.rawValue)" }
    // Eight digits of the id are enough to call for it, and a session has many turns.
    head += " \(info.id.rawValue.prefix(11))"
    if !marks.isEmpty { head += " {\(marks.joined(separator: ", "))}" }
    // Of a chat that nobody has ranked a turn is its question and its answer.
    let brief = TurnText.Lengths(asked: 60, call: 0, result: 0, answered: 60, calls: 0)
    let plain = TurnText.Lengths(asked: 400, call: 0, result: 0, answered: 400, calls: 0)
    let lengths: (short: TurnText.Lengths, full: TurnText.Lengths) =
      isSuspect ? (.suspect, .whole) : (brief, session.suspicions.isEmpty ? plain : .other)
    // A hint that is hardly worth a look in one turn does not lift it above the findings of the session.
    let isFound = turn.findings.contains { $0.severity > .low }
    let isQuiet = !isFound && turn.assessments.isEmpty && info.state == .ok
    let isEdge = turn.number == 1 || turn.number == session.turns.count
    return Answer.Item(
      short: "\(head) \(text.line(lengths.short))", full: "\(head) \(text.line(lengths.full))",
      json: .object(present: [
        "turn": .int(Int64(turn.number)), "trace_id": .string(info.id.rawValue), "state": .string(info.state.rawValue),
        "request_time": .string(info.requestTime.rfc3339), "gap_ms": turn.gapMs.map { .int($0) },
        "execution_duration_ms": info.executionDurationMs.map { .int($0) }, "tokens": turn.tokenUsage.map(Units.json),
        "findings": .int(Int64(turn.findings.count)),
        "assessments": marks.isEmpty ? nil : .array(marks.map { .string($0) }),
        "input": text.words(turn.facts.turn.input, 200).map { .string($0) },
        "output": text.words(turn.facts.turn.output, 200).map { .string($0) },
      ]),
      rank: isSuspect
        ? 4 + (place ?? 0) / 2 : isFound || info.state != .ok ? 2 : isEdge ? 5 : isQuiet ? 10 : 6)
  }
}
