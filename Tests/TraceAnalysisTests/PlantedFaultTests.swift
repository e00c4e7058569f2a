import Foundation
import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

/// Spans of the shapes that detectors look for, with MLflow's attributes.
private enum Made {
  static func span(
    _ number: UInt64, parent: UInt64? = nil, _ name: String, _ type: String, from: Int64 = 0, to: Int64 = 10,
    _ inputs: JSON? = nil, _ outputs: JSON? = nil, status: SpanStatus = .ok, tools: JSON? = nil
  ) throws -> Span {
    // A KeyValuePairs cannot be put together, so what is absent is null, which counts as absent.
    try TraceFixture.span(
      number, parent: parent, name: name, start: from, end: to, status: status,
      attributes: [
        "mlflow.spanType": JSON.string(type).text, "mlflow.spanInputs": (inputs ?? .null).text,
        "mlflow.spanOutputs": (outputs ?? .null).text, "mlflow.chat.tools": (tools ?? .null).text,
      ])
  }

  static func call(_ name: String, _ arguments: String, finish: String = "tool_calls") -> JSON {
    let function: JSON = ["name": .string(name), "arguments": .string(arguments)]
    return [
      "choices": [
        [
          "finish_reason": .string(finish),
          "message": [
            "role": "assistant", "content": .null,
            "tool_calls": [["id": "c1", "type": "function", "function": function]],
          ],
        ]
      ]
    ]
  }

  static func tools(_ schema: JSON) -> JSON {
    [["type": "function", "function": ["name": "get_order", "parameters": schema]]]
  }
}

@Suite("Planted faults are found, and nothing where there is none")
struct PlantedFaultTests {
  private func findings(_ spans: [Span], assessments: [Assessment] = []) -> [Finding] {
    Detectors.examine(TraceFacts(TraceFixture.trace(spans, assessments: assessments))).findings
  }

  // MARK: Calls

  private static let schema: JSON = [
    "type": "object",
    "properties": ["order_id": ["type": "string"], "count": ["type": "integer"], "kind": ["enum": ["a", "b"]]],
    "required": ["order_id"], "additionalProperties": false,
  ]

  @Test(arguments: [
    ("cancel_all", #"{}"#, "unknown_tool", "which it was not offered; it was offered get_order"),
    ("get_order", #"{"count": 1}"#, "invalid_arguments", "'order_id' is missing"),
    ("get_order", #"{"order_id": 4711}"#, "invalid_arguments", "'order_id' should be of type string"),
    (
      "get_order", #"{"order_id": "4711", "colour": 1}"#, "invalid_arguments",
      "there is no 'colour' (there is: order_id, count, kind)"
    ),
    ("get_order", #"{"order_id": "4711", "count": 1.5}"#, "invalid_arguments", "'count' should be of type integer"),
    ("get_order", #"{"order_id": "4711", "kind": "c"}"#, "invalid_arguments", "'kind' is 'c', not one of a, b"),
    ("get_order", #"{"order_id": "47"#, "broken_arguments", "with arguments that are no JSON"),
  ])
  func aCallThatCannotBeCarriedOut(_ tool: String, _ arguments: String, _ kind: String, _ words: String) throws {
    let found = findings([
      try Made.span(1, "ask", "CHAT_MODEL", "hello", Made.call(tool, arguments), tools: Made.tools(Self.schema))
    ])
    #expect(found.map(\.kind) == [kind])
    #expect(found.first?.why.contains(words) == true, "\(found.first?.why ?? "")")
    #expect(found.first?.evidence.first?.excerpt.contains(tool) == true)
  }

  @Test(arguments: [
    #"{"order_id": "4711"}"#, #"{"order_id": "4711", "count": 2, "kind": "b"}"#,
    #"{"order_id": "4711", "count": null}"#,
  ])
  func aCallAsItShouldBe(_ arguments: String) throws {
    let span = try Made.span(
      1, "ask", "CHAT_MODEL", "hello", Made.call("get_order", arguments), tools: Made.tools(Self.schema))
    #expect(findings([span]).isEmpty)
  }

  // MARK: Models

  @Test(arguments: [
    ("length", ["output_cut_off"]), ("content_filter", ["output_filtered"]), ("stop", []), ("tool_calls", []),
  ])
  func whyTheModelStopped(_ reason: String, _ kinds: [String]) throws {
    let output: JSON = [
      "choices": [["finish_reason": .string(reason), "message": ["role": "assistant", "content": "It is"]]]
    ]
    #expect(findings([try Made.span(1, "ask", "CHAT_MODEL", "hello", output)]).map(\.kind) == kinds)
  }

  // MARK: Retrieval

  private func retrieval(_ question: String, _ documents: JSON) throws -> [Finding] {
    findings([
      try Made.span(1, "app", "AGENT", to: 50, .string(question), "words"),
      try Made.span(2, parent: 1, "search", "RETRIEVER", from: 1, ["query": .string(question)], documents),
    ])
  }

  @Test(arguments: ["superseded", "Deprecated", "superseded by refund-policy-v4.md"])
  func aDocumentOutOfForce(_ status: String) throws {
    let found = try retrieval(
      "refund period",
      [["page_content": "refund within 30 days", "id": "refund-v2", "metadata": ["status": .string(status)]]])
    #expect(found.map(\.kind) == ["stale_document"])
    #expect(found.first?.why.hasPrefix("search gave back refund-v2, which is marked \(status)") == true)
  }

  @Test func aDocumentInForce() throws {
    #expect(
      try retrieval(
        "refund period", [["page_content": "refund within 14 days", "id": "v4", "metadata": ["status": "current"]]]
      )
      .isEmpty)
  }

  @Test func nothingThatFits() throws {
    let found = try retrieval(
      "What is our refund policy?", [["page_content": "Shipping takes 3 days", "metadata": [:]]])
    #expect(found.map(\.kind) == ["off_topic_retrieval"])
    #expect(found.first?.why == "search gave back 1 document without a word of the question (refund, policy).")
    #expect(found.first?.severity == .low)
  }

  @Test func nothingAtAll() throws {
    #expect(try retrieval("What is our refund policy?", []).map(\.kind) == ["empty_retrieval"])
  }

  // MARK: Results

  @Test(
    arguments: [
      .string("Error: the disk is full"), .string("Traceback (most recent call last):\n…"), ["error": "no such order"],
      ["error": ["message": "quota"]], ["success": false, "data": .null], ["status_code": 503, "body": ""],
      ["content": "Failed to open the page", "isError": true],
    ] as [JSON])
  func aFailureHandedOn(_ output: JSON) throws {
    let found = findings([try Made.span(1, "fetch", "TOOL", ["url": "x"], output)])
    #expect(found.map(\.kind) == ["error_in_output"])
    #expect(found.first?.evidence.count == 1)
  }

  @Test(
    arguments: [
      .string("The page explains the error: 404 means not found"), ["error": .null, "rows": 3],
      ["errors": [], "ok": true],
      ["status_code": 200], ["stderr": "warning: slow", "exit": 0],
    ] as [JSON])
  func aResultThatOnlySpeaksOfErrors(_ output: JSON) throws {
    #expect(findings([try Made.span(1, "fetch", "TOOL", ["url": "x"], output)]).isEmpty)
  }

  // MARK: Values

  private func agent(_ question: String, tool: JSON, prompt: JSON, answer: String) throws -> [Finding] {
    findings([
      try Made.span(1, "agent", "AGENT", to: 100, ["question": .string(question)], .string(answer)),
      try Made.span(2, parent: 1, "look_up", "TOOL", from: 1, to: 10, ["name": "x"], tool),
      try Made.span(
        3, parent: 1, "compose", "CHAT_MODEL", from: 20, to: 90, ["messages": [["role": "user", "content": prompt]]],
        .string(answer)),
    ])
  }

  @Test func aNumberThatRestsOnNothing() throws {
    let found = try agent("What does it cost?", tool: ["price": 20], prompt: "price 20", answer: "It costs 49.90 EUR.")
    #expect(found.map(\.kind) == ["ungrounded_value"])
    #expect(found.first?.spanIndex == 2)
    #expect(found.first?.why.contains("'49.90'") == true)
  }

  @Test func aNumberThatCodePutIn() throws {
    let found = try agent(
      "What does it cost?", tool: ["error": .null], prompt: #"{"shipping_eur": 4.9}"#, answer: "It costs 4.90 EUR.")
    #expect(found.map(\.kind) == ["value_from_code"])
    #expect(found.first?.why.contains("so the code of agent put it there") == true)
  }

  @Test(
    arguments: [
      (["price": 49.9], "It costs 49.90 EUR."), (["price": "1,249.5"], "It costs 1249.50 EUR."),
      // Worked out: a sum, a share, a product.
      (["net": 40, "tax": 9.5], "It costs 49.5 EUR."), (["hits": 30, "of": 120], "That is 25 %."),
      (["date": "2026-11-19"], "It arrives on 19 November."), (["n": 3], "In 2025 there were 3."),
    ] as [(JSON, String)])
  func aNumberThatWasLookedUp(_ tool: JSON, _ answer: String) throws {
    #expect(try agent("What is it?", tool: tool, prompt: .string(tool.text), answer: answer).isEmpty)
  }

  @Test func whatTheUserSaidIsGrounded() throws {
    #expect(
      try agent("Is order ORD-99812 late?", tool: ["late": true], prompt: "late", answer: "Yes, ORD-99812 is late.")
        .isEmpty)
  }

  /// In a chat the model is sent what was said in earlier turns, which this trace does not have.
  @Test func whatWasSaidBeforeIsNotFromCode() throws {
    let history: JSON = [
      ["role": "user", "content": "What did I order?"],
      ["role": "tool", "content": #"{"order": "W3239882", "price": 252.06}"#],
      ["role": "assistant", "content": "W3239882 for 252.06"], ["role": "user", "content": "And the price?"],
    ]
    let found = findings([
      try Made.span(
        1, "agent", "AGENT", to: 100, ["question": "And the price?"], "It was 252.06, order W3239882, 8-inch."),
      try Made.span(2, parent: 1, "look_up", "TOOL", from: 1, to: 10, ["name": "x"], ["ok": true]),
      try Made.span(
        3, parent: 1, "compose", "CHAT_MODEL", from: 20, to: 90, ["messages": history],
        "It was 252.06, order W3239882, 8-inch."),
    ])
    #expect(found.isEmpty, "\(found.map(\.why))")
  }

  @Test func anArgumentFromNowhere() throws {
    func spans(_ question: String) throws -> [Span] {
      [
        try Made.span(1, "agent", "AGENT", to: 100, ["question": .string(question)], "Done."),
        try Made.span(
          2, parent: 1, "plan", "LLM", from: 1, to: 10, "q", Made.call("get_order", #"{"order_id": "ORD-77123"}"#)),
        try Made.span(
          3, parent: 1, "get_order", "TOOL", from: 20, to: 30, ["order_id": "ORD-77123"], ["state": "shipped"]),
      ]
    }
    let found = try findings(spans("Where is my order?"))
    #expect(found.map(\.kind) == ["ungrounded_argument"])
    #expect(found.first?.why.contains("/order_id = 'ORD-77123', which nothing before had; it comes from plan.") == true)
    #expect(try findings(spans("Where is my order ORD-77123?")).isEmpty)
    // In JSON text the letter of an escape stands beside the value.
    for escape in ["\n", "\t", "\r\n", "\u{1}", #"\n"#, "\\\t"] {
      #expect(try findings(spans("My orders:\(escape)ORD-77123\(escape)shipped")).isEmpty, "\(escape.debugDescription)")
    }
  }

  // MARK: Expectations and ends

  private func expectation(_ value: String) throws -> Assessment {
    var assessment = try TraceFixture.feedback("expected", value)
    assessment.content = .expectation(value: try JSONDocument(value).root)
    return assessment
  }

  @Test func anExpectationThatWasLost() throws {
    let spans = [
      try Made.span(1, "agent", "AGENT", to: 100, "How long?", "You have 30 days."),
      try Made.span(
        2, parent: 1, "search", "RETRIEVER", from: 1, "How long?",
        [["page_content": "14 days, how long as it is", "metadata": [:]]]),
    ]
    let found = findings(spans, assessments: [try expectation(#""14 days""#)])
    #expect(found.map(\.kind) == ["expectation_lost"])
    #expect(found.first?.spanIndex == 1)
    #expect(findings(spans, assessments: [try expectation(#""30 days""#)]).isEmpty)
    #expect(findings(spans, assessments: [try expectation(#""7 days""#)]).map(\.kind) == ["expectation_missed"])
  }

  @Test func aRunWithoutAnAnswer() throws {
    let found = findings([
      try Made.span(1, "agent", "AGENT", to: 100, "find it"),
      try Made.span(2, parent: 1, "plan", "LLM", from: 1, "find it", "I will look again"),
    ])
    #expect(found.map(\.kind) == ["no_answer"])
    let limited = findings([
      try Made.span(1, "agent", "AGENT", "find it", "Agent stopped due to iteration limit or time limit.")
    ])
    #expect(limited.map(\.kind) == ["step_limit"])
  }

  // MARK: Order

  @Test func aComplaintSteers() async throws {
    let spans = [
      try Made.span(1, "agent", "AGENT", to: 100, "go", "done"),
      try Made.span(2, parent: 1, "rates", "TOOL", from: 1, ["q": "x"], ["error": "no tariff for Norway"]),
      try Made.span(3, parent: 1, "stock", "TOOL", from: 20, ["q": "y"], ["error": "the warehouse did not confirm"]),
    ]
    let facts = TraceFacts(TraceFixture.trace(spans))
    #expect(await Diagnosis(facts).findings.map(\.spanIndex) == [1, 2])
    #expect(
      await Diagnosis(facts, symptom: Symptom("the warehouse never confirmed")).findings.map(\.spanIndex) == [2, 1])
    #expect(Symptom("it was wrong") == nil)
  }
}

@Suite("What findings quote stands where they say")
struct EvidenceTests {
  @Test func evidenceIsReadAgain() async throws {
    let folder = PackageRoot.url.appendingPathComponent("Tests/LensToolsTests/Corpus/Traces")
    var checked = 0
    for file in ["traces.jsonl", "sessions.jsonl"] {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        for trace in ExportedTraces(try JSONDocument(Array(line.utf8)).root).traces {
          let diagnosis = await Diagnosis(TraceFacts(trace))
          for evidence in diagnosis.findings.flatMap(\.evidence) {
            #expect(evidence.read(from: trace) == evidence.excerpt)
            checked += 1
          }
        }
      }
    }
    #expect(checked > 60)
  }
}
