import JSONText
import MCP

/// One chat under an address: what `analyze_session` says of it.
enum SessionResource {
  static func template(_ context: LensContext) -> ResourceTemplate {
    let tool = Tool(AnalyzeSession.self, context: context)
    return ResourceTemplate(
      uriTemplate: "mlflow-lens://session/{session_id}", name: "session", title: "Session",
      description: "One conversation: its turns, what was asked and answered, what failed, what was judged.",
      mimeType: "text/plain", completers: ["session_id": Completions.sessionIDs(context)]
    ) { (uri, variables) async throws(ToolError) in
      let answer = try await tool.attempt(["session_id": .string(variables["session_id"] ?? "")] as JSON)
      // A further turn may come at any time.
      return ResourceContents(uri: uri, mimeType: "text/plain", body: .text(answer.plainText), cache: .none)
    }
  }
}
