import JSONText
import MCP

/// The suite's named fixtures.
enum Fixtures {
  /// One red pixel, and a moment of silence.
  static let image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
  static let audio = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="

  static let text = ResourceContents(
    uri: "test://static-text", mimeType: "text/plain", body: .text("the text"), cache: .program)

  static let tools = [
    fixed("test_simple_text", .text("a simple text")),
    fixed("test_image_content", ToolResult(content: [.image(base64: image, mimeType: "image/png")])),
    fixed("test_audio_content", ToolResult(content: [.audio(base64: audio, mimeType: "audio/wav")])),
    fixed("test_embedded_resource", ToolResult(content: [.resource(text)])),
    fixed(
      "test_multiple_content_types",
      ToolResult(content: [
        .text("several"), .image(base64: image, mimeType: "image/png"), .resource(text),
        .resourceLink(uri: "test://static-text", name: "the text again"),
      ])),
    fixed("test_error_handling", .failure("this tool always fails")),
    Tool(ToolWithProgress.self, context: ()),
    Tool(definition: schemaTool) { _ in .text("done") },
  ]

  static let resources = [
    Resource(
      uri: "test://static-text", name: "static-text", title: "Static text", description: "A text.",
      mimeType: "text/plain", text: "the text"),
    Resource(
      uri: "test://static-binary", name: "static-binary", title: "Static bytes", description: "A picture.",
      mimeType: "image/png"
    ) {
      ResourceContents(
        uri: "test://static-binary", mimeType: "image/png", body: .blob(base64: image), cache: .program)
    },
  ]

  static let templates = [
    ResourceTemplate(
      uriTemplate: "test://template/{id}/data", name: "template", title: "Template", description: "Data by id.",
      mimeType: "application/json", completers: ["id": Completer { _ in Completer.Answer((1...150).map { "\($0)" }) }]
    ) { (uri, variables) async throws(ToolError) in
      let id = variables["id"] ?? ""
      guard id != "missing" else { throw ToolError(.notFound, "there is no '\(id)'") }
      let json: JSON = ["id": .string(id)]
      return ResourceContents(uri: uri, mimeType: "application/json", body: .text(json.text), cache: .none)
    }
  ]

  static let prompts = [
    Prompt(name: "test_simple_prompt", title: "Simple", description: "Without arguments.") { _ in
      [Prompt.Message(.user, .text("a simple prompt"))]
    },
    Prompt(
      name: "test_prompt_with_arguments", title: "With arguments", description: "With two arguments.",
      arguments: [
        Prompt.Argument("arg1", title: "First", description: "the first", isRequired: true),
        Prompt.Argument("arg2", title: "Second", description: "the second"),
      ]
    ) { arguments in
      [Prompt.Message(.user, .text("'\(arguments["arg1"] ?? "")' and '\(arguments["arg2"] ?? "")'"))]
    },
    Prompt(name: "test_prompt_with_embedded_resource", title: "With resource", description: "Holds a resource.") { _ in
      [Prompt.Message(.user, .resource(text)), Prompt.Message(.assistant, .text("read"))]
    },
    Prompt(name: "test_prompt_with_image", title: "With image", description: "Holds a picture.") { _ in
      [Prompt.Message(.user, .image(base64: image, mimeType: "image/png"))]
    },
  ]

  /// A schema with what a dialect can hold; it has to come out as it went in.
  private static let schemaTool = ToolDefinition(
    name: "json_schema_2020_12_tool", title: "Schema", description: "Keeps its schema.",
    inputSchema: [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
      "$defs": ["address": ["$anchor": "addressDef", "type": "object", "properties": ["street": ["type": "string"]]]],
      "properties": ["name": ["type": "string"], "address": ["$ref": "#/$defs/address"]],
      "allOf": [["anyOf": [["required": ["name"]]]]], "if": ["required": ["address"]], "then": ["required": ["name"]],
      "else": [:], "additionalProperties": false,
    ], annotations: .readOnlyClosedWorld)

  private static func fixed(_ name: String, _ result: ToolResult) -> Tool {
    let definition = ToolDefinition(
      name: name, title: name, description: "Always answers the same.",
      inputSchema: ["type": "object", "additionalProperties": false], annotations: .readOnlyClosedWorld)
    return Tool(definition: definition) { _ in result }
  }
}

/// Takes long enough for three words of progress.
struct ToolWithProgress: ParameterizedTool {
  static let name = "test_tool_with_progress"
  static let title = "With progress"
  static let summary = "Reports its progress."

  func run(in context: Void) async throws(ToolError) -> ToolResult {
    do {
      try await Task.sleep(for: .milliseconds(550))
      for done in [0.0, 50, 100] {
        Progress.current?.report(done, of: 100, "\(Int(done)) of 100")
        try await Task.sleep(for: .milliseconds(300))
      }
    } catch {
      throw ToolError(.interrupted, "cancelled")
    }
    return .text("done")
  }
}
