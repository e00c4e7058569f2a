extension Convention {
  /// OpenTelemetry's semantic conventions for generative AI (`gen_ai.*`).
  static let genAI: Convention = {
    var convention = Convention(
      name: "OpenTelemetry GenAI", marker: "gen_ai.",
      types: [
        TypeKey(
          "gen_ai.operation.name",
          [
            "chat": "CHAT_MODEL", "create_agent": "AGENT", "invoke_agent": "AGENT", "embeddings": "EMBEDDING",
            "execute_tool": "TOOL", "generate_content": "LLM", "text_completion": "LLM", "response": "LLM",
          ])
      ])
    convention.inputs = ["gen_ai.input.messages", "gen_ai.tool.call.arguments"]
    convention.outputs = ["gen_ai.output.messages", "gen_ai.tool.call.result"]
    convention.models = ["gen_ai.response.model", "gen_ai.request.model"]
    convention.inputTokens = ["gen_ai.usage.input_tokens"]
    convention.outputTokens = ["gen_ai.usage.output_tokens"]
    convention.sessions = ["gen_ai.conversation.id"]
    return convention
  }()
}
