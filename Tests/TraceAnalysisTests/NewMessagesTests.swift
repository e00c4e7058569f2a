import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("What is new in a model's input is told from what was there") struct NewMessagesTests {
  private func message(_ role: String, _ words: String) -> JSON { ["role": .string(role), "content": .string(words)] }

  private func span(_ number: UInt64, _ name: String, _ type: String, at start: Int64, _ inputs: JSON, _ outputs: JSON)
    throws -> Span
  {
    try TraceFixture.span(
      number, parent: number == 1 ? nil : 1, name: name, start: start, end: number == 1 ? 100 : start + 5,
      attributes: [
        "mlflow.spanType": JSON.string(type).text, "mlflow.spanInputs": inputs.text, "mlflow.spanOutputs": outputs.text,
      ])
  }

  @Test func whatCodePutInIsNew() throws {
    let history = [
      message("user", "Hello there"), message("assistant", "How can I help?"), message("user", "The price?"),
    ]
    let prompt = message("system", "You are a shop.")
    let spans = [
      try span(1, "app", "AGENT", at: 0, ["messages": .array(history)], "It costs 5."),
      try span(2, "plan", "CHAT_MODEL", at: 1, ["messages": .array([prompt] + history)], "I look it up."),
      try span(3, "get_price", "TOOL", at: 10, ["id": 1], "4.90 EUR"),
      try span(
        4, "answer", "CHAT_MODEL", at: 20,
        [
          "messages": .array(
            [prompt] + history + [
              message("assistant", "I look it up."), message("tool", "4.90 EUR"), message("system", "Round up."),
            ])
        ], "It costs 5."),
    ]
    let new = NewMessages(TraceFacts(TraceFixture.trace(spans)))
    #expect(new.of(1).map(\.text) == ["You are a shop."])
    #expect(new.of(3).map { "\($0.role): \($0.text)" } == ["system: Round up."])
    #expect(new.of(0).isEmpty && new.of(2).isEmpty)
  }
}
