import JSONText
import LensTestSupport
import LensTools
import MCP
import Testing

@Suite("Answers on the sample store are what was reviewed")
struct GoldenTests {
  private static let folder = "Tests/LensToolsTests/Goldens"
  private let sample: SampleTools

  init() throws { sample = try SampleTools() }

  private func check(_ name: String, _ tool: String, _ arguments: JSON) async throws {
    let first = await sample.call(tool, arguments)
    #expect(await sample.call(tool, arguments) == first, "the same input gives the same bytes")
    #expect(!first.isError)
    try Golden.check(first.plainText, name, in: Self.folder)
  }

  @Test func searchTraces() async throws {
    try await check("search-traces.txt", "search_traces", [:])
    try await check("search-traces-empty.txt", "search_traces", ["status": "ERROR", "session_id": "chat-refund-42"])
    try await check(
      "search-traces-page.txt", "search_traces",
      ["max_results": 2, "order_by": "timestamp_ms ASC", "experiment_id": "shop-assistant"])
    try await check("search-traces.json", "search_traces", ["format": "json", "has_error_spans": true])
    try await check(
      "search-traces-columns.txt", "search_traces", ["columns": ["name", "tag.release", "user", "failed", "duration"]])
    try await check(
      "search-traces-columns.json", "search_traces",
      ["columns": ["metadata.mlflow.trace.user", "input"], "max_results": 1, "format": "json"])
    try await check("search-traces-groups.txt", "search_traces", ["group_by": "name", "max_results": 4])
    try await check("search-traces-groups.json", "search_traces", ["group_by": "session", "format": "json"])
  }

  @Test func getTrace() async throws {
    try await check("get-trace.txt", "get_trace", ["trace_id": sample.trace("healthy_agent")])
    try await check("get-trace-error.txt", "get_trace", ["trace_id": sample.trace("failing_agent"), "status": "ERROR"])
    try await check(
      "get-trace-payloads.txt", "get_trace", ["trace_id": sample.trace("healthy_agent"), "span_ids": ["s2", "s3"]])
    try await check(
      "get-trace-find.txt", "get_trace", ["trace_id": sample.trace("healthy_agent"), "find": "PRINT THE LABEL"])
    try await check(
      "get-trace-raw.txt", "get_trace", ["trace_id": sample.trace("genai"), "raw": true, "max_chars": 1_000])
    try await check("get-trace.json", "get_trace", ["trace_id": sample.trace("openinference"), "format": "json"])
  }

  @Test func discoverSchema() async throws {
    try await check("discover-schema.txt", "discover_schema", ["session_id": "chat-refund-42"])
    try await check("discover-schema-otel.txt", "discover_schema", ["experiment_id": "otel-apps"])
  }

  @Test func inspectTurn() async throws {
    try await check("inspect-turn-healthy.txt", "inspect_turn", ["trace_id": sample.trace("healthy_agent")])
    try await check("inspect-turn-failing.txt", "inspect_turn", ["trace_id": sample.trace("failing_agent")])
    try await check("inspect-turn-swallowed.txt", "inspect_turn", ["trace_id": sample.trace("swallowed_error")])
    try await check("inspect-turn-chat.txt", "inspect_turn", ["session_id": "chat-refund-42", "turn": 3])
    try await check(
      "inspect-turn.json", "inspect_turn", ["trace_id": sample.trace("swallowed_error"), "format": "json"])
  }

  @Test func analyzeSession() async throws {
    try await check("analyze-session.txt", "analyze_session", ["session_id": "chat-refund-42"])
    try await check("analyze-session-turns.txt", "analyze_session", ["session_id": "chat-refund-42", "turns": "3-4"])
    try await check("analyze-session.json", "analyze_session", ["session_id": "chat-refund-42", "format": "json"])
  }

  /// What a client reads of the tools: names, descriptions, schemas, hints.
  @Test func definitions() throws {
    let list = sample.definitions.map { tool in
      "\(tool.name): \(tool.title)\n\(tool.description)\n"
        + tool.parameters.map { "  \($0.name)\($0.isRequired ? " (required)" : ""): \($0.help)" }.joined(
          separator: "\n")
        + "\n\(tool.inputSchema.text)"
    }
    try Golden.check(
      list.joined(separator: "\n\n") + "\n\n" + AllTools.instructions, "definitions.txt", in: Self.folder)
  }
}

@Suite("Definitions keep to what hosts let through")
struct DefinitionTests {
  @Test func descriptionsAndInstructionsAreShort() throws {
    #expect(AllTools.instructions.utf8.count < 1_000)
    for tool in try SampleTools().definitions {
      #expect(tool.description.utf8.count < 600, "\(tool.name)")
      #expect(!tool.description.contains("\n"), "\(tool.name)")
      #expect(tool.annotations == .readOnlyClosedWorld)
      #expect(tool.inputSchema["additionalProperties"] == .bool(false))
      #expect(tool.name.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_") })
      for parameter in tool.parameters { #expect(!parameter.help.isEmpty, "\(tool.name).\(parameter.name)") }
    }
  }
}
