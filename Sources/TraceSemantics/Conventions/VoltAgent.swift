extension Convention {
  /// VoltAgent. The spans below an agent carry its `entity.type`, so their own `span.type` comes first.
  static let voltAgent: Convention = {
    let kinds = ["agent": "AGENT", "llm": "LLM", "tool": "TOOL", "memory": "MEMORY"]
    return Convention(
      name: "VoltAgent", markers: ["voltagent.", "agent.messages", "llm.messages", "entity.type"],
      types: [TypeKey("span.type", kinds), TypeKey("entity.type", kinds)],
      inputs: ["agent.messages", "llm.messages", "input"],
      outputs: ["output"],
      models: ["llm.model", "ai.model.name"],
      inputTokens: ["usage.prompt_tokens", "llm.usage.prompt_tokens"],
      outputTokens: ["usage.completion_tokens", "llm.usage.completion_tokens"],
      totalTokens: ["usage.total_tokens", "llm.usage.total_tokens"],
      sessions: ["voltagent.conversation_id"],
      agents: ["entity.name"],
      tools: ["tool.name"],
      toolCallIDs: ["tool.call.id"])
  }()
}
