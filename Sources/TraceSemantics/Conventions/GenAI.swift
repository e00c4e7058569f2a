extension Convention {
  /// OpenTelemetry's semantic conventions for generative AI (`gen_ai.*`), the current form and the older one with an event
  /// for each message. Gemini CLI speaks it with operations of its own.
  static let genAI = Convention(
    name: "OpenTelemetry GenAI", markers: ["gen_ai."],
    types: [
      TypeKey(
        "gen_ai.operation.name",
        [
          "chat": "CHAT_MODEL", "create_agent": "AGENT", "invoke_agent": "AGENT", "embeddings": "EMBEDDING",
          "execute_tool": "TOOL", "generate_content": "LLM", "text_completion": "LLM", "response": "LLM",
          "llm_call": "LLM", "tool_call": "TOOL", "agent_call": "AGENT",
        ])
    ],
    inputs: ["gen_ai.input.messages", "gen_ai.tool.call.arguments"],
    outputs: ["gen_ai.output.messages", "gen_ai.tool.call.result"],
    events: [
      EventKey("gen_ai.system.message", ["content"], role: "system"),
      EventKey("gen_ai.user.message", ["content"], role: "user"),
      EventKey("gen_ai.assistant.message", ["content", "tool_calls"], role: "assistant"),
      EventKey("gen_ai.tool.message", ["content"], role: "tool"),
      EventKey("gen_ai.choice", ["message", "content"], role: "assistant", isOutput: true),
      EventKey("gen_ai.client.inference.operation.details", ["gen_ai.input.messages"]),
      EventKey("gen_ai.client.inference.operation.details", ["gen_ai.output.messages"], isOutput: true),
    ],
    models: ["gen_ai.response.model", "gen_ai.request.model"],
    inputTokens: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    outputTokens: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
    cachedTokens: ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"],
    reasoningTokens: ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"],
    sessions: ["gen_ai.conversation.id"],
    finishReasons: ["gen_ai.response.finish_reasons"],
    agents: ["gen_ai.agent.name"],
    tools: ["gen_ai.tool.name"],
    toolCallIDs: ["gen_ai.tool.call.id"],
    toolDefinitions: ["gen_ai.tool.definitions"],
    systemPrompts: ["gen_ai.system_instructions"],
    parameterPrefixes: ["gen_ai.request."],
    timesToFirstToken: ["gen_ai.response.time_to_first_chunk"],
    costs: ["gen_ai.usage.cost", "operation.cost"])
}
