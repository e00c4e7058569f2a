import JSONText
import LensTestSupport
import TraceModel

@testable import TraceAnalysis

/// A chat made turn by turn.
struct MadeChat {
  private(set) var traces: [Trace] = []
  /// What was asked and answered so far, as messages, and in words.
  private(set) var said: [JSON] = []
  private(set) var talk: [(String, String)] = []
  /// What models are sent in place of it; nil for what was said.
  var sends: [JSON]?
  /// How many of the messages before a model is sent; nil for all.
  var window: Int?
  /// What models are sent before them.
  var prompt = "You are a helpful shop."
  var model = "m-1"
  var sendsQuestion = true

  static func message(_ role: String, _ words: String) -> JSON {
    ["role": .string(role), "content": .string(words)]
  }

  /// One turn: what was asked, what a tool gave back, what was answered.
  mutating func turn(
    _ asked: String, tool: (name: String, result: JSON)? = nil, document: String? = nil, failed: Bool = false,
    tokens: Int64? = nil, _ answered: String, afterMs: Int64 = 60_000, durationMs: Int64 = 10
  ) throws {
    let number = traces.count + 1
    let before = sends ?? window.map { Array(said.suffix($0)) } ?? said
    let sent = [Self.message("system", prompt)] + before + (sendsQuestion ? [Self.message("user", asked)] : [])
    var usage = JSON.null
    if let tokens { usage = ["input_tokens": .int(tokens), "output_tokens": 5, "total_tokens": .int(tokens + 5)] }
    var spans = [
      try TraceFixture.span(
        1, name: "chat", end: 100,
        attributes: [
          "mlflow.spanInputs": JSON.string(asked).text, "mlflow.spanOutputs": JSON.string(answered).text,
        ]),
      try TraceFixture.span(
        2, parent: 1, name: "model", start: 50, end: 90,
        attributes: [
          "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanOutputs": JSON.string(answered).text,
          "mlflow.spanInputs": (["model": .string(model), "messages": .array(sent)] as JSON).text,
          "mlflow.chat.tokenUsage": usage.text,
        ]),
    ]
    if let tool {
      spans.append(
        try TraceFixture.span(
          3, parent: 1, name: tool.name, start: 10, end: 20, status: failed ? .error : .ok,
          message: failed ? "no route" : "",
          attributes: [
            "mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{}", "mlflow.spanOutputs": tool.result.text,
          ]))
    }
    if let document {
      let found: JSON = [["id": .string(document), "page_content": .string("about \(asked)"), "metadata": [:]]]
      spans.append(
        try TraceFixture.span(
          4, parent: 1, name: "search", start: 21, end: 30,
          attributes: ["mlflow.spanType": "\"RETRIEVER\"", "mlflow.spanOutputs": found.text]))
    }
    let start = (traces.last?.info.requestTime.milliseconds ?? 1_794_819_600_000) + afterMs
    var trace = TraceFixture.trace(
      spans, id: "tr-\(String(repeating: "0", count: 30))\(number < 10 ? "0" : "")\(number)", startMs: start)
    trace.info.executionDurationMs = durationMs
    traces.append(trace)
    talk.append((asked, answered))
    said += [Self.message("user", asked), Self.message("assistant", answered)]
  }

  mutating func forget() { said = [] }

  func reading() async -> SessionReading { await SessionReading(SessionFacts(id: "s", traces: traces)) }

  /// What the detectors of sessions find: turn, kind, why.
  func findings() async -> [(turn: Int, kind: String, why: String)] {
    let reading = await reading()
    let numbers = Dictionary(uniqueKeysWithValues: traces.enumerated().map { ($1.info.id, $0 + 1) })
    return await SessionDetectors.examine(reading).findings.map { (numbers[$0.traceID] ?? 0, $0.kind, $0.why) }
  }

  func course() async -> [String: String] {
    Dictionary(
      SessionCourse(await reading()).statements.map { ($0.kind, $0.words) }, uniquingKeysWith: { first, _ in first })
  }
}
