import Foundation
import JSONText
import LensTestSupport
import LensTools
import MCP
import Testing

/// Traces made for one purpose, as an exported file.
struct MadeTrace {
  private var spans: [String] = []
  private var assessments: [JSON] = []

  /// A span; its times in milliseconds since the trace began.
  mutating func add(
    _ name: String, type: String = "CHAIN", parent: Int? = nil, from: Int64 = 0, to: Int64 = 10, inputs: JSON? = nil,
    outputs: JSON? = nil, error: String? = nil, more: JSON = [:]
  ) -> Int {
    let number = spans.count + 1
    let start: Int64 = 1_763_283_600_000_000_000
    var attributes = more
    attributes["mlflow.spanType"] = .string(JSON.string(type).text)
    if let inputs { attributes["mlflow.spanInputs"] = .string(inputs.text) }
    if let outputs { attributes["mlflow.spanOutputs"] = .string(outputs.text) }
    let span: JSON = [
      "span_id": .string(RandomTrace.hex(UInt64(number))),
      "parent_span_id": parent.map { .string(RandomTrace.hex(UInt64($0))) } ?? .null, "name": .string(name),
      "start_time_unix_nano": .int(start + from * 1_000_000), "end_time_unix_nano": .int(start + to * 1_000_000),
      "status": ["code": error == nil ? "STATUS_CODE_OK" : "STATUS_CODE_ERROR", "message": .string(error ?? "")],
      "attributes": attributes, "events": [],
    ]
    spans.append(span.text)
    return number
  }

  /// The tools on a store of this one trace, `tr-made`.
  func tools() throws -> SampleTools {
    let info: JSON = [
      "trace_id": "tr-made",
      "trace_location": ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "1"]],
      "request_time": "2026-11-16T09:00:00Z", "execution_duration": "1s", "state": "OK", "trace_metadata": [:],
      "tags": [:], "assessments": [],
    ]
    let file = TestFolder.root.appendingPathComponent("made-\(UUID().uuidString).json")
    let text = "{\"info\":\(info.text),\"data\":{\"spans\":[\(spans.joined(separator: ","))]}}"
    try Data(text.utf8).write(to: file)
    return try SampleTools(uri: file.path)
  }
}

@Suite("What repeats is shown once")
struct ManySpansTests {
  private func outline(_ trace: MadeTrace, _ arguments: JSON = [:]) async throws -> [String] {
    var arguments = arguments
    arguments["trace_id"] = "tr-made"
    let result = try await trace.tools().call("get_trace", arguments)
    #expect(!result.isError, "\(result.plainText)")
    return result.plainText.split(separator: "\n").map { String($0) }
  }

  @Test func likeSiblingsAreOneLineWithTheFirstOfThem() async throws {
    var trace = MadeTrace()
    let root = trace.add("loop", to: 100)
    for turn in 0..<6 {
      let from = Int64(turn * 10)
      let step = trace.add("turn_\(turn)", parent: root, from: from, to: from + 9, outputs: ["n": .int(Int64(turn))])
      _ = trace.add("act", type: "TOOL", parent: step, from: from + 1, to: from + 2, outputs: "done it, as always")
    }
    let lines = try await outline(trace)
    #expect(lines.contains("s2…s12  turn_# ×6 CHAIN median 9.0ms; 1 span below each, those of s2:"))
    #expect(lines.contains { $0.hasPrefix("s3   act TOOL 1.0ms") })
    #expect(!lines.contains { $0.hasPrefix("s5 ") })
  }

  @Test func aSpanWithAnErrorBelowItStandsForItself() async throws {
    var trace = MadeTrace()
    let root = trace.add("loop", to: 100)
    for turn in 0..<6 {
      let from = Int64(turn * 10)
      let step = trace.add("turn_\(turn)", parent: root, from: from, to: from + 9)
      _ = trace.add(
        "act", type: "TOOL", parent: step, from: from + 1, to: from + 2, error: turn == 3 ? "disk full" : nil)
    }
    let lines = try await outline(trace)
    #expect(lines.contains { $0.hasPrefix("s2…s12  turn_# ×5 CHAIN") })
    #expect(lines.contains { $0.hasPrefix("s8  turn_3 CHAIN") })
    #expect(lines.contains { $0.hasPrefix("s9   act TOOL 1.0ms ERROR \"disk full\"") })
  }

  @Test func aChainIsOneLine() async throws {
    var trace = MadeTrace()
    var parent: Int?
    for level in 0..<30 { parent = trace.add("level_\(level)", parent: parent, to: 100) }
    _ = trace.add("bottom", type: "TOOL", parent: parent, to: 50, outputs: "found at the very bottom")
    let lines = try await outline(trace)
    #expect(lines.contains("s1…s30 level_# ×30 CHAIN, one in another, 100ms"))
    #expect(lines.contains { $0.contains("bottom TOOL 50ms → \"found at the very bottom\"") })
  }

  @Test func outputsOfLikeLeavesAreCompared() async throws {
    var trace = MadeTrace()
    let root = trace.add("search", to: 100)
    for place in 0..<5 {
      _ = trace.add("same", type: "TOOL", parent: root, from: Int64(place), outputs: "nothing at all was found")
      _ = trace.add("other", type: "TOOL", parent: root, from: Int64(place), outputs: .string("page \(place)"))
    }
    let lines = try await outline(trace)
    #expect(
      lines.contains { $0.hasPrefix("s2…s10  same ×5 TOOL") && $0.hasSuffix("→ each \"nothing at all was found\"") })
    #expect(lines.contains { $0.hasPrefix("s3…s11  other ×5 TOOL") && $0.hasSuffix("→ 5 different, first \"page 0\"") })
  }

  @Test func aRepeatedPartOfALoopIsOneLine() async throws {
    var trace = MadeTrace()
    let root = trace.add("agent", to: 100)
    for turn in 0..<2 {
      let from = Int64(turn * 40)
      let step = trace.add("turn_\(turn)", parent: root, from: from, to: from + 39)
      for (place, name) in ["plan", "embed", "look_up"].enumerated() {
        let start = from + Int64(place * 10)
        _ = trace.add(
          name, type: "TOOL", parent: step, from: start, to: start + 5, outputs: .string("what \(name) says"))
      }
    }
    #expect(try await outline(trace).contains("s7…s9   plan, embed, look_up 15ms → same as s3…s5"))
  }

  /// An agent resends the whole chat; where there is no room for all of it, what is new comes first, and nothing is lost.
  @Test func aResentHistoryIsSkippedWhereThereIsNoRoom() async throws {
    func messages(_ count: Int) -> JSON {
      .array(
        (0..<count).map { ["role": "user", "content": .string("message \($0) " + String(repeating: "x", count: 300))] })
    }
    var trace = MadeTrace()
    let root = trace.add("agent", to: 100)
    _ = trace.add("llm", type: "LLM", parent: root, from: 1, inputs: ["messages": messages(9)])
    _ = trace.add("llm", type: "LLM", parent: root, from: 2, inputs: ["messages": messages(10)])
    let tools = try trace.tools()
    func call(_ arguments: JSON) async throws -> JSONValue? {
      var arguments = arguments
      arguments["trace_id"] = "tr-made"
      arguments["span_ids"] = ["s3"]
      arguments["format"] = "json"
      return try JSONDocument(await tools.call("get_trace", arguments).plainText).root["payloads"]?[0]
    }
    let short = try await call(["max_chars": 1_000])
    #expect(short?["repeated"]?["messages"]?.int64 == 9)
    #expect(short?["repeated"]?["as"]?.string == "s2")
    #expect(short?["content"]?.string?.hasPrefix("{\"role\":\"user\",\"content\":\"message 9 ") == true)
    #expect(try await call(["max_chars": 1_000, "offset": 0])?["content"]?.string?.contains("message 0 ") == true)
    let whole = try await call(["max_chars": 10_000])
    #expect(whole?["offset"]?.int64 == 0)
    #expect(whole?["next_offset"] == nil)
  }

  @Test func anEqualPayloadIsNamed() async throws {
    var trace = MadeTrace()
    let payload = JSON.string(String(repeating: "the same words ", count: 40))
    _ = trace.add("a", inputs: payload, outputs: payload)
    let text = try await trace.tools().call("get_trace", ["trace_id": "tr-made", "span_ids": ["s1"]]).plainText
    #expect(text.contains("s1 a outputs (mlflow.spanOutputs), 602B: the same as inputs of s1"))
  }

  @Test func aSpanWithoutWhatWasAskedForSaysWhatItHas() async throws {
    var trace = MadeTrace()
    _ = trace.add("query", more: ["db.statement": "SELECT 1"])
    let result = try await trace.tools().call("get_trace", ["trace_id": "tr-made", "span_ids": ["s1"]])
    #expect(result.isError)
    #expect(
      result.plainText.contains("Nothing was recorded under inputs, outputs of s1 in tr-made. There is: attributes"))
    #expect(try await outline(trace).contains { $0.hasPrefix("s1 query CHAIN 10ms [1 attribute]") })
  }
}

@Suite("find looks through everything, value by value")
struct FindTests {
  private func find(_ words: String, _ trace: MadeTrace) async throws -> ToolResult {
    try await trace.tools().call("get_trace", ["trace_id": "tr-made", "find": .string(words)])
  }

  private var trace: MadeTrace {
    var trace = MadeTrace()
    let arguments: JSON = .string(JSON.object([JSON.Member("city", "Oslo \"north\"")]).text)
    _ = trace.add(
      "ask", type: "LLM", inputs: ["messages": [["role": "user", "content": "He said \"no\"\nto 12.50 €"]]],
      outputs: ["tool_calls": [["function": ["name": "weather", "arguments": arguments]]]],
      more: ["password": "hunter2hunter2"])
    return trace
  }

  @Test(arguments: [
    ("said \"NO\"", "s1 ask mlflow.spanInputs /messages/0/content: "),
    ("oslo \"north\"", "s1 ask mlflow.spanOutputs /tool_calls/0/function/arguments/city: "),
    (#"/\d+\.\d\d €/"#, "s1 ask mlflow.spanInputs /messages/0/content: "), (#"/SAID.+no/i"#, "content: "),
    ("/^weather$/", "s1 ask mlflow.spanOutputs /tool_calls/0/function/name: \"weather\""),
    // Across several values it is found in the text as it was recorded.
    (#""role":"user""#, "s1 ask mlflow.spanInputs: "), ("hunter2hunter2", "inside a masked secret"),
  ])
  func finds(_ words: String, _ line: String) async throws {
    let result = try await find(words, trace)
    #expect(result.plainText.contains(line), "\(result.plainText)")
    #expect(result.plainText.contains("occurs 1 time in 1 place"))
  }

  @Test func theNextCallShowsTheValue() async throws {
    let text = try await find("oslo", trace).plainText
    #expect(text.contains(#""span_ids":["s1"],"fields":["outputs"],"path":"/tool_calls/0/function/arguments/city"}"#))
    let shown = try await trace.tools().call(
      "get_trace",
      [
        "trace_id": "tr-made", "span_ids": ["s1"], "fields": ["outputs"],
        "path": "/tool_calls/0/function/arguments/city",
      ])
    #expect(shown.plainText.contains(#""Oslo \"north\"""#))
  }

  @Test func nothingFoundSaysWhereItLooked() async throws {
    #expect(try await find("bergen", trace).plainText.contains("occurs 0 times in 0 places"))
  }

  @Test func aPathPastAKeyDoesNotRevealItsSecret() async throws {
    let result = try await trace.tools().call(
      "get_trace", ["trace_id": "tr-made", "span_ids": ["s1"], "fields": ["attributes"], "path": "/password"])
    #expect(result.plainText.contains("[masked: password, 14 chars]"))
    #expect(!result.plainText.contains("hunter2"))
  }

  @Test func aHostileExpressionIsGivenUp() async throws {
    var trace = MadeTrace()
    _ = trace.add("a", inputs: .string(String(repeating: "a", count: 200) + "!"))
    let result = try await find("/^(a+)+$/", trace)
    #expect(result.isError)
    #expect(result.plainText.contains("given up"))
  }

  @Test func aBrokenExpressionIsExplained() async throws {
    let result = try await find("/a(b/", trace)
    #expect(result.isError)
    #expect(result.plainText.contains("missing closing parenthesis, at byte 4"))
  }
}
