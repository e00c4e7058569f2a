import JSONText
import MCP

/// How the traces of an experiment are shaped: what `discover_schema` says.
enum SchemaResource {
  static func template(_ context: LensContext) -> ResourceTemplate {
    let tool = Tool(DiscoverSchema.self, context: context)
    return ResourceTemplate(
      uriTemplate: "mlflow-lens://schema/{experiment}", name: "schema", title: "Schema of an experiment",
      description:
        "Where the user's words and the answers stand in an app's traces; its keys, span names, assessments.",
      mimeType: "text/plain", completers: ["experiment": Completions.experiments(context)]
    ) { (uri, variables) async throws(ToolError) in
      let answer = try await tool.attempt(["experiment_id": .string(variables["experiment"] ?? "")] as JSON)
      return ResourceContents(uri: uri, mimeType: "text/plain", body: .text(answer.plainText), cache: .none)
    }
  }
}
