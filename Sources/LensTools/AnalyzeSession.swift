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
    Says where a chat went wrong: findings across the turns, what changed on the way; one line a turn (time, tokens, \
    question, answer). The cause is often turns before the complaint.
    """

  static let examples = [
    ToolExample("a chat", ["session_id": "chat-refund-42"]),
    ToolExample("some of its turns, as JSON", ["session_id": "chat-refund-42", "turns": "3-4", "format": "json"]),
  ]

  @Parameter("Session (chat) id.", isPositional: true)
  var sessionID: String
  @Parameter("Experiment ids or names, by commas. Default: the environment's, else all.")
  var experimentID: String?
  @Parameter("Only these turns: 3 or 3-8.")
  var turns: String?
  @Parameter("The user's complaint; steers the ranking.")
  var symptom: String?
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    // Which they are is only needed in advance where some were chosen.
    let chosen = context.choosesExperiments(experimentID) ? try await context.experiments(experimentID) : nil
    let complaint = try Symptom.read(symptom)
    // What an app adds of its own is not looked at across turns.
    let reader = SessionFacts.Reader()
    let facts = try await context.partsOfSession(
      sessionID, experimentIDs: chosen?.ids ?? [],
      metadataKeys: [
        ReservedKey.session, ReservedKey.user, ReservedKey.tokenUsage, ReservedKey.cost, ReservedKey.sizeStats,
        ReservedKey.schemaVersion,
      ]
    ) { await reader.facts($0) }
    guard !facts.isEmpty else {
      throw try await context.noSession(sessionID, try await context.experiments(experimentID))
    }
    async let all = context.experimentsOutcome(experimentID, known: chosen)
    async let related = RelatedSessions.outcome(of: sessionID, facts: facts, context)
    let session = await SessionFacts(id: sessionID, facts: facts, symptom: complaint)
    let range = try range(session.turns.count)
    let shown = session.turns.filter { range.contains($0.number) }
    var answer = Answer(title: Self.title(session, context), facts: Self.facts(session, context))
    answer.notes = Self.notes(session, try await all.get(), context)
    if shown.count < session.turns.count {
      let part = "only turns \(range.lowerBound)–\(range.upperBound) and their findings are shown"
      answer.notes.append(Answer.Note(part, rank: 0))
    }

    let list = FindingList(excerpter: context.excerpter, style: context.style)
    let diagnosis = await SessionDiagnosis(session, turns: range, symptom: complaint)
    let findings = diagnosis.findings
    if !findings.isEmpty {
      answer.sections.append(
        Answer.Section(
          key: "findings", heading: "findings, likeliest origin first:",
          items: findings.enumerated().map { offset, entry in
            list.item(
              entry.finding, number: offset + 1, in: entry.turn.facts.trace, turn: entry.turn.number,
              rank: min(offset, 3))
          }, remedy: nil, noun: "finding"))
    }
    if shown.count == session.turns.count {
      let related = try await related.get()
      let statements = (related.map { [$0] } ?? []) + diagnosis.course.statements
      if !statements.isEmpty { answer.sections.append(Self.course(statements, context)) }
    }
    let table = TurnTable(session: session, diagnosis: diagnosis, excerpter: context.excerpter, room: output.maxChars)
      .items(shown)
    // Of a run of quiet turns there is a way to each.
    let folding = table.count < shown.count ? " (a run of quiet ones: turns \"2-9\")" : ""
    answer.sections.append(
      Answer.Section(
        key: "turns", heading: "turns: since start, duration, tokens, state, trace, asked → answered" + folding,
        items: table,
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
    if let section = UncheckedList.section(diagnosis.notChecked, explains: true) { answer.sections.append(section) }
    let suspect = findings.first?.turn.number ?? session.turns.last?.number ?? 1
    answer.next = [NextCall("inspect_turn", ["session_id": .string(sessionID), "turn": .int(Int64(suspect))])]
    answer.remark = FindingList.gravity(findings.map(\.finding))
    // Nobody need wait until all that was read is freed.
    defer { Task.detached { withExtendedLifetime((session, diagnosis)) {} } }
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
        .invalidArguments, "argument 'turns' is no range of turns: '\(SafeText.neutralized(turns.prefix(40)))'",
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

  private static func course(_ statements: [SessionCourse.Statement], _ context: LensContext) -> Answer.Section {
    Answer.Section(
      key: "course", heading: "on the way:",
      items: statements.map { statement in
        let words = context.excerpter.line(statement.words, limit: 300)
        return Answer.Item(
          short: "- \(words)", full: nil,
          json: .object([
            JSON.Member("kind", .string(statement.kind)),
            JSON.Member("turns", .array(statement.turns.prefix(50).map { .int(Int64($0)) })),
            JSON.Member("words", .string(words)),
          ]), rank: 3)
      }, remedy: nil, noun: "statement")
  }
}
