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
    var convention = Convention(
      name: "Vercel AI SDK", markers: ["ai.operationId"], types: [TypeKey("ai.operationId", operations)])
    convention.inputs = ["ai.prompt", "ai.prompt.messages", "ai.toolCall.args", "ai.value", "ai.values"]
    convention.outputs = [
      "ai.response.text", "ai.response.toolCalls", "ai.toolCall.result", "ai.response.object", "ai.embedding",
      "ai.embeddings",
    ]
    convention.models = ["ai.response.model", "ai.model.id"]
    convention.inputTokens = ["ai.usage.promptTokens"]
    convention.outputTokens = ["ai.usage.completionTokens"]
    convention.cachedTokens = ["ai.usage.cachedInputTokens"]
    convention.reasoningTokens = ["ai.usage.reasoningTokens"]
    convention.sessions = ["ai.telemetry.metadata.sessionId"]
    convention.users = ["ai.telemetry.metadata.userId"]
    convention.finishReasons = ["ai.response.finishReason"]
    convention.agents = ["ai.telemetry.functionId"]
    convention.tools = ["ai.toolCall.name"]
    convention.toolCallIDs = ["ai.toolCall.id"]
    convention.toolDefinitions = ["ai.prompt.tools"]
    convention.parameterPrefixes = ["ai.settings."]
    convention.timesToFirstToken = ["ai.response.msToFirstChunk"]
    return convention
  }()
}
