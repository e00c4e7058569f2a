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
      id, parent: 1, name: "chat", start: Int64(id),
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
