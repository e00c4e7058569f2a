extension Convention {
  /// OpenTelemetry's semantic conventions for generative AI (`gen_ai.*`), the current form and the older one with an event
  /// for each message. Gemini CLI speaks it with operations of its own.
  static let genAI: Convention = {
    var convention = Convention(
      name: "OpenTelemetry GenAI", markers: ["gen_ai."],
      types: [
        TypeKey(
          "gen_ai.operation.name",
          [
            "chat": "CHAT_MODEL", "create_agent": "AGENT", "invoke_agent": "AGENT", "embeddings": "EMBEDDING",
            "execute_tool": "TOOL", "generate_content": "LLM", "text_completion": "LLM", "response": "LLM",
            "llm_call": "LLM", "tool_call": "TOOL", "agent_call": "AGENT",
          ])
      ])
    convention.inputs = ["gen_ai.input.messages", "gen_ai.tool.call.arguments"]
    convention.outputs = ["gen_ai.output.messages", "gen_ai.tool.call.result"]
    convention.events = [
      EventKey("gen_ai.system.message", ["content"], role: "system"),
      EventKey("gen_ai.user.message", ["content"], role: "user"),
      EventKey("gen_ai.assistant.message", ["content", "tool_calls"], role: "assistant"),
      EventKey("gen_ai.tool.message", ["content"], role: "tool"),
      EventKey("gen_ai.choice", ["message", "content"], role: "assistant", isOutput: true),
      EventKey("gen_ai.client.inference.operation.details", ["gen_ai.input.messages"]),
      EventKey("gen_ai.client.inference.operation.details", ["gen_ai.output.messages"], isOutput: true),
    ]
    convention.models = ["gen_ai.response.model", "gen_ai.request.model"]
    convention.inputTokens = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"]
    convention.outputTokens = ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"]
    convention.cachedTokens = ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"]
    convention.reasoningTokens = ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"]
    convention.sessions = ["gen_ai.conversation.id"]
    convention.finishReasons = ["gen_ai.response.finish_reasons"]
    convention.agents = ["gen_ai.agent.name"]
    convention.tools = ["gen_ai.tool.name"]
    convention.toolCallIDs = ["gen_ai.tool.call.id"]
    convention.toolDefinitions = ["gen_ai.tool.definitions"]
    convention.systemPrompts = ["gen_ai.system_instructions"]
    convention.parameterPrefixes = ["gen_ai.request."]
    convention.timesToFirstToken = ["gen_ai.response.time_to_first_chunk"]
    return convention
  }()
}
