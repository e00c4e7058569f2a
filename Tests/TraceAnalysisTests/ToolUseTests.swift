import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Calls of tools are read from messages where only models were recorded") struct ToolUseTests {
  private let asking = #"""
    {"role": "assistant", "content": null, "tool_calls": [
      {"id": "c1", "type": "function", "function": {"name": "get_order", "arguments": "{\"id\": \"W-17\"}"}},
      {"id": "c2", "type": "function", "function": {"name": "cancel_order", "arguments": "{\"id\": \"W-17\"}"}}]}
    """#

  private func model(_ id: UInt64, _ input: String, _ output: String) throws -> Span {
    try TraceFixture.span(
      id, parent: 1, name: "chat", start: Int64(id), end: Int64(id),
      attributes: ["mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": input, "mlflow.spanOutputs": output])
  }

  private func facts(_ spans: [Span]) throws -> TraceFacts {
    TraceFacts(TraceFixture.trace([try TraceFixture.span(1, name: "turn", end: 100)] + spans))
  }

  @Test func callsAndTheirResultsAreFound() throws {
    let question = #"{"role": "user", "content": "Cancel W-17"}"#
    let results = #"""
      {"role": "tool", "tool_call_id": "c2", "content": "Error: shipped"},
      {"role": "tool", "tool_call_id": "c1", "content": "{\"id\": \"W-17\"}"}
      """#
    let uses = try facts([
      try model(2, #"{"messages": [\#(question)]}"#, asking),
      try model(
        3, #"{"messages": [\#(question), \#(asking), \#(results)]}"#,
        #"{"role": "assistant", "content": "It has been shipped."}"#),
    ]).toolUses
    #expect(uses.map(\.name) == ["get_order", "cancel_order"])
    #expect(uses.map(\.spanIndex) == [1, 1])
    #expect(uses.map { $0.arguments?["id"]?.string } == ["W-17", "W-17"])
    #expect(uses.map { $0.result?.string } == [#"{"id": "W-17"}"#, "Error: shipped"])
  }

  /// Providers without ids of calls name the tool: a chat begins with the results of earlier turns.
  @Test func withoutIDsTheLastResultIsThatOfTheLastCall() throws {
    func call(_ order: String) -> String {
      #"{"role": "assistant", "content": null, "function_call": {"name": "get_order", "arguments": "{\"id\": \"\#(order)\"}"}}"#
    }
    func result(_ order: String) -> String {
      #"{"role": "function", "name": "get_order", "content": "it is \#(order)"}"#
    }
    let question = #"{"role": "user", "content": "And W-2 and W-3?"}"#
    let earlier = "\(call("W-1")), \(result("W-1")), \(question)"
    let uses = try facts([
      try model(2, #"{"messages": [\#(earlier)]}"#, call("W-2")),
      try model(3, #"{"messages": [\#(earlier), \#(call("W-2")), \#(result("W-2"))]}"#, call("W-3")),
      try model(
        4, #"{"messages": [\#(earlier), \#(call("W-2")), \#(result("W-2")), \#(call("W-3")), \#(result("W-3"))]}"#,
        #"{"role": "assistant", "content": "Both are here."}"#),
    ]).toolUses
    #expect(uses.map { $0.arguments?["id"]?.string } == ["W-2", "W-3"])
    #expect(uses.map { $0.result?.string } == ["it is W-2", "it is W-3"])
  }

  @Test(arguments: [("execute_tool get_order", "get_order"), ("Look up order", "Look up order"), ("lookup", "lookup")])
  func aNameOfSeveralWordsIsOneName(_ span: String, _ name: String) throws {
    let tool = try TraceFixture.span(
      4, parent: 1, name: span, start: 4, attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{}"])
    #expect(try facts([tool]).toolUses.map(\.name) == [name])
  }

  /// A client that is traced twice, or the same call sent again, is one call.
  @Test func aCallThatTwoSpansTellOfIsOne() throws {
    let uses = try facts([try model(2, "{}", asking), try model(3, "{}", asking)]).toolUses
    #expect(uses.map(\.name) == ["get_order", "cancel_order"])
    #expect(uses.allSatisfy { $0.result == nil })
  }

  @Test func spansOfToolsAreTheCallsWhereThereAreSome() throws {
    let tool = try TraceFixture.span(
      4, parent: 1, name: "execute_tool cancel_order", start: 4,
      attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{}", "mlflow.spanOutputs": "\"ok\""])
    let uses = try facts([try model(2, "{}", asking), tool]).toolUses
    #expect(uses.map(\.name) == ["cancel_order"])
    #expect(uses.map(\.spanIndex) == [2])
  }

  // MARK: Detectors

  private func call(_ id: String, _ name: String, _ arguments: String) -> String {
    let arguments = JSON.string(arguments).text
    return #"{"role": "assistant", "content": null, "tool_calls": [{"id": "\#(id)", "type": "function", "function": "#
      + #"{"name": "\#(name)", "arguments": \#(arguments)}}]}"#
  }

  private func findings(_ detector: some Detector, _ facts: TraceFacts) throws -> [Finding] {
    guard case .findings(let found) = detector.examine(facts, flow: ValueFlowSource(facts)) else { return [] }
    return found
  }

  /// The run of an agent of which only the models were recorded: each call is given what was said so far, and the results.
  private func run(_ calls: [(id: String, name: String, arguments: String, result: String)]) throws -> TraceFacts {
    var said = [#"{"role": "user", "content": "Where is my order?"}"#]
    var spans: [Span] = []
    for (place, next) in calls.enumerated() {
      let asking = call(next.id, next.name, next.arguments)
      spans.append(try model(UInt64(place + 2), #"{"messages": [\#(said.joined(separator: ", "))]}"#, asking))
      let result = #"{"role": "tool", "tool_call_id": "\#(next.id)", "content": \#(JSON.string(next.result).text)}"#
      said += [asking, result]
    }
    let answer = #"{"role": "assistant", "content": "I do not know."}"#
    spans.append(try model(UInt64(calls.count + 2), #"{"messages": [\#(said.joined(separator: ", "))]}"#, answer))
    return try facts(spans)
  }

  @Test func aFailureThatOnlyMessagesTellIsFound() throws {
    let facts = try run([
      ("c1", "find_user", #"{"name": "Ann"}"#, "Error: user not found"), ("c2", "list_users", "{}", #"["Anne", "Bo"]"#),
    ])
    let found = try findings(ErrorInOutput(), facts)
    #expect(found.map(\.spanIndex) == [1])
    #expect(
      found.first?.why.contains("find_user, which chat asked for, gave back a failure: Error: user not found") ?? false)
    let evidence = try #require(found.first?.evidence.first)
    #expect(evidence.spanIndex == 3 && evidence.field == .inputs && evidence.path.description == "/messages/2/content")
    #expect(evidence.read(from: facts.trace) == "Error: user not found")
  }

  /// Anybody may write a message with very many calls: only some are told, and each result finds its call at once.
  @Test func ofVeryManyFailuresSomeAreTold() throws {
    let count = 3_000
    let calls = (0..<count).map { number in
      #"{"id": "c\#(number)", "type": "function", "function": {"name": "f", "arguments": "{\"n\": \#(number)}"}}"#
    }
    let asking = #"{"role": "assistant", "content": null, "tool_calls": [\#(calls.joined(separator: ", "))]}"#
    let results = (0..<count).map { #"{"role": "tool", "tool_call_id": "c\#($0)", "content": "Error: no \#($0)"}"# }
    let facts = try facts([
      try model(2, #"{"messages": [{"role": "user", "content": "Go"}]}"#, asking),
      try model(
        3, #"{"messages": [\#(([asking] + results).joined(separator: ", "))]}"#,
        #"{"role": "assistant", "content": "Done"}"#),
    ])
    #expect(facts.toolUses.map { $0.result?.string } == (0..<count).map { "Error: no \($0)" })
    #expect(try findings(ErrorInOutput(), facts).count == 8)
  }

  @Test func aLoopThatOnlyMessagesTellIsFound() throws {
    let calls = (1...4).map { ("c\($0)", "get_order", #"{"id": "W-17"}"#, "it is on its way") }
    let found = try findings(RepeatedCall(), try run(calls + [("c9", "get_order", #"{"id": "W-18"}"#, "unknown")]))
    #expect(found.map(\.title) == ["get_order was called 4 times with the same input"])
    #expect(found.first?.spanIndex == 1)
    // One that failed is tried again for a reason.
    let failing = calls.map { ($0.0, $0.1, $0.2, "Error: try again") }
    #expect(try findings(RepeatedCall(), try run(failing)).isEmpty)
  }

  @Test func anIdThatOnlyTheModelHasSaidIsFound() throws {
    let made = try run([("c1", "get_order", #"{"id": "W-20417"}"#, "unknown")])
    let found = try findings(UngroundedArgument(), made)
    #expect(found.map(\.spanIndex) == [1])
    #expect(found.first?.why.contains("get_order was called with /id = 'W-20417', which nothing before had") ?? false)
    let given = try run([
      ("c1", "list_orders", "{}", #"["W-20417"]"#), ("c2", "get_order", #"{"id": "W-20417"}"#, "unknown"),
    ])
    #expect(try findings(UngroundedArgument(), given).isEmpty)
  }

  /// A chat of an app that records only its models is ranked as one that records its tools.
  @Test func turnsAreRankedByWhatTheMessagesTell() async throws {
    func turn(_ number: Int, _ output: String) throws -> Trace {
      TraceFixture.trace(
        [
          try TraceFixture.span(
            1, name: "turn", end: 100,
            attributes: ["mlflow.spanInputs": #"{"question": "q\#(number)"}"#, "mlflow.spanOutputs": #""a""#]),
          try model(2, "{}", output),
        ], id: "tr-\(number)", startMs: 1_794_819_600_000 + Int64(number) * 60_000)
    }
    let plain = #"{"role": "assistant", "content": "Hello"}"#
    let session = await SessionFacts(
      id: "s", traces: [try turn(1, plain), try turn(2, asking), try turn(3, plain)])
    #expect(session.suspicions.first?.turn == 2)
    #expect(session.suspicions.first?.spanIndex == 1)
    #expect(session.suspicions.first?.reasons.first == "calls cancel_order, which changes something")
  }

  /// Where each call of a model is a trace of its own, a turn is several traces: in those behind the first nobody asks anything,
  /// and a call is no answer.
  @Test func aLoopOfTracesIsNoRepeatedQuestion() async throws {
    func step(_ number: Int, _ messages: String, _ output: String) throws -> Trace {
      let attributes: KeyValuePairs = [
        "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": #"{"messages": [\#(messages)]}"#,
        "mlflow.spanOutputs": output,
      ]
      return TraceFixture.trace(
        [try TraceFixture.span(1, name: "Completions", end: 100, attributes: attributes)], id: "tr-\(number)",
        startMs: 1_794_819_600_000 + Int64(number) * 60_000)
    }
    let question = #"{"role": "user", "content": "Please cancel my order W-17 as soon as you can"}"#
    let result = #"{"role": "tool", "tool_call_id": "c2", "content": "{\"id\": \"W-17\", \"fee\": 4711}"}"#
    let answer = #"{"role": "assistant", "content": "It is cancelled; the fee is 4711."}"#
    let traces = [
      try step(1, question, asking), try step(2, "\(question), \(asking), \(result)", answer),
      try step(
        3, #"\#(question), \#(asking), \#(result), \#(answer), {"role": "user", "content": "Thanks"}"#,
        #"{"role": "assistant", "content": "You are welcome."}"#),
    ]
    let steps = traces.map { TraceFacts($0).loopStep }
    #expect(steps.map { $0?.isContinued ?? false } == [false, true, false])
    #expect(steps.map { $0?.onlyCalls ?? false } == [true, false, false])
    let session = await SessionFacts(id: "s", traces: traces)
    let diagnosis = await SessionDiagnosis(session, turns: 1...3)
    #expect(diagnosis.findings.map(\.finding.kind).allSatisfy { $0 == "suspect" })
    #expect(session.suspicions.first?.turn == 1)
    #expect(session.suspicions.flatMap(\.reasons).contains { $0.hasPrefix("says 4711") } == false)
  }
}
