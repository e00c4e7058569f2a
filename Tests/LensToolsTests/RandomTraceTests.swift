import Foundation
import FuzzTargets
import JSONText
import LensTestSupport
import LensTools
import MCP
import Testing

/// A trace of random shape and content, with secrets and dangerous characters planted anywhere in it.
struct RandomTrace {
  static let secrets = AnswerRules.secrets

  private var numbers: SeededNumbers
  let id: String
  private(set) var spans: [JSON] = []

  init(seed: UInt64) {
    numbers = SeededNumbers(seed)
    id = "tr-" + String(repeating: "0", count: 16) + RandomTrace.hex(seed)
    let count = [1, 40, 5, 30, 220, 2][Int(seed % 6)]
    for place in 0..<count { spans.append(span(place)) }
  }

  static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  var json: JSON {
    [
      "info": [
        "trace_id": .string(id),
        "trace_location": ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "1"]],
        "request_time": "2026-11-16T09:00:00Z", "execution_duration": "1.5s", "state": "OK",
        "trace_metadata": ["mlflow.trace.session": "random"],
        "tags": ["note": .string(RandomTrace.secrets[0])], "assessments": [],
      ], "data": ["spans": .array(spans)],
    ]
  }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &numbers) }

  private mutating func span(_ place: Int) -> JSON {
    // Mostly a parent among the spans before; sometimes none, one that is missing, or the span itself.
    let parent: JSON =
      switch pick(12) {
      case 0: .null
      case 1: .string("ffffffffffffffff")
      case 2: .string(Self.hex(UInt64(place) + 1))
      default: place == 0 ? .null : .string(Self.hex(UInt64(pick(place)) + 1))
      }
    let start = Int64(1_763_283_600_000_000_000) + Int64(pick(1_000_000_000))
    let isFailed = pick(9) == 0
    let types = ["LLM", "CHAT_MODEL", "TOOL", "RETRIEVER", "AGENT", "CHAIN", "odd \u{202e}type"]
    var attributes: JSON = ["mlflow.spanType": .string(JSON.string(types[pick(types.count)]).text)]
    if pick(8) > 0 { attributes["mlflow.spanInputs"] = .string(payload(3).text) }
    if pick(8) > 0 { attributes["mlflow.spanOutputs"] = .string(payload(3).text) }
    if pick(3) == 0 { attributes["app.\(pick(4))"] = .string(words()) }
    return [
      "span_id": .string(Self.hex(UInt64(place) + 1)), "trace_id": .string(String(id.dropFirst(3))),
      "parent_span_id": parent, "name": .string(["step_\(place)", "llm", "tool \u{7}call", words()][pick(4)]),
      "start_time_unix_nano": .int(start), "end_time_unix_nano": .int(start + Int64(pick(500_000_000))),
      "status": [
        "code": isFailed ? "STATUS_CODE_ERROR" : "STATUS_CODE_OK", "message": isFailed ? .string(words()) : "",
      ],
      "attributes": attributes,
      "events": isFailed
        ? [
          [
            "name": "exception", "time_unix_nano": .int(start),
            "attributes": ["exception.type": "ValueError", "exception.message": .string(words())],
          ]
        ] : [],
    ]
  }

  private mutating func payload(_ depth: Int) -> JSON {
    switch pick(depth > 0 ? 8 : 4) {
    case 0: return .string(words())
    case 1: return .int(Int64(pick(1_000_000)))
    case 2: return .string(String(repeating: words() + " ", count: pick(20)))
    case 3: return pick(2) == 0 ? .null : true
    case 4:
      return .object((0...pick(5)).map { JSON.Member("key\($0)", payload(depth - 1)) })
    case 5: return .array((0...pick(6)).map { _ in payload(depth - 1) })
    // JSON in a string, as often as it likes.
    case 6: return .string(payload(depth - 1).text)
    default:
      return [
        "messages": .array(
          (0...pick(6)).map { place in
            ["role": .string(["user", "assistant", "tool"][place % 3]), "content": .string(words())]
          }), "password": "planted-password-1", "api_key": .string(Self.secrets[pick(Self.secrets.count)]),
      ]
    }
  }

  private mutating func words() -> String {
    let pieces = [
      "plain words", "you said always 30 days at most, that's wrong", "policy-v3.md of 2026-11-19", "größer 日本語 😀👩‍👧",
      "\u{1b}[31mred\u{1b}[0m", "a\u{202e}b\u{200b}c\u{e0041}", "line\nbreak\ttab\r",
      "quote \" and \\ backslash", "password: planted-password-1", "{\"half\": ", "\u{0}nul\u{9b}", "numbers 12,345.67",
    ]
    return (0...pick(4)).map { _ in
      pick(6) == 0 ? "key \(Self.secrets[pick(Self.secrets.count)]) end" : pieces[pick(pieces.count)]
    }.joined(separator: " ")
  }
}

@Suite("Whatever a trace holds, its answers keep the rules")
struct RandomTraceTests {
  /// `RANDOM_TRACES=500 swift test --filter RandomTraceTests` looks at more of them.
  private static let seeds: [UInt64] = {
    let count = ProcessInfo.processInfo.environment["RANDOM_TRACES"].flatMap { UInt64($0) } ?? 4
    return Array(1...max(1, count))
  }()

  private let tools: SampleTools
  private let file = TestFolder.root.appendingPathComponent("random-\(UUID().uuidString).jsonl")

  init() throws { tools = try SampleTools(uri: file.path) }

  private func prepare(_ seeds: [UInt64]) throws {
    let lines = seeds.map { RandomTrace(seed: $0).json.text }
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
  }

  private func calls(_ seed: UInt64) -> [(String, JSON)] {
    let id = JSON.string(RandomTrace(seed: seed).id)
    return [
      ("get_trace", ["trace_id": id]), ("inspect_turn", ["trace_id": id]), ("discover_schema", ["trace_id": id]),
      ("get_trace", ["trace_id": id, "span_ids": ["s1"], "fields": ["inputs", "outputs", "attributes", "events"]]),
      ("get_trace", ["trace_id": id, "raw": true]), ("get_trace", ["trace_id": id, "find": "planted"]),
      ("get_trace", ["trace_id": id, "find": "/[a-z]{4}/"]), ("search_traces", ["text": "words", "max_results": 5]),
      ("analyze_session", ["session_id": "random"]),
      ("analyze_session", ["session_id": "random", "symptom": "it said password 12,345.67"]),
    ]
  }

  @Test(arguments: seeds, ["text", "json"])
  func keepTheRules(_ seed: UInt64, _ format: String) async throws {
    try prepare(Array(seed...seed + 3))
    var numbers = SeededNumbers(seed)
    for budget in [500, Int.random(in: 501...12_000, using: &numbers)] {
      for (tool, arguments) in calls(seed) {
        var arguments = arguments
        arguments["max_chars"] = .int(Int64(budget))
        arguments["format"] = .string(format)
        let result = await tools.call(tool, arguments)
        // A span may have recorded nothing of what was asked for, which is said in an error.
        let text = result.plainText
        #expect(result.isError || text.utf8.count <= budget, "\(tool) \(arguments.text)")
        #expect(await tools.call(tool, arguments) == result, "the same call gives the same bytes")
        #expect(!(result.isError && tool == "analyze_session"), "\(text)")
        for secret in RandomTrace.secrets + ["planted-password-1"] {
          #expect(!text.contains(secret), "\(tool) \(arguments.text)")
        }
        let harmful = AnswerRules.firstHarmful(in: text)
        #expect(harmful == nil, "\(tool) \(arguments.text)")
        if format == "json", !result.isError { _ = try JSONDocument(text, dialect: .strict) }
      }
    }
  }

  @Test(arguments: seeds)
  func everyAliasResolves(_ seed: UInt64) async throws {
    try prepare([seed])
    let id = JSON.string(RandomTrace(seed: seed).id)
    for tool in ["get_trace", "inspect_turn"] {
      let text = await tools.call(tool, ["trace_id": id, "max_chars": 4_000]).plainText
      let aliases = Set(
        text.matches(of: #/^(?:[0-9. \[a-z\]]*)(s[0-9]+)\b/#.anchorsMatchLineEndings()).map { String($0.1) })
      #expect(!aliases.isEmpty)
      for alias in aliases {
        let found = await tools.call(
          "get_trace", ["trace_id": id, "span_ids": [.string(alias)], "fields": ["attributes"]])
        #expect(!found.isError, "\(alias): \(found.plainText)")
      }
    }
  }

  /// Whatever the pages' size, put together they are the payload.
  @Test(arguments: seeds)
  func pagesGiveThePayload(_ seed: UInt64) async throws {
    try prepare([seed])
    let id = JSON.string(RandomTrace(seed: seed).id)
    let base: JSON = ["trace_id": id, "span_ids": ["s1"], "fields": ["attributes"], "format": "json"]
    func page(_ offset: Int64, _ size: Int64) async throws -> (content: String, next: Int64?) {
      var arguments = base
      arguments["offset"] = .int(offset)
      arguments["max_chars"] = .int(size)
      let result = await tools.call("get_trace", arguments)
      let payload = try JSONDocument(result.plainText).root["payloads"]?[0]
      return (payload?["content"]?.string ?? "", payload?["next_offset"]?.int64)
    }
    let whole = try await page(0, 200_000)
    #expect(whole.next == nil)
    _ = try JSONDocument(whole.content)
    var collected = ""
    var offset: Int64? = 0
    while let start = offset {
      let part = try await page(start, 1_100)
      collected += part.content
      offset = part.next
    }
    #expect(collected == whole.content)
  }
}
