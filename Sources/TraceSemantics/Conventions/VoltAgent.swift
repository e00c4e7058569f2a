extension Convention {
  /// VoltAgent. The spans below an agent carry its `entity.type`, so their own `span.type` comes first.
  static let voltAgent: Convention = {
    let kinds = ["agent": "AGENT", "llm": "LLM", "tool": "TOOL", "memory": "MEMORY"]
    var convention = Convention(
      name: "VoltAgent", markers: ["voltagent.", "agent.messages", "llm.messages", "entity.type"],
      types: [TypeKey("span.type", kinds), TypeKey("entity.type", kinds)])
    convention.inputs = ["agent.messages", "llm.messages", "input"]
    convention.outputs = ["output"]
    convention.models = ["llm.model", "ai.model.name"]
    convention.inputTokens = ["usage.prompt_tokens", "llm.usage.prompt_tokens"]
    convention.outputTokens = ["usage.completion_tokens", "llm.usage.completion_tokens"]
    convention.totalTokens = ["usage.total_tokens", "llm.usage.total_tokens"]
    convention.sessions = ["voltagent.conversation_id"]
    convention.agents = ["entity.name"]
    convention.tools = ["tool.name"]
    convention.toolCallIDs = ["tool.call.id"]
    return convention
  }()
}
