extension Convention {
  /// The Vercel AI SDK's telemetry.
  static let vercelAI: Convention = {
    let model = ["ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"]
    var operations = [
      "ai.toolCall": "TOOL", "ai.embed": "EMBEDDING", "ai.embed.doEmbed": "EMBEDDING", "ai.embedMany": "EMBEDDING",
    ]
    for name in model {
      operations[name] = "LLM"
      operations[name + (name.hasPrefix("ai.stream") ? ".doStream" : ".doGenerate")] = "LLM"
    }
    return Convention(
      name: "Vercel AI SDK", markers: ["ai.operationId"], types: [TypeKey("ai.operationId", operations)],
      inputs: ["ai.prompt", "ai.prompt.messages", "ai.toolCall.args", "ai.value", "ai.values"],
      outputs: [
        "ai.response.text", "ai.response.toolCalls", "ai.toolCall.result", "ai.response.object", "ai.embedding",
        "ai.embeddings",
      ],
      models: ["ai.response.model", "ai.model.id"],
      inputTokens: ["ai.usage.promptTokens"],
      outputTokens: ["ai.usage.completionTokens"],
      cachedTokens: ["ai.usage.cachedInputTokens"],
      reasoningTokens: ["ai.usage.reasoningTokens"],
      sessions: ["ai.telemetry.metadata.sessionId"],
      users: ["ai.telemetry.metadata.userId"],
      finishReasons: ["ai.response.finishReason"],
      agents: ["ai.telemetry.functionId"],
      tools: ["ai.toolCall.name"],
      toolCallIDs: ["ai.toolCall.id"],
      toolDefinitions: ["ai.prompt.tools"],
      parameterPrefixes: ["ai.settings."],
      timesToFirstToken: ["ai.response.msToFirstChunk"])
  }()
}
