import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Turns are ranked by what they change and claim") struct TurnSuspicionTests {
  /// A turn of a chat: what was asked, the tools that were called, what was answered.
  private func turn(_ number: Int, _ asked: String, _ tools: [(name: String, result: String)], _ answer: String) throws
    -> Trace
  {
    var spans = [
      try TraceFixture.span(
        1, name: "chat", end: 100,
        attributes: [
          "mlflow.spanInputs": #"{"question": "\#(asked)"}"#, "mlflow.spanOutputs": #"{"answer": "\#(answer)"}"#,
        ])
    ]
    for (place, tool) in tools.enumerated() {
      spans.append(
        try TraceFixture.span(
          UInt64(place + 2), parent: 1, name: tool.name, start: Int64(place + 1),
          attributes: [
            "mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{}", "mlflow.spanOutputs": #""\#(tool.result)""#,
          ]))
    }
    return TraceFixture.trace(spans, id: "tr-\(number)", startMs: 1_794_819_600_000 + Int64(number) * 60_000)
  }

  private func suspicions(_ turns: [Trace]) -> [TurnSuspicion] { SessionFacts(id: "s", traces: turns).suspicions }

  @Test func theTurnThatWritesAndSaysSoComesFirst() throws {
    let ranked = suspicions([
      try turn(1, "Hello", [("get_user", "ok")], "How can I help?"),
      try turn(2, "Cancel it", [("get_order", "ok"), ("cancel_order", "ok")], "Your order has been cancelled."),
      try turn(3, "Thanks", [], "You are welcome."),
    ])
    #expect(ranked.map(\.turn).first == 2)
    #expect(ranked[0].spanIndex == 2)
    #expect(ranked[0].reasons.prefix(2) == ["calls cancel_order, which changes something", "says that it is done"])
  }

  @Test(arguments: [
    ("modifyPendingOrder", true), ("execute_tool update_reservation", true), ("get_refund_policy", false),
    ("search_return_flights", false), ("list_orders", false), ("calculate", false), ("weather", false),
  ])
  func whatWrites(_ name: String, _ writes: Bool) throws {
    let ranked = suspicions([
      try turn(1, "a", [], "b"), try turn(2, "c", [(name, "ok")], "d"), try turn(3, "e", [], "f"),
    ])
    #expect(!ranked.isEmpty == writes)
  }

  @Test func aNumberFromNowhereAndAHandOverSpeakForATurn() throws {
    let ranked = suspicions([
      try turn(1, "I have 14 items", [("find_items", "price 25")], "14 items at 25 each."),
      try turn(2, "And all together?", [("book_items", "ok")], "That makes 375."),
      try turn(3, "No!", [("transfer_to_human_agents", "ok")], "I connect you."),
    ])
    let second = try #require(ranked.first { $0.turn == 2 })
    #expect(second.reasons.contains("says 375, which nothing before has"))
    #expect(ranked.first { $0.turn == 1 }?.reasons.contains { $0.hasPrefix("says") } == false)
    #expect(ranked.first { $0.turn == 3 }?.reasons.contains("hands over to a person") == true)
  }

  /// Without a write one turn is like another.
  @Test func aChatThatOnlyTalksIsNotRanked() throws {
    #expect(suspicions(try (1...5).map { try turn($0, "q\($0)", [("search", "r")], "It is \($0 * 100).") }).isEmpty)
  }
}
