import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("A value that an answer brought in is followed through the conversation") struct SessionSpreadTests {
  private func turn(_ number: Int, _ asked: String, document: String? = nil, call: String? = nil, _ answered: String)
    throws -> Trace
  {
    func text(_ words: String) -> String { JSON.string(words).text }
    var spans = [
      try TraceFixture.span(
        1, name: "app", attributes: ["mlflow.spanInputs": text(asked), "mlflow.spanOutputs": text(answered)])
    ]
    if let document {
      let list = "[{\"page_content\": \(text(document)), \"id\": \"d\", \"metadata\": {\"status\": \"superseded\"}}]"
      spans.append(
        try TraceFixture.span(
          2, parent: 1, name: "search", start: 1,
          attributes: ["mlflow.spanType": "\"RETRIEVER\"", "mlflow.spanOutputs": list]))
    }
    if let call {
      spans.append(
        try TraceFixture.span(
          3, parent: 1, name: "compute", start: 2,
          attributes: ["mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": call]))
    }
    return TraceFixture.trace(
      spans, id: "tr-\(String(repeating: "0", count: 31))\(number)", startMs: 1_794_819_600_000 + Int64(number) * 1_000)
  }

  private func trail(_ traces: [Trace]) async throws -> SessionSpread.Trail? {
    let session = await SessionFacts(id: "s", traces: traces)
    let finding = try #require(session.turns[0].findings.first { $0.kind == "stale_document" })
    return SessionSpread(session.conversation.talk).trail(of: finding, in: session.turns[0])
  }

  private let origin = ("How long do I have?", "goods can be returned within 30 days", "You have 30 days.")

  @Test func throughAnswersAndThroughCalls() async throws {
    let found = try await trail([
      turn(1, origin.0, document: origin.1, origin.2),
      turn(2, "Until when?", call: #"{"days": 30}"#, "Until December."),
      turn(3, "Thanks.", "You are welcome."), turn(4, "In writing?", "Confirmed: 30 days."),
    ])
    #expect(found?.values == ["30"])
    #expect(found?.turns == [2, 4])
  }

  @Test func notWhatTheUserSaidFirst() async throws {
    #expect(
      try await trail([
        turn(1, "Do I have 30 days?", document: origin.1, origin.2), turn(2, "Sure?", "Yes, 30 days."),
      ]) == nil)
  }

  @Test func notWhatTheStepDidNotGive() async throws {
    #expect(
      try await trail([
        turn(1, origin.0, document: "returns are possible", "You have 30 days."), turn(2, "Sure?", "Yes, 30 days."),
      ]) == nil)
  }
}
