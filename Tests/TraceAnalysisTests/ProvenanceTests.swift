import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Where values come from") struct ProvenanceTests {
  @Test(arguments: [
    ("See https://example.com/a?b=1, please.", ["https://example.com/a?b=1"]),
    ("Write to [us](https://example.com/x).", ["https://example.com/x"]),
    ("Ask ana@example.test!", ["ana@example.test"]),
    ("He said \"thirty days\" and `get_order`.", ["thirty days", "get_order"]),
    ("We met Marie Curie in New York.", ["Marie Curie", "New York"]), ("The Return is fine. Yes.", []),
    (#"{"city": "Bergen"}"#, ["Bergen"]), ("call getOrder or get_price now", ["getOrder", "get_price"]), ("", []),
    ("key sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH end", []),
  ])
  func phrases(_ text: String, _ expected: [String]) {
    #expect(Phrases.all(in: text) == expected)
  }

  private func entries(answer: String, document: String, arguments: JSON = [:]) throws -> [String] {
    func text(_ value: JSON) -> String { value.text }
    let spans = [
      try TraceFixture.span(
        1, name: "app", end: 100,
        attributes: [
          "mlflow.spanInputs": text("How long for order ORD-4711?"), "mlflow.spanOutputs": text(.string(answer)),
        ]),
      try TraceFixture.span(
        2, parent: 1, name: "search", start: 1, end: 10,
        attributes: [
          "mlflow.spanType": "\"RETRIEVER\"", "mlflow.spanOutputs": text([["page_content": .string(document)]]),
        ]),
      try TraceFixture.span(
        3, parent: 1, name: "compute", start: 20, end: 30,
        attributes: [
          "mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": arguments.text, "mlflow.spanOutputs": "\"ok\"",
        ]),
      try TraceFixture.span(
        4, parent: 1, name: "compose", start: 40, end: 90,
        attributes: [
          "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": text(["messages": []]),
          "mlflow.spanOutputs": text(.string(answer)),
        ]),
    ]
    let found = Provenance(TraceFacts(TraceFixture.trace(spans)))?.entries ?? []
    return found.map { entry in
      let use = (entry.isInAnswer ? ["answer"] : []) + entry.calls.map { "s\($0 + 1)" }
      return
        "\(entry.words): s\(entry.origin.spanIndex + 1) \(entry.origin.isOutput ? "output" : "input"), in \(use.joined(separator: " "))"
    }
  }

  @Test func ofAnAnswerAndOfCalls() throws {
    let found = try entries(
      answer: "You have 30 days for ORD-4711, says Policy Nine of café https://example.test/p\u{E9}, call 5550199.",
      document: "within 30 days, see \u{22}https://example.test/p\u{E9}\u{22}",
      arguments: ["days": 30, "id": "ORD-4711"])
    #expect(
      found == [
        "30: s2 output, in answer s3", "ORD-4711: s1 input, in answer s3", "5550199: s4 output, in answer",
        "Policy Nine: s4 output, in answer", "https://example.test/p\u{E9}: s2 output, in answer",
      ], "\(found)")
  }

  @Test func nothingToTell() throws {
    #expect(try entries(answer: "Yes.", document: "no").isEmpty)
  }
}
