import JSONText
import LensTestSupport
import MCP
import Testing

@testable import LensTools

@Suite("Every answer fits its budget, whatever it is")
struct BudgetTests {
  private static let calls: [(String, JSON)] = [
    ("search_traces", [:]), ("search_traces", ["status": "ERROR", "user_id": "nobody"]),
    ("discover_schema", [:]), ("discover_schema", ["session_id": "chat-refund-42"]),
    ("analyze_session", ["session_id": "chat-refund-42"]),
    ("inspect_turn", ["session_id": "chat-refund-42", "turn": 5]),
  ]

  private static func traceCalls(_ trace: JSON) -> [(String, JSON)] {
    [
      ("get_trace", ["trace_id": trace]), ("inspect_turn", ["trace_id": trace]),
      (
        "get_trace",
        ["trace_id": trace, "span_ids": ["s1", "s2", "s3"], "fields": ["inputs", "outputs", "attributes"]]
      ),
      ("get_trace", ["trace_id": trace, "raw": true]), ("get_trace", ["trace_id": trace, "find": "a"]),
    ]
  }

  @Test(arguments: [500, 501, 640, 777, 1_000, 1_500, 2_500, 4_000, 8_000, 200_000], ["text", "json"])
  func fits(_ budget: Int, _ format: String) async throws {
    let sample = try SampleTools()
    let calls =
      Self.calls + Self.traceCalls(sample.trace("failing_agent")) + Self.traceCalls(sample.trace("healthy_agent"))
    for (tool, arguments) in calls {
      var arguments = arguments
      arguments["max_chars"] = .int(Int64(budget))
      arguments["format"] = .string(format)
      let result = await sample.call(tool, arguments)
      #expect(!result.isError, "\(tool) \(arguments.text): \(result.plainText)")
      #expect(result.plainText.utf8.count <= budget, "\(tool) \(arguments.text)")
      if format == "json" {
        #expect(result.structuredContent?.text == result.plainText)
        _ = try JSONDocument(result.plainText, dialect: .strict)
      }
    }
  }

  @Test func whatIsLeftOutIsCounted() {
    let items = (1...40).map { number in
      Answer.Item(short: "item \(number)", full: "item \(number) with details", json: .int(Int64(number)), rank: number)
    }
    let section = Answer.Section(
      key: "items", heading: "items:", items: items, remedy: NextCall("more", [:]), noun: "item", omittedCount: 2)
    let answer = Answer(title: "title", facts: [], sections: [section], next: [NextCall("next_tool", ["a": 1])])
    for limit in stride(from: 200, through: 1_400, by: 37) {
      let text = answer.text(limit: limit, style: .tool)
      #expect(text.utf8.count <= limit)
      let shown = text.split(separator: "\n").count { $0.hasPrefix("item ") }
      #expect(text.contains("… \(42 - shown) items not shown; for more: more {}"), "\(limit)")
      #expect(text.hasSuffix(#"next: next_tool {"a":1}"#))
    }
    #expect(answer.text(limit: 5_000, style: .tool).contains("item 40 with details"))
  }

  /// The fixed lines alone can be too long for the smallest budget; even then it holds.
  @Test func evenTheFixedLinesFit() {
    let answer = Answer(
      title: String(repeating: "é", count: 400), facts: [], notes: [Answer.Note(String(repeating: "x", count: 900))])
    #expect(answer.text(limit: 500, style: .tool).utf8.count <= 500)
  }
}

@Suite("Following the pages gives every byte")
struct PageTests {
  @Test(arguments: [41, 64, 100, 999], [true, false])
  func pagesAreLossless(_ limit: Int, _ inJSON: Bool) {
    let text =
      Array(#"{"a":"quotes \" and \\ and é and 😀 and 子","b":[1,2,3]}"#.utf8)
      + Array(String(repeating: "日本語😀\"", count: 40).utf8)
    var collected = ""
    var offset = 0
    while true {
      let page = Page(of: text, offset: offset, limit: limit, inJSON: inJSON)
      #expect((inJSON ? JSON.string(page.content).bytes.count - 2 : page.content.utf8.count) <= limit)
      #expect(!page.content.contains("\u{fffd}"))
      collected += page.content
      guard let next = page.nextOffset else { break }
      #expect(next > offset)
      offset = next
    }
    #expect(Array(collected.utf8) == text)
  }

  @Test func rawPagesAreTheExport() async throws {
    let sample = try SampleTools()
    for name in ["healthy_agent", "genai"] {
      let whole = await sample.call(
        "get_trace", ["trace_id": sample.trace(name), "raw": true, "format": "json", "max_chars": 200_000])
      var collected = ""
      var offset: JSON = 0
      while true {
        let page = await sample.call(
          "get_trace",
          ["trace_id": sample.trace(name), "raw": true, "format": "json", "max_chars": 700, "offset": offset])
        guard case .string(let content) = page.structuredContent?["content"] else { break }
        collected += content
        guard let next = page.structuredContent?["next_offset"], next != .null else { break }
        offset = next
      }
      #expect(whole.structuredContent?["content"] == .string(collected))
      #expect(try JSONDocument(collected).root["data"]?["spans"]?.count ?? 0 > 0)
    }
  }

  @Test(arguments: [-5, 0, 3, 1_000_000])
  func anyOffsetIsAnswered(_ offset: Int) {
    let page = Page(of: Array("aé子😀".utf8), offset: offset, limit: 100, inJSON: false)
    #expect(!page.content.contains("\u{fffd}"))
    #expect(page.nextOffset == nil)
  }
}

@Suite("Numbers read as people read them")
struct UnitsTests {
  @Test(
    arguments: [
      (0, "0ms"), (850_000, "850µs"), (1_500_000, "1.5ms"), (310_000_000, "310ms"), (1_284_000_000, "1.28s"),
      (47_300_000_000, "47.3s"), (125_000_000_000, "2m05s"), (3_725_000_000_000, "1h02m"), (-3_000_000_000, "-3.00s"),
      (9_999_999_999, "9.99s"),
    ] as [(Int64, String)])
  func durations(_ nanoseconds: Int64, _ text: String) { #expect(Units.duration(nanoseconds) == text) }

  @Test(arguments: [(0, "0B"), (999, "999B"), (1_000, "1.0kB"), (999_999, "999.9kB"), (20_000_000, "20.0MB")])
  func bytes(_ count: Int, _ text: String) { #expect(Units.bytes(count) == text) }

  @Test func anOpenSpanIsOpen() { #expect(Units.duration(nil) == "open") }
}

@Suite("The next call can be pasted")
struct NextCallTests {
  private let call = NextCall(
    "get_trace", ["trace_id": "tr-1", "span_ids": ["s1", "s2"], "find": "it's \"x\"", "raw": true, "offset": 5])

  @Test func asATool() {
    #expect(
      call.text(.tool)
        == #"get_trace {"trace_id":"tr-1","span_ids":["s1","s2"],"find":"it's \"x\"","raw":true,"offset":5}"#)
  }

  @Test func asAShellCommand() {
    #expect(
      call.text(.commandLine)
        == #"mlflow-lens get-trace --trace-id tr-1 --span-ids s1 --span-ids s2 --find 'it'\''s "x"' --raw --offset 5"#)
  }
}
