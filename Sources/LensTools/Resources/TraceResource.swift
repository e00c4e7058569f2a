import JSONText
import MCP
import TraceModel

/// One run under an address: the outline that `get_trace` gives.
enum TraceResource {
  static func template(_ context: LensContext) -> ResourceTemplate {
    let tool = Tool(GetTrace.self, context: context)
    return ResourceTemplate(
      uriTemplate: "mlflow-lens://trace/{trace_id}", name: "trace", title: "Trace",
      description: "One recorded run: its steps as a tree, with durations, tokens and sizes.", mimeType: "text/plain",
      completers: ["trace_id": Completions.traceIDs(context)]
    ) { (uri, variables) async throws(ToolError) in
      let id = variables["trace_id"] ?? ""
      let answer = try await tool.attempt(["trace_id": .string(id)] as JSON)
      let isRunning = try await context.trace(id).info.state == .inProgress
      return ResourceContents(
        uri: uri, mimeType: "text/plain", body: .text(answer.plainText),
        cache: isRunning ? .none : CacheHint(milliseconds: 60_000, isPrivate: true))
    }
  }
}
