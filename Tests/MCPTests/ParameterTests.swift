import JSONText
import Testing

@testable import MCP

private enum Format: String, ParameterEnum { case concise, detailed, json }

private struct Output: ParameterSet {
  @Parameter("Longest answer in characters.", in: 500...200_000) var maxChars: Int = 8000
  @Parameter("Form of the answer.") var format: Format = .concise
}

private struct EveryKind: ParameterizedTool {
  static let name = "every_kind"
  static let title = "Every kind"
  static let summary = "Has a parameter of every kind."

  @Parameter("Trace id.", isPositional: true) var traceID: String
  @Parameter("Depth.", in: 1...64) var depth: Int = 8
  @Parameter("Share.") var share: Double?
  @Parameter("Whether.") var isOpen: Bool = false
  @Parameter("Spans.") var spanIDs: [String] = []
  @Parameter("Forms.") var forms: [Format]?
  @Parameter("Places.", in: 0...9) var places: [Int] = [1]
  @ParameterGroup var output: Output

  func run(in context: DemoContext) async throws(ToolError) -> ToolResult {
    let form = forms.map { "\($0.map(\.rawValue))" } ?? "-"
    let given = share.map { "\($0)" } ?? "-"
    return .text(
      "\(traceID) \(depth) \(given) \(isOpen) \(spanIDs) \(form) \(places) \(output.maxChars) \(output.format)")
  }
}

@Suite struct ParameterTests {
  private let tool = Tool(EveryKind.self, context: DemoContext())

  @Test func schema() {
    let properties = [
      #""trace_id":{"type":"string","description":"Trace id."}"#,
      #""depth":{"type":"integer","minimum":1,"maximum":64,"description":"Depth.","default":8}"#,
      #""share":{"type":"number","description":"Share."}"#,
      #""is_open":{"type":"boolean","description":"Whether.","default":false}"#,
      #""span_ids":{"type":"array","items":{"type":"string"},"description":"Spans."}"#,
      #""forms":{"type":"array","items":{"type":"string","enum":["concise","detailed","json"]},"description":"Forms."}"#,
      #""places":{"type":"array","items":{"type":"integer","minimum":0,"maximum":9},"description":"Places.","default":[1]}"#,
      #""max_chars":{"type":"integer","minimum":500,"maximum":200000,"description":"Longest answer in characters.","default":8000}"#,
      #""format":{"type":"string","enum":["concise","detailed","json"],"description":"Form of the answer.","default":"concise"}"#,
    ]
    #expect(
      tool.definition.inputSchema.text
        == #"{"type":"object","properties":{"# + properties.joined(separator: ",")
        + #"},"required":["trace_id"],"additionalProperties":false}"#)
    #expect(
      Tool(Stubborn.self, context: DemoContext()).definition.inputSchema.text
        == #"{"type":"object","additionalProperties":false}"#)
  }

  @Test func descriptors() {
    #expect(tool.definition.parameters.map(\.name).first == "trace_id")
    #expect(tool.definition.parameters.filter(\.isPositional).map(\.name) == ["trace_id"])
    #expect(tool.definition.parameters.filter(\.isRequired).map(\.name) == ["trace_id"])
    #expect(tool.definition.parameters.filter(\.isArray).map(\.name) == ["span_ids", "forms", "places"])
  }

  @Test(arguments: [
    (#"{"trace_id":"t"}"#, #"t 8 - false [] - [1] 8000 concise"#),
    (
      #"{"trace_id":"t","depth":64,"share":1,"is_open":true,"span_ids":["a","b"],"places":[9],"max_chars":500,"format":"json"}"#,
      #"t 64 1.0 true ["a", "b"] - [9] 500 json"#
    ),
    (#"{"trace_id":"","depth":5.0}"#, #" 5 - false [] - [1] 8000 concise"#),
    (
      #"{"trace_id":"t","span_ids":"a, b,,c ","forms":"json,concise"}"#,
      #"t 8 - false ["a", "b", "c"] ["json", "concise"] [1] 8000 concise"#
    ),
    (#"{"trace_id":"t","depth":null,"share":null,"forms":null}"#, #"t 8 - false [] - [1] 8000 concise"#),
  ])
  func values(arguments: String, expected: String) async throws {
    let result = await tool.call(try JSONDocument(arguments).root)
    #expect(result == .text(expected))
  }

  private static let list =
    "Arguments: trace_id (required), depth, share, is_open, span_ids, forms, places, max_chars, format."

  @Test(arguments: [
    ("{}", "missing required argument 'trace_id'. \(list)"),
    (#"{"trace_id":null}"#, "missing required argument 'trace_id'. \(list)"),
    (#"{"trace_id":"t","dpth":3}"#, "unknown argument 'dpth'; did you mean 'depth'? \(list)"),
    (#"{"trace_id":"t","zzzzzzz":3}"#, "unknown argument 'zzzzzzz'. \(list)"),
    (#"{"trace_id":7}"#, "argument 'trace_id' must be a string, not 7."),
    // What was copied from a trace may hold anything.
    ("{\"trace_id\":[\"a\u{202E}b\u{7F}\"]}", #"argument 'trace_id' must be a string, not ["a\u{202e}b\u{7f}"]."#),
    (
      #"{"trace_id":"t","max_chars":"abc"}"#, #"argument 'max_chars' must be an integer from 500 to 200000, not "abc"."#
    ),
    (
      #"{"trace_id":"t","max_chars":"600"}"#, #"argument 'max_chars' must be an integer from 500 to 200000, not "600"."#
    ),
    (#"{"trace_id":"t","depth":65}"#, "argument 'depth' must be an integer from 1 to 64, not 65."),
    (#"{"trace_id":"t","depth":5.5}"#, "argument 'depth' must be an integer from 1 to 64, not 5.5."),
    (
      #"{"trace_id":"t","depth":99999999999999999999}"#,
      "argument 'depth' must be an integer from 1 to 64, not 99999999999999999999."
    ),
    (#"{"trace_id":"t","is_open":"true"}"#, #"argument 'is_open' must be true or false, not "true"."#),
    (#"{"trace_id":"t","share":"1"}"#, #"argument 'share' must be a number, not "1"."#),
    (#"{"trace_id":"t","span_ids":[1]}"#, "argument 'span_ids' must be an array of strings, not [1]."),
    (#"{"trace_id":"t","places":[10]}"#, "argument 'places' must be an array of integers from 0 to 9, not [10]."),
    (#"{"trace_id":"t","places":"1"}"#, #"argument 'places' must be an array of integers from 0 to 9, not "1"."#),
    (
      #"{"trace_id":"t","format":"jsno"}"#,
      #"argument 'format' must be one of concise, detailed, json, not "jsno"; did you mean 'json'?"#
    ),
    (
      #"{"trace_id":"t","forms":["x"]}"#,
      #"argument 'forms' must be an array of these: concise, detailed, json, not ["x"]."#
    ),
    (
      #"{"depth":0,"nope":1}"#,
      "unknown argument 'nope'. missing required argument 'trace_id'. argument 'depth' must be an integer from 1 to 64, not 0. \(list)"
    ),
    ("[]", "the arguments must be an object."),
  ])
  func mistakes(arguments: String, expected: String) async throws {
    let result = await tool.call(try JSONDocument(arguments).root)
    #expect(result == .failure(expected))
  }

  @Test func longValuesAreCutInMistakes() async {
    let result = await tool.call(["trace_id": "t", "depth": .string(String(repeating: "ü", count: 5000))])
    #expect(result.isError)
    #expect(result.plainText.count < 200)
  }

  @Test func callsDoNotShareTheirArguments() async {
    let tool = Tool(Echo.self, context: DemoContext())
    await withTaskGroup(of: (Int, ToolResult).self) { group in
      for number in 0..<50 {
        group.addTask { (number, await tool.call(["message_text": .string("m\(number)"), "delay_ms": 5])) }
      }
      for await (number, result) in group { #expect(result == .text("m\(number)")) }
    }
  }

  @Test(arguments: [
    ("_traceID", "trace_id"), ("maxChars", "max_chars"), ("minDurationMs", "min_duration_ms"), ("spanIDs", "span_ids"),
    ("depth", "depth"), ("URLPath", "url_path"), ("traceIDPrefix", "trace_id_prefix"), ("spanIDsOnly", "span_ids_only"),
    ("HTTPServer", "http_server"), ("isA", "is_a"), ("ids", "ids"),
  ])
  func wireNames(property: String, name: String) {
    #expect(wireName(ofProperty: property) == name)
  }

  @Test(arguments: [
    ("dpth", "depth"), ("Depth", "depth"), ("trace", "trace_id"), ("traceid", "trace_id"), ("fromat", "format"),
    ("x", nil), ("", nil), ("completely", nil),
  ])
  func nearestWord(word: String, expected: String?) {
    #expect(nearest(word, among: ["trace_id", "depth", "format", "max_chars"]) == expected)
  }

  @Test func hugeWordsAreNotCompared() {
    #expect(nearest(String(repeating: "d", count: 1_000_000), among: ["depth"]) == nil)
  }

  @Test func toolErrorsReadAsSentences() {
    #expect(ToolError(.notFound, "no trace 'a'").text == "no trace 'a'.")
    #expect(
      ToolError(.notFound, "what?", allowed: "this!", next: "Example: a = 'b'").text == "what? this! Example: a = 'b'.")
  }
}
