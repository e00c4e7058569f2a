import JSONText
import LensTestSupport
import TraceModel

@testable import TraceAnalysis

/// A run of an agent made step by step: each begins when the one before it is over, below one root.
struct MadeRun {
  private let asked: JSON
  private let answered: JSON?
  private var spans: [Span] = []

  init(_ asked: String, answered: String?) {
    self.asked = .string(asked)
    self.answered = answered.map { .string($0) }
  }

  private mutating func add(
    _ name: String, _ type: String, _ inputs: JSON?, _ outputs: JSON?, status: SpanStatus = .ok, message: String = "",
    events: String = "[]", parent: UInt64 = 1, tools: JSON? = nil, more: KeyValuePairs<String, String> = [:]
  ) throws {
    let number = UInt64(spans.count + 2)
    let start = Int64(spans.count * 10 + 1)
    var attributes: [(String, String)] = [
      ("mlflow.spanType", JSON.string(type).text), ("mlflow.spanInputs", (inputs ?? .null).text),
      ("mlflow.spanOutputs", (outputs ?? .null).text), ("mlflow.chat.tools", (tools ?? .null).text),
    ]
    attributes += more.map { ($0, $1) }
    spans.append(
      try TraceFixture.span(
        number, parent: parent, name: name, start: start, end: start + 8, status: status, message: message,
        attributes: Self.pairs(attributes), events: events))
  }

  /// A KeyValuePairs can only be written down; a span takes up to six attributes here.
  private static func pairs(_ all: [(String, String)]) -> KeyValuePairs<String, String> {
    let rest = all.dropFirst(4) + [("x", "null"), ("y", "null")]
    let (fifth, sixth) = (rest[rest.startIndex], rest[rest.startIndex + 1])
    return [
      all[0].0: all[0].1, all[1].0: all[1].1, all[2].0: all[2].1, all[3].0: all[3].1, fifth.0: fifth.1,
      sixth.0: sixth.1,
    ]
  }

  /// A model call that said something in words.
  mutating func model(
    _ said: String, told: String? = nil, settings: [JSON.Member] = [], finish: String = "stop", tools: JSON? = nil,
    more: KeyValuePairs<String, String> = [:], parent: UInt64 = 1
  ) throws {
    let message: JSON = ["role": "assistant", "content": .string(said)]
    try model(
      ["choices": [["finish_reason": .string(finish), "message": message]]], told, settings, tools, more, parent)
  }

  /// A model call that gave this back.
  mutating func model(
    _ outputs: JSON, _ told: String? = nil, _ settings: [JSON.Member] = [], _ tools: JSON? = nil,
    _ more: KeyValuePairs<String, String> = [:], _ parent: UInt64 = 1
  ) throws {
    let system: [JSON] = told.map { [["role": "system", "content": .string($0)]] } ?? []
    let messages: JSON = .array(system + [["role": "user", "content": asked]])
    let inputs = JSON.object([JSON.Member("model", "m"), JSON.Member("messages", messages)] + settings)
    try add("ask", "CHAT_MODEL", inputs, outputs, parent: parent, tools: tools, more: more)
  }

  /// A tool that was given one thing, and gave back another.
  mutating func tool(_ name: String, _ input: JSON, _ output: JSON, status: SpanStatus = .ok) throws {
    try add(name, "TOOL", input, output, status: status)
  }

  /// A step of the app's own code that failed.
  mutating func failure(_ name: String, _ exception: String, _ message: String) throws {
    let event: JSON = [
      [
        "name": "exception", "time_unix_nano": 1_794_819_600_000_000_000,
        "attributes": ["exception.type": .string(exception), "exception.message": .string(message)],
      ]
    ]
    try add(name, "CHAIN", .null, nil, status: .error, message: message, events: event.text)
  }

  var facts: TraceFacts {
    get throws {
      let root = try TraceFixture.span(
        1, name: "agent", start: 0, end: 10_000,
        attributes: [
          "mlflow.spanType": "\"AGENT\"", "mlflow.spanInputs": asked.text,
          "mlflow.spanOutputs": (answered ?? .null).text,
        ])
      return TraceFacts(TraceFixture.trace([root] + spans))
    }
  }

  /// What one detector finds.
  func findings(_ detector: some Detector) throws -> [Finding] {
    let facts = try facts
    guard case .findings(let found) = detector.examine(facts, flow: ValueFlowSource(facts)) else { return [] }
    return found
  }

  /// Why one detector could not look; nil when it looked.
  func reason(_ detector: some Detector) throws -> String? {
    let facts = try facts
    guard case .notChecked(let why) = detector.examine(facts, flow: ValueFlowSource(facts)) else { return nil }
    return why
  }
}
