import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

/// An agent that looks up what it was asked for with the user's own words has brought in nothing that could be wrong; the step
/// that took one thing for another comes later.
@Suite("Steps that only look up what was asked for stand behind those that bring something in") struct LookupTests {
  private static let task = "Please reorder KT-204 so that we are covered for the next 28 days."

  private func call(_ name: String, _ arguments: String, said: JSON = .null) -> JSON {
    [
      "choices": [
        [
          "finish_reason": "tool_calls",
          "message": [
            "role": "assistant", "content": said,
            "tool_calls": [
              ["id": "c", "type": "function", "function": ["name": .string(name), "arguments": .string(arguments)]]
            ],
          ],
        ]
      ]
    ]
  }

  /// The demand is for a week, and is taken for that of a day.
  private func run() throws -> TraceFacts {
    var run = MadeRun(Self.task, answered: "I ordered 1,608 units of KT-204, enough for the next four weeks.")
    try run.model(call("get_stock", #"{"sku": "KT-204"}"#))
    try run.tool("get_stock", ["sku": "KT-204"], ["sku": "KT-204", "on_hand": 140, "pack_size": 24])
    try run.model(call("forecast_demand", #"{"sku": "KT-204", "horizon_days": 28}"#))
    try run.tool(
      "forecast_demand", ["sku": "KT-204", "horizon_days": 28], ["unit": "per week", "demand": [61, 58, 66, 64]])
    let said: JSON =
      "Demand is about 62 a day, so 28 days need 1,743 units. Stock is 140, lead time is the usual 5 days. Order 1,608."
    try run.model(
      call("place_order", #"{"sku": "KT-204", "quantity": 1608, "deliver_by": "2026-12-04"}"#, said: said))
    try run.tool("place_order", ["sku": "KT-204", "quantity": 1608], ["order_id": "PO-88213", "status": "accepted"])
    try run.model("I ordered 1,608 units of KT-204, enough for the next four weeks.")
    return try run.facts
  }

  @Test func theStepThatBringsSomethingInComesFirst() async throws {
    let facts = try run()
    let diagnosis = await Diagnosis(facts)
    #expect(diagnosis.findings.first?.spanIndex == 5)
    let first = try #require(diagnosis.ranking.suspicions.first)
    #expect(first.reasons.first == "the first to do more than look up what was asked")
    let lookups = diagnosis.ranking.suspicions.filter { [1, 3].contains($0.step.spanIndex) }
    #expect(lookups.count == 2 && lookups.allSatisfy { $0.reasons.contains("looks up what was asked") })
  }

  /// `"KT-204"` in a call is the KT-204 that the user spoke of.
  @Test func noStepIsTheFirstToSayWhatTheUserSaid() async throws {
    let reasons = SuspicionRanking(try run()).suspicions.flatMap(\.reasons)
    #expect(!reasons.isEmpty && reasons.allSatisfy { !$0.lowercased().contains("kt") })
  }

  @Test(arguments: [
    (#"{"sku": "KT-204"}"#, true), (#"{"sku": "kt-204", "page": 1, "exact": true}"#, true), ("{}", true),
    (#"{"sku": "KT-205"}"#, false), (#"{"sku": "KT-204", "days": 30}"#, false),
    (#"{"query": "reorder days covered"}"#, true), (#"{"query": "KT-204 supplier"}"#, false),
  ])
  func aLookupIsWhatHasNoOtherWordsThanGivenOnes(_ arguments: String, _ isLookup: Bool) throws {
    var run = MadeRun(Self.task, answered: "Done.")
    try run.model(call("get_stock", arguments))
    #expect(StepReader(try run.facts).steps().first { $0.spanIndex == 1 }?.isLookup == isLookup)
  }

  /// What changes something decides something, whoever named the values; and so does who says a word about it.
  @Test func aWriteAndWordsAreNoLookup() throws {
    var run = MadeRun(Self.task, answered: "Done.")
    try run.model(call("cancel_order", #"{"sku": "KT-204"}"#))
    try run.model(call("get_stock", #"{"sku": "KT-204"}"#, said: "The stock is what counts here."))
    #expect(StepReader(try run.facts).steps().filter { $0.spanIndex > 0 }.allSatisfy { !$0.isLookup })
  }

  /// Who calls tools acts, even if called a router; who calls only to hand over does not.
  @Test(arguments: [("distance", Step.Role.worker), ("transfer_to_pricer", .orchestrator)])
  func whoCallsToolsIsNoOrchestratorByName(_ tool: String, _ role: Step.Role) throws {
    func span(_ number: UInt64, _ parent: UInt64?, _ name: String, _ type: String, _ output: JSON) throws -> Span {
      try TraceFixture.span(
        number, parent: parent, name: name, start: Int64(number * 10), end: Int64(number * 10 + 8),
        attributes: ["mlflow.spanType": JSON.string(type).text, "mlflow.spanOutputs": output.text])
    }
    let words: JSON = "It is 312.5 miles by road, about five hours by car, and most of it is motorway without a toll."
    let steps = StepReader(
      TraceFacts(
        TraceFixture.trace([
          try span(1, nil, "team", "AGENT", "Done."), try span(2, 1, "router", "AGENT", words),
          try span(3, 2, "chat", "CHAT_MODEL", call(tool, "{}")), try span(4, 2, "chat", "CHAT_MODEL", words),
          try span(5, 1, "pricer", "AGENT", "It is 299.80."), try span(6, 5, "chat", "CHAT_MODEL", "It is 299.80."),
        ]))
    ).steps()
    #expect(steps.first { $0.spanIndex == 3 }?.role == role)
  }
}
