import JSONText
import LensTestSupport
import MCP
import Testing

@Suite("A mistake is answered with what would be right")
struct MistakeTests {
  @Test(arguments: [
    ("get_trace", #"{}"#, "trace_id"), ("get_trace", #"{"trace_id":"tr-nope"}"#, "There is no trace 'tr-nope'"),
    ("get_trace", #"{"trace_id":"tr-"}"#, "begins more than one trace id"),
    ("get_trace", #"{"trace_id":7}"#, "must be"),
    ("get_trace", #"{"trace_id":"x","dpth":1}"#, "did you mean 'depth'"),
    ("get_trace", #"{"trace_id":"x","max_chars":1}"#, "500"),
    ("get_trace", #"{"trace_id":"HEALTHY","span_ids":["s99"]}"#, "s1 to s9"),
    ("get_trace", #"{"trace_id":"HEALTHY","span_ids":["zzzz"]}"#, "no span 'zzzz'"),
    ("get_trace", #"{"trace_id":"HEALTHY","span_ids":["s1"],"path":"/nothing/here"}"#, "there is no 'nothing'"),
    (
      "get_trace", #"{"trace_id":"HEALTHY","span_ids":["s1"],"fields":["events"]}"#,
      "Nothing was recorded under events of s1"
    ),
    ("get_trace", #"{"trace_id":"HEALTHY","find":""}"#, "'find' is empty"),
    ("search_traces", #"{"since":"yesterday"}"#, "-2h"),
    ("search_traces", #"{"status":"BAD"}"#, "OK, ERROR, IN_PROGRESS"),
    ("search_traces", #"{"order_by":"colour"}"#, "timestamp_ms"),
    ("search_traces", #"{"page_token":"x"}"#, "next_page_token"),
    ("search_traces", #"{"experiment_id":"nope"}"#, "1 (shop-assistant)"),
    ("search_traces", #"{"max_results":0}"#, "1 to 500"),
    ("inspect_turn", #"{}"#, "session_id and turn"),
    ("inspect_turn", #"{"session_id":"chat-refund-42"}"#, "turns 1 to 5"),
    ("inspect_turn", #"{"session_id":"chat-refund-42","turn":9}"#, "5 turns"),
    ("inspect_turn", #"{"trace_id":"HEALTHY","turn":1}"#, "session_id"),
    ("inspect_turn", #"{"trace_id":"a","session_id":"b"}"#, "exclude each other"),
    ("analyze_session", #"{"session_id":"nope"}"#, "'chat-refund-42'"),
    ("analyze_session", #"{"session_id":"chat-refund-42","turns":"8-9"}"#, "turns 1 to 5"),
    ("discover_schema", #"{"trace_id":"tr-nope"}"#, "no trace 'tr-nope'"),
  ])
  func isExplained(_ tool: String, _ arguments: String, _ words: String) async throws {
    let sample = try SampleTools()
    let healthy = sample.manifest["TRACE:healthy_agent"] ?? ""
    let text = arguments.split(separator: "HEALTHY", omittingEmptySubsequences: false).joined(separator: healthy)
    let result = await sample.call(tool, JSON(try JSONDocument(text).root))
    #expect(result.isError)
    #expect(result.plainText.contains(words), "\(result.plainText)")
  }

  @Test(arguments: [
    ("sqlite:////no/such/folder/mlflow.db", "There is no database at '/no/such/folder/mlflow.db'"),
    ("sqlite:///README.md", "is not a SQLite database"), ("postgresql://u@host/db", "is not read directly"),
  ])
  func aStoreThatCannotBeReadIsNamed(_ uri: String, _ words: String) async throws {
    let result = await (try SampleTools(uri: uri)).call("search_traces", [:])
    #expect(result.isError)
    #expect(result.plainText.contains(words), "\(result.plainText)")
  }

  @Test func recordedWordsInAnErrorAreSafe() async throws {
    let result = await (try SampleTools()).call(
      "get_trace", ["trace_id": "tr-\u{1b}[31m\u{202e}sk-abcdefghijklmnop1234"])
    #expect(result.isError)
    #expect(!result.plainText.contains("\u{1b}"))
    #expect(!result.plainText.contains("abcdefghijklmnop1234"))
  }
}

@Suite("References are taken in every form")
struct ReferenceTests {
  @Test func tracesAndSpans() async throws {
    let sample = try SampleTools()
    guard case .string(let id) = sample.trace("healthy_agent") else { return }
    let whole = await sample.call("get_trace", ["trace_id": .string(id), "span_ids": ["s2"]])
    #expect(!whole.isError)
    let raw = await sample.call("get_trace", ["trace_id": .string(id), "format": "json"])
    let spans = try JSONDocument(raw.plainText).root["spans"]
    let hex = try #require(spans?[1]?["span_id"]?.string)
    for trace in [String(id.prefix(10)), String(id.dropFirst(3).prefix(8))] {
      for span in ["s2", hex, String(hex.prefix(6)), hex.uppercased()] {
        let result = await sample.call("get_trace", ["trace_id": .string(trace), "span_ids": [.string(span)]])
        #expect(result == whole, "\(trace) \(span)")
      }
    }
  }

  @Test func pathsEnterPayloads() async throws {
    let sample = try SampleTools()
    let result = await sample.call(
      "get_trace",
      [
        "session_id": .null, "trace_id": sample.trace("openinference"), "span_ids": ["s1"], "fields": ["outputs"],
        "path": "choices[0].message.tool_calls[0].function.arguments.order_id", "format": "json",
      ])
    #expect(result.isError, "get_trace has no session_id")
    let found = await sample.call(
      "get_trace",
      [
        "trace_id": sample.trace("openinference"), "span_ids": ["s1"], "fields": ["outputs"],
        "path": "choices[0].message.tool_calls[0].function.arguments.order_id",
      ])
    #expect(found.plainText.contains(#""4713""#), "\(found.plainText)")
  }
}
