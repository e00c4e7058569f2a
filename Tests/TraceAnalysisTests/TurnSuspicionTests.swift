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

  private func suspicions(_ turns: [Trace], symptom: String? = nil) async -> [TurnSuspicion] {
    await SessionFacts(id: "s", traces: turns, symptom: symptom.flatMap { Symptom($0) }).suspicions
  }

  @Test func theTurnThatWritesAndSaysSoComesFirst() async throws {
    let ranked = await suspicions([
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
    ("amend_address", true), ("orderReschedule", true), ("verify_return_window", false),
    ("make_booking", true), ("order_status", false),
  ])
  func whatWrites(_ name: String, _ writes: Bool) async throws {
    let ranked = await suspicions([
      try turn(1, "a", [], "b"), try turn(2, "c", [(name, "ok")], "d"), try turn(3, "e", [], "f"),
    ])
    #expect((ranked.first { $0.turn == 2 }?.spanIndex != nil) == writes)
  }

  @Test func aNumberFromNowhereAndAHandOverSpeakForATurn() async throws {
    let ranked = await suspicions([
      try turn(1, "I have 14 items", [("find_items", "price 25")], "14 items at 25 each."),
      try turn(2, "And all together?", [("book_items", "ok")], "That makes 375."),
      try turn(3, "No!", [("transfer_to_human_agents", "ok")], "I connect you."),
    ])
    let second = try #require(ranked.first { $0.turn == 2 })
    #expect(second.reasons.contains("says 375, which nothing before has"))
    #expect(ranked.first { $0.turn == 1 }?.reasons.contains { $0.hasPrefix("says") } == false)
    #expect(ranked.first { $0.turn == 3 }?.reasons.contains("hands over to a person") == true)
  }

  /// Without a call of a tool one turn is like another, unless the user says what to look for.
  @Test func aChatThatOnlyTalksIsNotRanked() async throws {
    let turns = try (1...5).map { try turn($0, "q\($0)", [], "It is \($0 * 100).") }
    #expect(await suspicions(turns).isEmpty)
    let ranked = await suspicions(turns, symptom: "why 300")
    #expect(ranked.first?.turn == 3)
    #expect(ranked.first?.reasons == ["says 300, which nothing before has", "speaks of 300"])
  }

  @Test func aRefusalWithoutATry() async throws {
    let turns = [
      try turn(1, "My orders?", [("list_orders", "ok")], "You have two."),
      try turn(2, "Take the address from them", [], "Unfortunately, I can't see addresses."),
      try turn(3, "Then the price?", [("get_price", "ok")], "I cannot say."),
    ]
    let ranked = await suspicions(turns)
    #expect(ranked.first { $0.turn == 2 }?.reasons == ["says that it cannot, and has called no tool"])
    #expect(ranked.first { $0.turn == 3 }?.reasons == [])
  }
}
