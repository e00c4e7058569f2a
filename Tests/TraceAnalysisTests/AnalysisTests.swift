import JSONText
import LensTestSupport
import Testing
import TraceAnalysis
import TraceModel

@Suite("Facts are counted, not guessed")
struct TraceFactsTests {
  @Test func selfTimeIsWhatNoChildCovers() throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1, start: 0, end: 100),
        try TraceFixture.span(2, parent: 1, start: 10, end: 50),
        try TraceFixture.span(3, parent: 1, start: 30, end: 60),
        try TraceFixture.span(4, parent: 1, start: 90, end: 200),
        try TraceFixture.span(5, parent: 1, start: 95, end: nil),
      ]))
    #expect(facts.selfTimes == [40_000_000, 40_000_000, 30_000_000, 110_000_000, nil])
  }

  /// What ran beside something longer was not waited for.
  @Test func theCriticalPathIsWhatWasWaitedFor() throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1, start: 0, end: 1_000),
        try TraceFixture.span(2, parent: 1, start: 0, end: 200),
        try TraceFixture.span(3, parent: 1, start: 200, end: 400),
        try TraceFixture.span(4, parent: 1, start: 200, end: 300),
        try TraceFixture.span(5, parent: 1, start: 700, end: 1_000),
        try TraceFixture.span(6, parent: 5, start: 750, end: 950),
      ]))
    let time = try #require(TimeFacts(facts))
    #expect(time.criticalPath.map(\.spanIndex) == [0, 1, 2, 4, 5])
    #expect(time.criticalPath.map(\.nanoseconds) == [300, 200, 200, 100, 200].map { $0 * 1_000_000 })
    let gap = try #require(time.longestGap)
    #expect((gap.spanIndex, gap.after, gap.before, gap.nanoseconds) == (0, 2, 4, 300_000_000))
    #expect(time.parallelism == 1.1)
  }

  @Test func whatModelsWereSentTwiceIsCounted() throws {
    func call(_ number: UInt64, _ messages: String) throws -> Span {
      try TraceFixture.span(
        number, parent: 1, start: Int64(number),
        attributes: ["mlflow.spanType": "\"LLM\"", "mlflow.spanInputs": "{\"messages\": [\(messages)]}"])
    }
    let (first, second) = (#"{"role": "user", "content": "one"}"#, #"{"role": "assistant", "content": "two"}"#)
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1), try call(2, "\(first), \(second)"), try call(3, "\(first), \(second), \(first)"),
      ]))
    let input = try #require(ResentInput(facts))
    #expect(input.resentBytes == first.utf8.count + second.utf8.count)
    #expect(input.largest?.spanIndex == 2)
    #expect(ResentInput(TraceFacts(TraceFixture.trace([try TraceFixture.span(1)]))) == nil)
  }

  /// MLflow's rule: an agent repeats the sum of its calls, so only the outermost counts.
  @Test func tokensAreCountedOnce() throws {
    func usage(_ input: Int, _ output: Int) -> KeyValuePairs<String, String> {
      ["mlflow.chat.tokenUsage": #"{"input_tokens": \#(input), "output_tokens": \#(output)}"#]
    }
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1), try TraceFixture.span(2, parent: 1, start: 1, attributes: usage(10, 5)),
        try TraceFixture.span(3, parent: 2, start: 2, attributes: usage(10, 5)),
        try TraceFixture.span(4, parent: 1, start: 3, attributes: usage(1, 1)),
      ]))
    #expect(facts.tokenUsage == TokenUsage(input: 11, output: 6, total: 17))
    #expect(TraceFacts(TraceFixture.trace([try TraceFixture.span(1)])).tokenUsage == nil)
  }

  @Test(arguments: [
    ("no order '9999' in shard eu-7", "no order '#' in shard eu-#"),
    ("timed out after 1.5 s\nsecond line", "timed out after # s"),
    ("at 2026-11-21 09:00:38, 0x7f3a", "at # #, #"), ("job 5f3c2d1e-aaaa-bbbb-cccc-0123456789ab lost", "job # lost"),
    ("tr-0123456789abcdef0123456789abcdef: facade in k8s v2", "tr-#: facade in k8s v2"),
  ])
  func equalFailuresHaveEqualWords(_ message: String, _ signature: String) throws {
    let span = try TraceFixture.span(1, status: .error, message: message)
    let trace = TraceFixture.trace([span])
    #expect(ErrorOrigin.decisive(in: trace, tree: SpanTree(trace.spans))?.signature == signature)
  }

  @Test func anErrorIsChargedToWhereItBegan() throws {
    let facts = TraceFacts(
      TraceFixture.trace([
        try TraceFixture.span(1), try TraceFixture.span(2, parent: 1, start: 1, status: .error),
        try TraceFixture.span(
          3, parent: 2, start: 2, status: .error,
          events: #"[{"name":"exception","attributes":{"exception.type":"ValueError","exception.message":"bad"}}]"#),
      ]))
    #expect(facts.errors.count == 1)
    #expect(facts.errors.first?.spanIndex == 2)
    #expect(facts.errors.first?.propagatedTo == [1])
    #expect(facts.errors.first?.caughtBy == 0)
    #expect(facts.errors.first?.sentence == "ValueError: bad")
  }
}

@Suite("The app's own frame is found in a stack trace")
struct StackFrameTests {
  @Test func ofChainedExceptionsTheLastCounts() {
    let text = """
      Traceback (most recent call last):
        File "app/first.py", line 3, in inner
          raise KeyError
      KeyError

      The above exception was the direct cause of the following exception:

      Traceback (most recent call last):
        File "/usr/lib/python3.11/site-packages/mlflow/tracing/fluent.py", line 10, in wrapper
          return fn()
        File "app/orders.py", line 41, in lookup
          raise OrderNotFound
        File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 99, in send
      OrderNotFound: 9999
      """
    #expect(StackFrame.innermostOfApp(in: text)?.description == "app/orders.py:41 in lookup")
  }

  @Test(arguments: [
    (#"  File "<string>", line 1"#, "<string>:1 in ?"),
    (#"File "/x/site-packages/a.py", line 7, in f"#, "/x/site-packages/a.py:7 in f (library code)"),
  ])
  func withoutAFrameOfTheAppTheInnermostIsTaken(_ text: String, _ frame: String) {
    #expect(StackFrame.innermostOfApp(in: text)?.description == frame)
  }

  @Test(arguments: ["", "no trace", #"File "x", line y, in z"#, #"File "unclosed"#])
  func whatIsNoTrace(_ text: String) {
    #expect(StackFrame.innermostOfApp(in: text) == nil)
  }
}

@Suite("Detectors find what they are for, and nothing in a healthy trace")
struct DetectorTests {
  private func kinds(_ trace: Trace) -> [String] { Detectors.examine(TraceFacts(trace)).findings.map(\.kind) }

  private func call(_ number: UInt64, parent: UInt64? = 1, input: String = "\"q\"", status: SpanStatus = .ok) throws
    -> Span
  {
    try TraceFixture.span(
      number, parent: parent, name: "tool", start: Int64(number), status: status,
      message: status == .error ? "503" : "",
      attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": input])
  }

  @Test func aHealthyTraceIsQuiet() throws {
    let trace = TraceFixture.trace([
      try TraceFixture.span(1), try call(2), try call(3), try call(4, input: "\"other\""),
      try TraceFixture.span(5, parent: 1, start: 5, status: .unset),
    ])
    #expect(kinds(trace).isEmpty, "UNSET is no error, two equal calls are no loop")
  }

  @Test func anErrorThatEndedTheRun() throws {
    let trace = TraceFixture.trace([try TraceFixture.span(1, status: .error), try call(2, status: .error)])
    #expect(kinds(trace) == ["error"])
  }

  @Test func anErrorThatWasSwallowed() throws {
    #expect(kinds(TraceFixture.trace([try TraceFixture.span(1), try call(2, status: .error)])) == ["error_swallowed"])
  }

  @Test func attemptsAtOneCallAreOneFinding() throws {
    let root = try TraceFixture.span(1)
    let retried = TraceFixture.trace([root, try call(2, status: .error), try call(3, status: .error), try call(4)])
    let findings = Detectors.examine(TraceFacts(retried)).findings
    #expect(findings.map(\.kind) == ["error_retried"])
    #expect(findings.first?.spanIndex == 1)
    #expect(findings.first?.why.contains("Tried again (s3)") == true)
    #expect(findings.first?.why.contains("s4, did not fail") == true)
  }

  @Test func theSameCallAgainAndAgain() throws {
    let trace = TraceFixture.trace([try TraceFixture.span(1)] + (try (2...8).map { try call($0) }))
    let finding = Detectors.examine(TraceFacts(trace)).findings.first
    #expect(finding?.kind == "repeated_call")
    #expect(finding?.title == "tool was called 7 times with the same input")
    #expect(finding?.severity == .high)
  }

  @Test func onlyValidAssessmentsOfTheTraceCount() throws {
    let span = try TraceFixture.span(1)
    let trace = TraceFixture.trace(
      [span],
      assessments: [
        try TraceFixture.feedback("correct", "\"no\"", rationale: "wrong date", spanID: span.id.description),
        try TraceFixture.feedback("replaced", "false", isValid: false),
        try TraceFixture.feedback("whole_chat", "false", session: "s-1"),
        try TraceFixture.feedback("crashed", "null", error: .init(code: "E", message: nil, stackTrace: nil)),
        try TraceFixture.feedback("score", "0.1"), try TraceFixture.feedback("fine", "\"yes\""),
        try TraceFixture.feedback("bare", "false"),
      ])
    let findings = Detectors.examine(TraceFacts(trace)).findings
    #expect(findings.map(\.title) == ["correct = \"no\" (HUMAN)", "bare = false (HUMAN)"])
    #expect(findings.map(\.spanIndex) == [0, nil])
    #expect(findings.map(\.confidence) == [.medium, .low], "without a rationale nothing is sure")
  }

  /// "no" to "was the user frustrated?" is good news, unless the rationale says that the check failed.
  @Test func aValueIsNotReadWithoutItsName() throws {
    let trace = TraceFixture.trace(
      [try TraceFixture.span(1)],
      assessments: [try TraceFixture.feedback("user_frustration", "\"no\"", rationale: "No sign of frustration.")])
    let finding = Detectors.examine(TraceFacts(trace)).findings.first
    #expect(finding?.severity == .low)
    #expect(finding?.why == "The value alone may mean either; the rationale says: No sign of frustration.")
  }

  @Test func theCauseOfAChainIsTold() throws {
    let stack =
      "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nTimeoutError: no answer\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2, in g\nDown: x"
    let event = JSON.array([
      [
        "name": "exception",
        "attributes": ["exception.type": "Down", "exception.message": "x", "exception.stacktrace": .string(stack)],
      ]
    ])
    let trace = TraceFixture.trace([try TraceFixture.span(1, status: .error, events: event.text)])
    let why = Detectors.examine(TraceFacts(trace)).findings.first?.why
    #expect(why?.contains("Raised from TimeoutError: no answer. Raised at b.py:2 in g.") == true)
  }

  @Test func noDetectorIsRegisteredTwice() {
    #expect(Set(Detectors.all.map(\.name)).count == Detectors.all.count)
  }

  @Test func whatCouldNotBeCheckedIsSaid() throws {
    let outcome = Detectors.examine(TraceFacts(TraceFixture.trace([])))
    #expect(outcome.findings.isEmpty)
    #expect(outcome.notChecked.map(\.detector) == Detectors.all.map(\.name))
  }
}

@Suite("A session is its turns in order")
struct SessionFactsTests {
  @Test func turnsAreOrderedAndAssessmentsTold() async throws {
    let later = TraceFixture.trace(
      [],
      assessments: [
        try TraceFixture.feedback("turn", "true"), try TraceFixture.feedback("old", "true", isValid: false),
      ],
      id: "tr-b", startMs: 2_000)
    let sooner = TraceFixture.trace(
      [],
      assessments: [
        try TraceFixture.feedback("chat", "\"no\"", session: "s"),
        try TraceFixture.feedback("crash", "null", error: .init(code: "E", message: nil, stackTrace: nil)),
      ], id: "tr-a", startMs: 500)
    let session = await SessionFacts(id: "s", traces: [later, sooner])
    #expect(session.turns.map(\.facts.trace.info.id.rawValue) == ["tr-a", "tr-b"])
    #expect(session.turns.map(\.gapMs) == [nil, 1_500])
    #expect(session.sessionAssessments.map(\.name) == ["chat"])
    #expect(session.scorerErrors.map(\.name) == ["crash"])
    #expect(session.turns[1].assessments.map(\.name) == ["turn"])
    #expect(session.supersededCount == 1)
  }
}
