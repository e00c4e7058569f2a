import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

/// The shapes in which agent frameworks record their loops: a span a turn around the model call and its tools, calls without a
/// word, plans before the first act.
@Suite("Steps of an agent's loop are told from what encloses them") struct AgentLoopTests {
  private static let task = "How many albums did the band publish between 2000 and 2009?"
  private static let thought = "Thought: I look at the list of albums to count those of the period that was asked for. "

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  private func span(
    _ number: UInt64, _ parent: UInt64?, _ name: String, _ type: String, _ output: String?, start: Int64, end: Int64,
    status: SpanStatus = .ok, message: String = ""
  ) throws -> Span {
    try TraceFixture.span(
      number, parent: parent, name: name, start: start, end: end, status: status, message: message,
      attributes: ["mlflow.spanType": quoted(type), "mlflow.spanOutputs": output ?? "null"])
  }

  private func root(_ answer: String = "5") throws -> Span {
    try TraceFixture.span(
      1, name: "agent", start: 0, end: 1_000,
      attributes: [
        "mlflow.spanType": "\"AGENT\"", "mlflow.spanInputs": quoted(Self.task), "mlflow.spanOutputs": quoted(answer),
      ])
  }

  /// A loop of some turns: a span around the model's words and what its program printed.
  private func loop(observed: [(tool: String?, turn: String)]) throws -> TraceFacts {
    var spans = [try root()]
    for (place, observed) in observed.enumerated() {
      let (number, start) = (UInt64(place * 3 + 2), Int64(place * 100 + 1))
      spans.append(
        try span(number, 1, "Step \(place + 1)", "CHAIN", quoted(observed.turn), start: start, end: start + 90))
      let words = quoted(Self.thought + "Turn \(place). <code>print(\(place))</code>")
      spans.append(try span(number + 1, number, "model", "LLM", words, start: start + 1, end: start + 20))
      if let tool = observed.tool {
        spans.append(try span(number + 2, number, "search", "TOOL", quoted(tool), start: start + 30, end: start + 80))
      }
    }
    return TraceFacts(TraceFixture.trace(spans))
  }

  @Test func whatCameOfATurnIsItsResultAndStandsBehindIt() throws {
    let facts = try loop(observed: [
      (nil, "Execution logs: 1998 Al Despertar, 1999 Misa Criolla"), (nil, "Execution logs: nothing printed here"),
    ])
    let steps = StepReader(facts).steps().filter { $0.spanIndex > 0 }
    #expect(steps.map(\.spanIndex) == [2, 1, 4, 3])
    #expect(steps.map(\.role) == [.worker, .result, .worker, .result])
  }

  /// What the turn reports is what its tool gave back, whole or in part: no step of its own.
  @Test(arguments: [
    "Execution logs:\nAlbums: Acustico 2000, Corazon Libre 2005, Cantora 2009\nLast output:\nNone",
    "Albums: Acustico 2000, Corazon Libre 2005",
  ])
  func aTurnThatRepeatsItsToolIsNoStep(_ turn: String) throws {
    let tool = "Albums: Acustico 2000, Corazon Libre 2005, Cantora 2009"
    let facts = try loop(observed: [(tool, turn)])
    #expect(StepReader(facts).steps().map(\.spanIndex).filter { $0 > 0 } == [2, 3])
  }

  @Test func aTurnThatFailedIsChargedToItsModelCall() throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try root(),
        try span(
          2, 1, "Step 1", "CHAIN", nil, start: 1, end: 90, status: .error, message: "SyntaxError: '(' was never closed"),
        try span(3, 2, "model", "LLM", quoted(Self.thought + "<code>print((</code>"), start: 2, end: 20),
        try span(4, 1, "Step 2", "CHAIN", quoted("Execution logs: 5"), start: 100, end: 190),
        try span(5, 4, "model", "LLM", quoted(Self.thought + "<code>print(5)</code>"), start: 101, end: 120),
      ]))
    let ranking = SuspicionRanking(facts)
    let first = try #require(ranking.suspicions.first)
    #expect(first.step.spanIndex == 2)
    #expect(first.reasons.contains("what it asked for failed at once (s2)"))
  }

  /// A call is an act, however short; and naming a tool hands no work to anybody.
  @Test func callsOfToolsAreActs() throws {
    func call(_ name: String) -> String {
      #"{"role": "assistant", "content": null, "tool_calls": [{"id": "1", "function": {"name": "\#(name)", "arguments": "{}"}}]}"#
    }
    var spans = [try root()]
    for (place, name) in ["open", "find", "open", "find"].enumerated() {
      let (number, start) = (UInt64(place * 2 + 2), Int64(place * 100 + 1))
      spans.append(try span(number, 1, "model", "CHAT_MODEL", call(name), start: start, end: start + 10))
      spans.append(try span(number + 1, 1, name, "TOOL", quoted("page \(place)"), start: start + 20, end: start + 30))
    }
    let steps = StepReader(TraceFacts(TraceFixture.trace(spans))).steps().filter { $0.spanIndex > 0 }
    #expect(steps.map(\.role) == [.worker, .tool, .worker, .tool, .worker, .tool, .worker, .tool])
    #expect(StepText(steps[0].text).values.isEmpty)
  }

  @Test func whatIsSaidBeforeTheFirstActIsAPlan() throws {
    var spans = [
      try root(), try span(2, 1, "model", "LLM", quoted("Facts survey. " + Self.thought), start: 1, end: 10),
    ]
    for place in 0..<3 {
      let (number, start) = (UInt64(place * 2 + 3), Int64(place * 100 + 20))
      spans.append(
        try span(
          number, 1, "model", "LLM", quoted(Self.thought + "\(place) <code>x</code>"), start: start, end: start + 10))
      spans.append(
        try span(number + 1, 1, "python", "TOOL", quoted("done \(place)"), start: start + 20, end: start + 30))
    }
    let facts = TraceFacts(TraceFixture.trace(spans))
    #expect(StepReader(facts).steps().first?.role == .plan)
    #expect(SuspicionRanking(facts).suspicions.first?.step.spanIndex == 2)
  }

  /// Whoever writes the program that is run decides what is run; an instruction decides more than the ledger beside it.
  @Test func anOrchestratorThatWritesTheProgramActs() throws {
    let ledger = #"{"reason": "not yet", "instruction_or_question": "go on"}"#
    let facts = TraceFacts(
      TraceFixture.trace([
        try root(),
        try span(2, 1, "Orchestrator", "AGENT", quoted("Updated Ledger: " + ledger), start: 1, end: 9),
        try span(
          3, 1, "Orchestrator", "AGENT",
          quoted(
            "Please look the albums up on the page of the band, with the year of each of them, and tell which of them were live."
          ), start: 10,
          end: 19),
        try span(4, 1, "Surfer", "AGENT", quoted(Self.thought + "One."), start: 20, end: 29),
        try span(
          5, 1, "Orchestrator", "AGENT",
          quoted(
            "Please run this and tell me what it prints, so that we can compare the number with that of the page we saw before.\n```python\nprint(5)\n```"
          ), start: 30, end: 39),
        try span(6, 1, "shell", "TOOL", quoted("5"), start: 40, end: 49),
      ]))
    let ranking = SuspicionRanking(facts)
    #expect(
      ranking.steps.filter { $0.spanIndex > 0 }.map(\.role) == [.orchestrator, .orchestrator, .worker, .worker, .tool])
    #expect(ranking.suspicions.map(\.step.spanIndex).filter { $0 > 0 } == [3, 4, 2, 1, 5])
  }

  /// `TERMINATE` ends a run and answers nothing; a short answer is one.
  @Test(arguments: [("TERMINATE", 2 as Int?), ("Paris", nil)])
  func whatWasSaidBeforeTheWordThatEndsARun(_ answer: String, _ place: Int?) throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try root(answer), try span(2, 1, "Reader", "AGENT", quoted(Self.thought + "One."), start: 1, end: 9),
        try span(3, 1, "Writer", "AGENT", quoted(Self.thought + "There are 5."), start: 10, end: 19),
        try span(4, 1, "Checker", "AGENT", quoted(answer), start: 20, end: 29),
      ]))
    #expect(SuspicionRanking(facts).lastWords(facts)?.spanIndex == place)
  }

  /// Frameworks record the agent, and in it the client that was called, whose name is the same for all.
  @Test func whoSpeaksIsTheAgentAroundTheCall() throws {
    var spans = [try root(), try span(2, 1, "run", "CHAIN", quoted("5"), start: 1, end: 990)]
    let agents = ["Lotse", "Leserin", "Lotse", "Schreiber", "Lotse", "Leserin"]
    for (place, name) in agents.enumerated() {
      let (number, start) = (UInt64(place * 2 + 3), Int64(place * 100 + 2))
      let next = place + 1 < agents.count && name == "Lotse" ? agents[place + 1] : "nobody"
      let words = quoted("\(next), bitte. \(Self.thought) Turn \(place).")
      spans.append(try span(number, 2, name, "AGENT", words, start: start, end: start + 90))
      spans.append(try span(number + 1, number, "ChatCompletion", "LLM", words, start: start + 1, end: start + 80))
    }
    let steps = StepReader(TraceFacts(TraceFixture.trace(spans))).steps().filter { $0.spanIndex > 1 }
    #expect(steps.map(\.speaker) == agents)
    #expect(steps.map(\.role) == [.orchestrator, .worker, .orchestrator, .worker, .orchestrator, .worker])
  }

  /// Parts of a graph are agents where several of them speak, some more than once; the turns of a loop are none.
  @Test(arguments: [
    (["researcher", "writer", "researcher"], true), (["Step 1", "Step 2", "Step 3"], false),
    (["model", "model", "model"], false),
  ])
  func partsOfAGraphAreAgentsWhereSeveralSpeak(_ parts: [String], _ areAgents: Bool) throws {
    var spans = [try root()]
    for (place, name) in parts.enumerated() {
      let (number, start) = (UInt64(place * 2 + 2), Int64(place * 100 + 2))
      let words = quoted("\(Self.thought) Turn \(place).")
      spans.append(try span(number, 1, name, "CHAIN", words, start: start, end: start + 90))
      spans.append(try span(number + 1, number, "ChatModel", "CHAT_MODEL", words, start: start + 1, end: start + 80))
    }
    let steps = StepReader(TraceFacts(TraceFixture.trace(spans))).steps().filter { $0.spanIndex > 0 }
    #expect(steps.map(\.speaker) == parts.map { areAgents ? $0 : nil })
  }

  // MARK: Results

  @Test(arguments: [
    ("Execution logs:\n42 rows\nLast output from code snippet:\nNone", false), ("Code output:\n\n[]", true),
    ("Execution logs:\nLast output from code snippet:\nNone", true), ("matches: []", true), ("5", false),
    ("The total is: 0", false), ("Rows:\n1 Al Despertar\n2 Misa Criolla", false),
  ])
  func aResultIsEmptyWhenNothingStandsInIt(_ text: String, _ isEmpty: Bool) {
    #expect((StepSignals.outcome(text, status: .ok) != nil) == isEmpty)
  }

  // MARK: Errors whose caller is not in the record

  @Test func anErrorBelowAMissingCallerEndsTheRunOnlyIfNothingFollows() throws {
    func facts(_ more: [Span]) throws -> TraceFacts {
      TraceFacts(
        TraceFixture.trace(
          [try span(2, 99, "Step 2", "CHAIN", nil, start: 1, end: 9, status: .error, message: "no")] + more))
    }
    let last = try #require(Detectors.examine(try facts([])).findings.first { $0.kind == "error" })
    #expect(last.why.contains("What called Step 2 is not in the record; nothing came after it."))
    let survived = try facts([try span(3, 99, "Step 3", "CHAIN", "\"on\"", start: 20, end: 30)])
    let finding = try #require(Detectors.examine(survived).findings.first { $0.kind == "error_swallowed" })
    #expect(finding.why.contains("the run went on"))
    #expect(finding.isSurvivedError(survived))
  }

  // MARK: Calls and what came of them

  /// A model asks for the weather; what ran, and what the model was told then.
  private func weather(run: String?, told: Bool) throws -> [Finding] {
    let call =
      #"{"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "function": {"name": "weather", "arguments": "{\"city\": \"Oslo\", \"days\": 3}"}}]}"#
    let result = told ? #", {"role": "tool", "tool_call_id": "c1", "content": "rain"}"# : ""
    var spans = [
      try root(), try span(2, 1, "model", "CHAT_MODEL", call, start: 1, end: 9),
      try span(3, 1, "news", "TOOL", "\"none\"", start: 10, end: 19),
      try TraceFixture.span(
        5, parent: 1, name: "model", start: 30, end: 39,
        attributes: [
          "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanOutputs": quoted("It rains."),
          "mlflow.spanInputs": #"{"messages": [{"role": "user", "content": "Weather?"}, \#(call)\#(result)]}"#,
        ]),
    ]
    if let run {
      spans.append(
        try TraceFixture.span(
          4, parent: 1, name: "execute_tool weather", start: 20, end: 29,
          attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": run, "mlflow.spanOutputs": "\"rain\""]))
    }
    spans.sort { $0.startTime < $1.startTime }
    return UnansweredCall().found(TraceFacts(TraceFixture.trace(spans)))
  }

  @Test func aCallThatNeverRan() throws {
    let found = try weather(run: nil, told: false)
    #expect(
      found.map(\.why) == [
        "model called weather, which never ran: no tool of that name follows, and s4 was told no result of it."
      ])
    #expect(found.first?.spanIndex == 1)
    #expect(try weather(run: nil, told: true).isEmpty)
  }

  @Test func aCallThatRanOtherwise() throws {
    let found = try weather(run: #"{"city": "Bergen", "days": 3}"#, told: true)
    #expect(found.map(\.why) == ["weather ran with city = 'Bergen', where s2 had written 'Oslo'."])
    #expect(found.first?.spanIndex == 3)
    for same in [
      #"{"city": "Oslo", "days": 3.0}"#, #"{"args": [], "kwargs": {"city": "Oslo", "days": 3}}"#, #"{"place": 1}"#,
    ] {
      #expect(try weather(run: same, told: true).isEmpty)
    }
  }

  // MARK: Arguments

  @Test(arguments: [
    ("example city", true), ("<order id>", true), ("YOUR_API_KEY", true), ("{{name}}", true), ("lorem ipsum", true),
    ("text", false),
    ("Oslo", false), ("examples", false), ("[1, 2]", false), ("<a href=x>", false), ("the band", false),
  ])
  func whatOnlyStandsForAValueIsNone(_ value: String, _ isNone: Bool) throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try root(),
        try TraceFixture.span(
          2, parent: 1, name: "weather", start: 1, end: 9,
          attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{\"city\": \(quoted(value))}"]),
      ]))
    let found = Detectors.examine(facts).findings.filter { $0.kind == "placeholder_argument" }
    #expect(found.count == (isNone ? 1 : 0))
    #expect(found.allSatisfy { $0.why.contains("/city = '\(value)'") && $0.standing == .hint })
  }

  // MARK: Documents that a tool found

  @Test func aToolsDocumentOutOfForceIsNamedWithWhatTheAnswerTookFromIt() throws {
    let list =
      #"[{"id": "v2", "status": "superseded", "text": "within 30 days"}, {"id": "v4", "text": "within 14 days"}]"#
    for output in [list, #"{"type": "tool", "content": \#(quoted(list))}"#, quoted(list)] {
      let facts = TraceFacts(
        TraceFixture.trace([
          try root("You have 30 days."), try span(2, 1, "policy_search", "TOOL", output, start: 1, end: 9),
        ]))
      let finding = try #require(
        Detectors.examine(facts).findings.first { $0.kind == "stale_document" }, "\(output)")
      #expect(finding.why.hasSuffix("beside 1 in force. The answer says '30', as only that document does."))
      #expect(finding.confidence == .high)
    }
  }
}

extension Detector {
  /// What it finds; nothing where it could not look.
  fileprivate func found(_ facts: TraceFacts) -> [Finding] {
    guard case .findings(let found) = examine(facts, flow: ValueFlowSource(facts)) else { return [] }
    return found
  }
}
