import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Steps are ranked by what they do, how early they act, and a little by their words") struct SuspicionTests {
  /// A flat trace: a root that was asked something, and steps that each say something.
  private func facts(
    _ steps: [(name: String, type: String, text: String)],
    task: String = "How many parcels did the depot in Oslo lose in May?", answer: String? = nil
  ) throws -> TraceFacts {
    var spans = [
      try TraceFixture.span(
        1, name: "team", start: 0, end: 1_000,
        attributes: [
          "mlflow.spanType": "\"AGENT\"", "mlflow.spanInputs": quoted(task),
          "mlflow.spanOutputs": answer.map(quoted) ?? "null",
        ])
    ]
    for (place, step) in steps.enumerated() {
      spans.append(
        try TraceFixture.span(
          UInt64(place + 2), parent: 1, name: step.name, start: Int64(place * 10 + 1), end: Int64(place * 10 + 9),
          attributes: ["mlflow.spanType": quoted(step.type), "mlflow.spanOutputs": quoted(step.text)]))
    }
    return TraceFacts(TraceFixture.trace(spans))
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  private static let talk =
    "We will look at every report of the depot one by one, compare the numbers with each other and then write down what came of it."

  private func order(_ facts: TraceFacts) -> [String] {
    SuspicionRanking(facts).suspicions.map { Trace.alias(ofSpanAt: $0.step.spanIndex) }
  }

  @Test func whoActsFirstComesBeforeWhoFollowsAndToolsComeLast() throws {
    let facts = try facts([
      ("Reader", "AGENT", Self.talk + " One."), ("shell", "TOOL", "exitcode: 0 done"),
      ("Writer", "AGENT", Self.talk + " Two."), ("Checker", "AGENT", Self.talk + " Three."),
    ])
    #expect(order(facts) == ["s2", "s4", "s5", "s3"])
    let reasons = SuspicionRanking(facts).suspicions[0].reasons
    #expect(reasons.first == "the first to act on the task")
  }

  /// An orchestrator and a plan that only restates the task act on nothing.
  @Test func whoOnlyHandsOutWorkIsNoWorker() throws {
    let facts = try facts([
      (
        "Expert", "AGENT",
        "How many parcels did the depot in Oslo lose in May? We have to find this out together and say it."
      ),
      ("Orchestrator", "AGENT", Self.talk), ("Reader", "AGENT", Self.talk + " One."), ("Reader", "AGENT", "ok"),
    ])
    let roles = SuspicionRanking(facts).steps.map(\.role)
    #expect(roles == [.plan, .orchestrator, .worker, .trivial])
    #expect(order(facts).first == "s4")
  }

  /// Whatever it is called: mostly it names who goes on, and they are not always the same.
  @Test func aDispatcherIsKnownByWhatItDoes() throws {
    let facts = try facts([
      ("Lotse", "AGENT", "Leserin, bitte: " + Self.talk), ("Leserin", "AGENT", Self.talk + " One."),
      ("Lotse", "AGENT", "Schreiber, bitte: " + Self.talk), ("Schreiber", "AGENT", Self.talk + " Two."),
      ("Lotse", "AGENT", "Leserin, noch einmal: " + Self.talk), ("Leserin", "AGENT", Self.talk + " Three."),
    ])
    let roles = SuspicionRanking(facts).steps.map(\.role)
    #expect(roles == [.orchestrator, .worker, .orchestrator, .worker, .orchestrator, .worker])
    #expect(order(facts).first == "s3")
  }

  /// With a single other, too, if that one does not name it in return: then they talk with each other.
  @Test(arguments: [("", Step.Role.orchestrator), ("Lotse, ", .worker)])
  func aDispatcherOfOneIsNotNamedInReturn(_ reply: String, _ role: Step.Role) throws {
    let facts = try facts([
      ("Lotse", "AGENT", Self.talk + " One."), ("Lotse", "AGENT", "Weiter mit Leserin"),
      ("Leserin", "AGENT", reply + Self.talk + " Two."), ("Lotse", "AGENT", Self.talk + " Three."),
      ("Lotse", "AGENT", "Weiter mit Leserin"), ("Leserin", "AGENT", reply + Self.talk + " Four."),
    ])
    let roles = SuspicionRanking(facts).steps.map(\.role)
    #expect(roles == [role, .trivial, .worker, role, .trivial, .worker])
  }

  /// Who keeps account of the work hands it out, in those steps that do not, too.
  @Test func whoKeepsAccountDispatches() throws {
    let ledger =
      #"{"is_request_satisfied": {"answer": false}, "next_speaker": {"answer": "the first"}, "note": "not yet"}"#
    let facts = try facts([
      ("Lotse", "AGENT", ledger), ("Lotse", "AGENT", Self.talk + " One."), ("Leserin", "AGENT", Self.talk + " Two."),
      ("Lotse", "AGENT", ledger), ("Lotse", "AGENT", Self.talk + " Three."),
    ])
    let roles = SuspicionRanking(facts).steps.map(\.role)
    #expect(roles == [.orchestrator, .orchestrator, .worker, .orchestrator, .orchestrator])
  }

  /// Where all model calls have one name, an instruction is what the account before it says is to be done.
  @Test func whatAnAccountDictatesIsAnInstruction() throws {
    let ledger =
      "{\"is_request_satisfied\": {\"answer\": false}, \"instruction_or_question\": {\"answer\": \"\(Self.talk)\"}}"
    let facts = try facts([
      ("chat", "LLM", ledger), ("chat", "LLM", Self.talk), ("chat", "LLM", Self.talk + " It says five."),
      ("chat", "LLM", ledger), ("chat", "LLM", Self.talk),
    ])
    let roles = SuspicionRanking(facts).steps.map(\.role)
    #expect(roles == [.orchestrator, .orchestrator, .worker, .orchestrator, .orchestrator])
  }

  /// Words about fences are no program: a plan may describe who writes them.
  @Test(arguments: [
    ("Run this:\n```python\nprint(1)\n```", true), ("  ```\nls\n  ```", true),
    ("Write ```python code blocks), please", false),
    ("``` is a fence", false), ("print(1)", false),
  ])
  func aProgramStandsBetweenFencesOfTheirOwnLines(_ text: String, _ isProgram: Bool) {
    #expect(Step(spanIndex: 0, text: text, role: .worker, isTelling: true).hasProgram == isProgram)
  }

  /// Whoever reports what programs printed is a tool in all that it says, whatever it is called.
  @Test func whoReportsIsATool() throws {
    let facts = try facts([
      ("Leserin", "AGENT", Self.talk + "\n```python\nprint(1)\n```"),
      ("Moor", "AGENT", "There is no code from the last message for me to execute. Let other participants continue."),
      ("Leserin", "AGENT", Self.talk + "\n```python\nprint(2)\n```"),
      ("Moor", "AGENT", "exitcode: 0 (execution succeeded)\nCode output: 2"),
    ])
    #expect(SuspicionRanking(facts).steps.map(\.role) == [.worker, .tool, .worker, .tool])
  }

  /// In a long run who said the answer first, whose request failed first and who acted last come right behind the first three.
  @Test func aLongRunHasLandmarks() throws {
    var steps: [(name: String, type: String, text: String)] = []
    for number in 0..<20 {
      var text = Self.talk + " Part \(number)."
      if number == 9 { text += " The report \"Osloer Jahresbericht\" says 4711." }
      steps.append(("Reader", "AGENT", text))
      if number == 14 { steps.append(("shell", "TOOL", "Traceback (most recent call last): no")) }
    }
    steps.append(("Writer", "AGENT", "The answer is 4711, by \"Osloer Jahresbericht\"."))
    let facts = try facts(steps, answer: "The answer is 4711, by \"Osloer Jahresbericht\".")
    let ranking = SuspicionRanking(facts)
    let top = Array(order(facts).prefix(6))
    #expect(top.prefix(3) == ["s2", "s3", "s4"])
    #expect(top.dropFirst(3) == ["s11", "s16", "s22"], "\(top)")
    #expect(ranking.suspicions[3].reasons.first == "first to say what the answer says ('4711', 'osloer jahresbericht')")
    let failed = ranking.suspicions.first { $0.step.spanIndex == 15 }
    #expect(failed?.reasons.first == "what it asked for was the first to fail")
    #expect(Set(order(facts)).count == ranking.steps.count)
  }

  @Test(arguments: [
    ("Traceback (most recent call last):\n  ValueError: no", "failed at once"),
    ("exitcode: 1 (execution failed)", "failed at once"),
    ("exitcode: 0 Code output: []", "got nothing back"), ("exitcode: 0 Code output:", "got nothing back"),
    ("There are no results for it.", "got nothing back"),
  ])
  func aResultIsChargedToWhoAskedForIt(_ result: String, _ words: String) throws {
    let facts = try facts([
      ("Reader", "AGENT", Self.talk + " One."), ("Writer", "AGENT", Self.talk + " Two."), ("shell", "TOOL", result),
      ("Checker", "AGENT", Self.talk + " Three."),
    ])
    let ranking = SuspicionRanking(facts)
    let writer = try #require(ranking.suspicions.first { $0.step.spanIndex == 2 })
    #expect(writer.reasons.contains { $0.contains(words) && $0.contains("s4") })
    // The second to act, with a result that says so, comes before the first.
    #expect(writer.terms.contains { $0.name == "outcome" })
  }

  @Test func assumptionsAndValuesFromNowhereSpeakForAStep() throws {
    let facts = try facts([
      ("Reader", "AGENT", Self.talk + " One."),
      (
        "Writer", "AGENT",
        "Let us assume sample data for now: the depot lost 4711 parcels, as Kari Nordmann says. " + Self.talk
      ),
      ("Checker", "AGENT", "The answer is 4711 parcels. " + Self.talk), ("Sender", "AGENT", Self.talk + " Four."),
    ])
    let top = try #require(SuspicionRanking(facts).suspicions.first)
    #expect(top.step.spanIndex == 2)
    #expect(top.reasons.contains { $0.contains("takes data for given (\"assume\")") })
    #expect(top.reasons.contains { $0.contains("'kari nordmann'") && $0.contains("'4711'") })
    #expect(top.reasons.contains("repeated by s4"))
    #expect(abs(top.score - top.terms.reduce(0) { $0 + $1.points }) < 1e-9)
  }

  /// Not a word of English, no names of agents: what is left is the order of acting.
  @Test func inAnotherLanguageItIsTheOrderOfActing() throws {
    let said =
      "Vi ser på alle rapportene fra lageret én etter én og sammenligner tallene med hverandre før vi skriver ned hva vi fant der"
    let facts = try facts((1...5).map { ("steg", "LLM", "\(said) \(String(repeating: "x", count: $0))") })
    #expect(order(facts) == ["s2", "s3", "s4", "s5", "s6"])
  }

  @Test func aSmallAppIsNotRanked() async throws {
    let facts = try facts([
      ("plan", "LLM", #"{"steps": ["a"]}"#), ("search", "RETRIEVER", "[]"), ("answer", "LLM", Self.talk),
    ])
    #expect(SuspicionRanking(facts).suspicions.isEmpty)
    #expect(await Diagnosis(facts).findings.allSatisfy { $0.kind != "suspect" })
  }

  @Test func aWrapperThatRepeatsIsNoStep() throws {
    let inner = try TraceFixture.span(3, parent: 2, start: 2, attributes: ["mlflow.spanOutputs": quoted(Self.talk)])
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1),
        try TraceFixture.span(2, parent: 1, start: 1, attributes: ["mlflow.spanOutputs": quoted(Self.talk)]),
        inner,
      ]))
    #expect(StepReader(facts).steps().map(\.spanIndex) == [2])
  }

  /// An exception is no speech, and those who hand it on have said nothing.
  @Test func aFailedChainIsNotRankedByItsException() throws {
    let exception = "Traceback (most recent call last): " + Self.talk
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1, name: "chain", status: .error, message: exception),
        try TraceFixture.span(2, parent: 1, name: "prompt", start: 1, attributes: ["mlflow.spanOutputs": "\"q\""]),
        try TraceFixture.span(
          3, parent: 1, name: "model", start: 2, attributes: ["mlflow.spanOutputs": quoted(Self.talk)]),
        try TraceFixture.span(4, parent: 1, name: "parser", start: 3, status: .error, message: exception),
      ]))
    #expect(StepReader(facts).steps().map(\.spanIndex) == [1, 2, 3])
    #expect(SuspicionRanking(facts).suspicions.isEmpty)
  }

  /// A graph's state is the whole chat; what its root said is what its last step said.
  @Test func theHistoryOfAChatIsNotWhatAStepSaid() throws {
    let answer = #"{"role": "assistant", "content": "\#(Self.talk)"}"#
    let state = #"{"messages": [{"role": "user", "content": "Q"}, {"role": "tool", "content": "R"}, \#(answer)]}"#
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1, name: "graph", attributes: ["mlflow.spanOutputs": state]),
        try TraceFixture.span(
          2, parent: 1, name: "model", start: 1,
          attributes: ["mlflow.spanOutputs": #"{"choices": [{"message": \#(answer)}]}"#]),
      ]))
    let steps = StepReader(facts).steps()
    #expect(steps.map(\.spanIndex) == [1])
    #expect(steps.first?.text == Self.talk)
  }

  @Test func suspectsAreHintsAndNeverGrave() async throws {
    let facts = try facts((1...8).map { ("agent\($0)", "AGENT", Self.talk + " \($0)") })
    let findings = await Diagnosis(facts).findings
    #expect(findings.count == 6)
    #expect(findings.allSatisfy { $0.severity == .low && $0.confidence <= .medium && !$0.why.isEmpty })
  }
}

@Suite("Values are told from words") struct StepTextTests {
  @Test(arguments: [
    ("It cost 1,234.50 dollars.", ["1234.5"]), ("There were 7 of them.", [] as [String]),
    ("See [page](https://a.b/c).", ["https://a.b/c"]),
    ("The King Harald Hall is open.", ["king harald hall"]), ("order-4711x was late", ["order-4711x"]),
    ("he said \"a blue door\" twice", ["a blue door"]), ("Step 1\nThis Thing", []),
  ])
  func values(_ text: String, _ values: [String]) { #expect(StepText(text).values == Set(values)) }

  @Test func codeIsNoProse() {
    let text = StepText("before ```python\nx = 4711\n``` after")
    #expect(text.words == ["before", "after"])
    #expect(text.values.isEmpty)
    #expect(text.vocabulary.contains("4711"))
  }
}
