import JSONText
import LensTestSupport
import Testing
import TraceModel
import TraceSemantics

@testable import TraceAnalysis

@Suite("Tests that fail, edits that were not made, actions without effect, claims that nothing backs, lists left open")
struct RunEndTests {
  // MARK: Tests

  @Test(arguments: [
    "===== 1 failed, 33 passed in 2.11s =====", "Tests:       1 failed, 3 passed, 4 total",
    "FAILED (failures=1, errors=2)",
    "test result: FAILED. 3 passed; 1 failed; 0 ignored", "Tests run: 5, Failures: 1, Errors: 0, Skipped: 0",
    "3 examples, 1 failure", "  2 passing (30ms)\n  1 failing", "--- FAIL: TestParse (0.00s)\nFAIL\tpkg\t0.1s",
    "Executed 5 tests, with 1 failure (0 unexpected) in 0.1 seconds", "2 tests failed out of 5", "1 failed in 0.12s",
  ])
  func aReportOfFailingTests(_ line: String) {
    #expect((TestReport("collected\n\(line)\n")?.failed ?? 0) > 0)
  }

  @Test(arguments: [
    "===== 34 passed in 2.11s =====", "Tests:       4 passed, 4 total", "Ran 3 tests in 0.1s, 0 failures, 3 passed",
    "test result: ok. 3 passed; 0 failed; 0 ignored", "Tests run: 5, Failures: 0, Errors: 0", "3 examples, 0 failures",
  ])
  func aReportOfPassingTests(_ line: String) { #expect(TestReport(line)?.failed == 0) }

  @Test(arguments: [
    "The login failed 3 times before it passed.", "2 of the orders failed to ship in 2024", "error: no such file",
    "In 2019 the company passed 5 milestones and failed 2 of its goals", "",
  ])
  func noReport(_ text: String) { #expect(TestReport(text) == nil) }

  private func coding(_ reports: [String], answered: String) throws -> MadeRun {
    var run = MadeRun("fix the bug", answered: answered)
    for report in reports {
      try run.model("run the tests")
      try run.tool("bash", ["command": "pytest"], .string("collected 34 items\n" + report))
    }
    try run.model(answered)
    return run
  }

  @Test func anAnswerThoughTestsFail() throws {
    let run = try coding(["34 passed in 2.0s", "1 failed, 33 passed in 2.1s"], answered: "The bug is fixed.")
    let found = try run.findings(FailingTests())
    #expect(found.map(\.kind) == ["failing_tests"])
    #expect(found.first?.spanIndex == 5)
    #expect(found.first?.confidence == .high && found.first?.severity == .medium)
    #expect(found.first?.why.contains("1 failed, 33 passed") == true)
    #expect(found.first?.why.contains("the answer says \"fixed\"") == true)
    #expect(found.first?.evidence.first?.excerpt.contains("1 failed") == true)
  }

  @Test func testsThatPassInTheEnd() throws {
    #expect(
      try coding(["1 failed, 33 passed in 2.1s", "34 passed in 2.0s"], answered: "Fixed.").findings(FailingTests())
        .isEmpty)
    #expect(
      try coding(["1 failed in 2.1s"], answered: "One of the tests still fails.").findings(FailingTests()).isEmpty)
    #expect(try coding(["no output"], answered: "Fixed.").findings(FailingTests()).isEmpty)
    #expect(try MadeRun("fix it", answered: "Fixed.").reason(FailingTests()) == nil)
    var silent = MadeRun("fix it", answered: "Fixed.")
    try silent.tool("bash", .null, .null)
    #expect(try silent.reason(FailingTests()) == "no tool span has recorded its output")
    #expect(try silent.reason(UnmendedFailure()) == "no tool span has recorded its output")
    #expect(try silent.reason(NoEffect()) == "no tool span has recorded its output")
    #expect(try silent.reason(OpenTodo()) == "no tool span has recorded its input")
  }

  // MARK: Commands and edits

  @Test(arguments: [
    (
      "edit", "No replacement was performed, old_str `a` did not appear verbatim in /a.py.",
      "says that it changed nothing"
    ),
    ("bash", "bash: foo: command not found", "says that it failed"),
    ("bash", "cat: a.py: No such file or directory", "says that it failed"),
    ("bash", "some words\n[exit code: 2]", "[exit code: 2]"),
    ("bash", "<returncode>1</returncode>\n<output>\nno\n</output>", "returncode"),
    ("bash", "Process exited with code 127", "exited with code 127"),
  ])
  func aFailureThatNobodyMended(_ tool: String, _ output: String, _ words: String) throws {
    var run = MadeRun("fix it", answered: "Done.")
    try run.tool("read", ["path": "a.py"], "x = 1")
    try run.tool(tool, ["path": "a.py"], .string(output))
    try run.tool("read", ["path": "b.py"], "x = 1")
    let found = try run.findings(UnmendedFailure())
    #expect(found.map(\.spanIndex) == [2])
    #expect(found.first?.why.contains(words) == true, "\(found.first?.why ?? "")")
    #expect(found.first?.severity == .medium)

    // Tried again, it is part of the work.
    try run.tool(tool, ["path": "c.py"], "ok")
    #expect(try run.findings(UnmendedFailure()).isEmpty)
  }

  @Test(arguments: [
    "exit code: 0", "The exit code of 1 means failure.", "returncode=0", "1 failed, 3 passed in 2s\nexit code: 1",
    "A page on shells. " + String(repeating: "When a command is not there, the shell says so. ", count: 40)
      + "command not found is what it says. " + String(repeating: "Other shells say other things. ", count: 40),
  ])
  func noFailure(_ output: String) throws {
    var run = MadeRun("fix it", answered: "Done.")
    try run.tool("bash", ["command": "x"], .string(output))
    #expect(try run.findings(UnmendedFailure()).isEmpty)
    #expect(try run.reason(UnmendedFailure()) == nil)
  }

  // MARK: Actions

  private static let page = "Results for lamps\n" + String(repeating: "A lamp of brass, 40 EUR. ", count: 20)

  @Test func anActionWithoutEffect() throws {
    var run = MadeRun("buy a lamp", answered: "Bought.")
    try run.model("open")
    try run.tool("browser_open", ["url": "https://shop.example"], .string(Self.page))
    try run.model("click")
    try run.tool("browser_click", ["id": 14], .string(Self.page))
    let one = try run.findings(NoEffect())
    #expect(one.map(\.spanIndex) == [4])
    #expect(one.first?.severity == .low)
    try run.model("scroll")
    try run.tool("browser_scroll", ["by": 500], .string(Self.page))
    let two = try run.findings(NoEffect())
    #expect(two.map(\.spanIndex) == [4] && two.first?.severity == .medium)
    #expect(
      two.first?.why.contains("s5, s7 browser_click showed again what s3 browser_open had") == true,
      "\(two.first?.why ?? "")")
  }

  /// The same part of the same page, though a picture of it was read anew.
  @Test(arguments: [("20%", "20%", 1), ("20%", "40%", 0)])
  func theSamePageAgain(_ before: String, _ after: String, _ count: Int) throws {
    func view(_ action: String, _ shown: String, _ extra: String) -> JSON {
      let words = (0..<60).map { "word\($0)" }.joined(separator: " ")
      return .string(
        "I \(action).\n\nHere is [Weather](https://weather.example/a). The viewport shows \(shown) of it.\n\(words) \(extra)"
      )
    }
    var run = MadeRun("how warm", answered: "warm")
    try run.model("type the place")
    try run.tool("browser_type", ["text": "Bonn"], view("typed 'Bonn'", before, "x1"))
    try run.model("click it")
    try run.tool("browser_click", ["id": 3], view("clicked 'View'", after, "y2"))
    let found = try run.findings(NoEffect())
    #expect(found.count == count)
    #expect(found.first.map { $0.spanIndex == 4 } ?? true)
  }

  @Test func actionsThatAreNone() throws {
    var run = MadeRun("buy a lamp", answered: "Bought.")
    try run.model("look")
    try run.tool("search", ["q": "lamp"], .string(Self.page))
    // Of a list of calls nobody saw the first before the second.
    try run.tool("search", ["q": "brass lamp"], .string(Self.page))
    try run.model("look again")
    try run.tool("search", ["q": "brass lamp"], .string(Self.page))
    try run.model("look elsewhere")
    try run.tool("search", ["q": "lamp of brass"], .string(Self.page + "1"))
    try run.tool("click", ["id": 1], "ok")
    try run.model("click")
    try run.tool("click", ["id": 2], "ok")
    #expect(try run.findings(NoEffect()).isEmpty)
  }

  // MARK: Claims

  private static let tools: JSON = [
    ["type": "function", "function": ["name": "get_flight", "parameters": ["type": "object"]]],
    ["type": "function", "function": ["name": "book_flight", "parameters": ["type": "object"]]],
  ]

  @Test func aClaimThatNothingBacks() throws {
    var run = MadeRun("book the flight", answered: "Good news: I have now booked flight LH 17 for you.")
    try run.tool("get_flight", ["id": "LH17"], ["id": "LH17"])
    try run.model("Good news: I have now booked flight LH 17 for you.", tools: Self.tools)
    let found = try run.findings(UnbackedClaim())
    #expect(found.map(\.kind) == ["unbacked_claim"])
    #expect(found.first?.spanIndex == 2)
    #expect(
      found.first?.why.contains("\"I have now booked\", but the tools that were called only read (get_flight)") == true)
  }

  @Test func claimsThatAreBacked() throws {
    for (tool, answer) in [
      ("book_flight", "I have booked it."), ("run_code", "I have booked it."),
      ("get_flight", "It was booked by you in May."),
      ("get_flight", "I can have it booked for you."),
    ] {
      var run = MadeRun("book the flight", answered: answer)
      try run.tool(tool, ["id": "LH17"], ["id": "LH17"])
      try run.model(answer, tools: Self.tools)
      #expect(try run.findings(UnbackedClaim()).isEmpty, "\(tool): \(answer)")
    }
  }

  // MARK: Things to do

  private func todos(_ states: [String]) -> JSON {
    let words = ["Read the parser", "Add the missing case", "Run the tests", "Clean up the folder"]
    return ["todos": .array(zip(words, states).map { ["content": .string($0), "status": .string($1)] })]
  }

  @Test func thingsLeftOpen() throws {
    var run = MadeRun("fix it", answered: "All done.")
    try run.tool("TodoWrite", todos(["in_progress", "pending", "pending", "pending"]), "ok")
    try run.tool("read", ["path": "a"], "x")
    try run.tool("TodoWrite", todos(["completed", "in_progress", "pending", "pending"]), "ok")
    let found = try run.findings(OpenTodo())
    #expect(found.map(\.kind) == ["open_todo"])
    #expect(found.first?.spanIndex == 3 && found.first?.severity == .medium)
    #expect(found.first?.why.contains("Of 4 things to do, 3 were still open") == true, "\(found.first?.why ?? "")")
  }

  @Test func thingsDone() throws {
    var run = MadeRun("fix it", answered: "All done.")
    try run.tool("TodoWrite", todos(["in_progress", "pending", "pending", "pending"]), "ok")
    try run.tool("read", ["path": "a"], "x")
    try run.tool("TodoWrite", todos(["completed", "completed", "completed", "completed"]), "ok")
    #expect(try run.findings(OpenTodo()).isEmpty)
    // Data with a status is no list that is kept.
    var other = MadeRun("show orders", answered: "Two.")
    try other.tool("show", ["items": [["name": "a", "status": "pending"], ["name": "b", "status": "done"]]], "ok")
    #expect(try other.findings(OpenTodo()).isEmpty)
  }

  @Test func tickedOffAtOnce() throws {
    var run = MadeRun("fix it", answered: "All done.")
    try run.tool("TodoWrite", todos(["in_progress", "pending", "pending", "pending"]), "ok")
    try run.model("good")
    try run.tool("TodoWrite", todos(["completed", "completed", "completed", "completed"]), "ok")
    let found = try run.findings(OpenTodo())
    #expect(found.map(\.kind) == ["ticked_off"])
    #expect(found.first?.severity == .low && found.first?.spanIndex == 3)
  }

  @Test func anEmptyAttributeOfMLflowHidesNoOther() throws {
    let payload = #"{"todos": [{"content": "Read", "status": "pending"}]}"#
    let span = try TraceFixture.span(
      1,
      attributes: [
        "mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{}", "mlflow.spanOutputs": "null", "input.value": payload,
      ])
    let facts = TraceFacts(TraceFixture.trace([span]))
    #expect(facts.meaning(0).inputs?.key == "input.value")
    for raw in [facts.rawInputs(0), facts.rawOutputs(0)] {
      #expect(ByteSearch(["pending"]).isFound(in: raw), "what is looked for stands in the record")
    }
  }
}
