import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceSemantics

/// What went wrong in one run: errors and where they began, what was judged, what each step gave back, where the time went.
struct InspectTurn: ParameterizedTool {
  static let name = "inspect_turn"
  static let title = "Inspect turn"
  static let summary = """
    Says what went wrong in one run or turn of a chat: findings with evidence (where errors began, bad calls, values \
    from nowhere, judgements, suspected steps), then steps, assessments, time. Give trace_id, or session_id and turn. No \
    finding does not mean a right answer.
    """

  static let examples = [
    ToolExample("a run", ["trace_id": "tr-8fadc1a6"]),
    ToolExample("the third turn of a chat", ["session_id": "chat-refund-42", "turn": 3]),
    ToolExample("the steps that a complaint is about", ["trace_id": "tr-47229389", "symptom": "the price is wrong"]),
  ]

  @Parameter("Trace id or a unique prefix.", isPositional: true)
  var traceID: String?
  @Parameter("Session (chat), with turn; in place of trace_id.")
  var sessionID: String?
  @Parameter("Turn of that session, from 1.", in: 1...Int(Int32.max))
  var turn: Int?
  @Parameter("The user's complaint; steers the ranking.")
  var symptom: String?
  @Parameter("Show how suspicion adds up.")
  var explain: Bool = false
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let experiments = try await context.experiments(nil)
    let (trace, number) = try await chosen(experiments, context)
    let facts = await TraceFacts.concurrently(trace)
    let id = JSON.string(trace.info.id.rawValue)
    let header = TraceHeader(facts: facts, experiments: experiments, excerpter: context.excerpter, gistLimit: 600)
    let diagnosis = await Diagnosis(facts, symptom: try Symptom.read(symptom))
    let (findings, notChecked) = (diagnosis.findings, diagnosis.notChecked)
    var answer = Answer(
      title: (number.map { "turn \($0), " } ?? "") + header.title, facts: header.json, notes: header.notes)
    if let number { answer.facts.append(Answer.Fact("turn", .int(Int64(number)))) }
    answer.notes += Self.verdict(findings)
    if let step = diagnosis.ranking.lastWords(facts) {
      let alias = Trace.alias(ofSpanAt: step.spanIndex)
      answer.notes.append(
        Answer.Note("last words before it (\(alias)): \"\(context.excerpter.line(step.text, limit: 300))\"", rank: 2))
    }
    answer.facts.append(Answer.Fact("finding_count", .int(Int64(findings.count))))

    let list = FindingList(excerpter: context.excerpter, style: context.style)
    if !findings.isEmpty {
      answer.sections.append(
        Answer.Section(
          key: "findings", heading: "findings, likeliest first:",
          items: findings.enumerated().map { list.item($1, number: $0 + 1, in: trace, turn: nil, rank: min($0, 3)) },
          remedy: nil, noun: "finding"))
    }
    var assessments = AssessmentList(trace.info.assessments, trace: trace, excerpter: context.excerpter)
    assessments.told = Set(findings.compactMap(\.assessmentID))
    if let section = assessments.section(rank: 4) { answer.sections.append(section) }
    answer.sections.append(steps(diagnosis.ranking, facts, context))
    if explain { answer.sections.append(Explanation(diagnosis.ranking, facts).section) }
    if let section = OriginList(facts: facts, excerpter: context.excerpter).section { answer.sections.append(section) }
    if let section = TimeList(facts, context.excerpter).section { answer.sections.append(section) }
    if let section = UncheckedList.section(notChecked, explains: explain) { answer.sections.append(section) }
    answer.next = Self.next(facts, findings, id)
    answer.remark = FindingList.gravity(findings)
    return answer.render(output, style: context.style)
  }

  /// Where steps can be ranked, their words, suspects at length; else the tree.
  private func steps(_ ranking: SuspicionRanking, _ facts: TraceFacts, _ context: LensContext) -> Answer.Section {
    let remedy = NextCall("get_trace", ["trace_id": .string(facts.trace.info.id.rawValue)])
    guard ranking.suspicions.isEmpty else {
      return StepList(ranking: ranking, facts: facts, excerpter: context.excerpter, room: output.maxChars)
        .section(remedy)
    }
    var outline = Outline(facts: facts, excerpter: context.excerpter)
    outline.gistLimit = 280
    outline.showsArguments = true
    return outline.section("step", limit: output.maxChars, remedy: remedy)
  }

  private func chosen(
    _ experiments: ExperimentChoice, _ context: LensContext
  ) async throws(ToolError) -> (Trace, turn: Int?) {
    switch (traceID, sessionID) {
    case (let id?, nil):
      guard turn == nil else {
        throw ToolError(
          .invalidArguments, "argument 'turn' needs 'session_id'",
          allowed: "Give trace_id alone, or session_id and turn")
      }
      return (try await context.trace(id), nil)
    case (nil, let session?):
      let ids = try await context.sessionTraceIDs(session, experiments: experiments)
      guard let turn else {
        throw ToolError(
          .invalidArguments, "argument 'turn' is missing",
          allowed: "The session has turns 1 to \(ids.count)",
          next:
            "For the turn that went wrong call \(NextCall("analyze_session", ["session_id": .string(session)]).text(context.style))"
        )
      }
      guard turn <= ids.count else {
        throw ToolError(
          .notFound, "There is no turn \(turn)", allowed: "The session has \(Units.plural(ids.count, "turn"))")
      }
      return (try await context.trace(ids[turn - 1]), turn)
    case (nil, nil) where turn != nil:
      throw ToolError(
        .invalidArguments, "argument 'session_id' is missing", allowed: "A turn is counted in a session",
        next: "For sessions call \(NextCall("search_traces", [:]).text(context.style))")
    case (nil, nil):
      throw ToolError(
        .invalidArguments, "missing required argument 'trace_id'", allowed: "Give trace_id, or session_id and turn",
        next: "For ids call \(NextCall("search_traces", [:]).text(context.style))")
    case (_?, _?):
      throw ToolError(
        .invalidArguments, "'trace_id' and 'session_id' exclude each other",
        allowed: "Give trace_id, or session_id and turn")
    }
  }

  private static func verdict(_ findings: [Finding]) -> [Answer.Note] {
    guard findings.isEmpty else { return [] }
    return [
      Answer.Note(
        "findings: none. Nothing failed, repeated itself, or was judged to be wrong; that says nothing of the words.",
        rank: 1)
    ]
  }

  /// What could not be looked for, last: it matters to who finds nothing above.
  private static func next(_ facts: TraceFacts, _ findings: [Finding], _ id: JSON) -> [NextCall] {
    guard !facts.trace.spans.isEmpty else { return [] }
    let suspect = findings.first?.spanIndex ?? facts.turn.output?.spanIndex ?? 0
    var calls = [NextCall("get_trace", ["trace_id": id, "span_ids": [.string(Trace.alias(ofSpanAt: suspect))]])]
    if let session = facts.trace.info.sessionID {
      calls.append(NextCall("analyze_session", ["session_id": .string(session)]))
    }
    return calls
  }
}
