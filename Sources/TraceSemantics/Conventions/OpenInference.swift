extension Convention {
  /// OpenInference (Arize), semantic conventions for spans.
  static let openInference: Convention = {
    let kinds = [
      "TOOL", "CHAIN", "LLM", "RETRIEVER", "EMBEDDING", "AGENT", "RERANKER", "UNKNOWN", "GUARDRAIL", "EVALUATOR",
    ]
    return Convention(
      name: "OpenInference", markers: ["openinference."],
      types: [TypeKey("openinference.span.kind", Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0) }))],
      inputs: ["input.value"],
      outputs: ["output.value"],
      spreadMessages: [
        SpreadMessages(
          prefix: "llm.input_messages.", infix: "message.", callInfix: "tool_call.function.", isOutput: false),
        SpreadMessages(
          prefix: "llm.output_messages.", infix: "message.", callInfix: "tool_call.function.", isOutput: true),
      ],
      models: ["llm.response.model_name", "llm.model_name", "llm.request.model_name", "embedding.model_name"],
      inputTokens: ["llm.token_count.prompt"],
      outputTokens: ["llm.token_count.completion"],
      totalTokens: ["llm.token_count.total"],
      cachedTokens: ["llm.token_count.prompt_details.cache_read"],
      reasoningTokens: ["llm.token_count.completion_details.reasoning"],
      sessions: ["session.id"],
      users: ["user.id"],
      finishReasons: ["llm.finish_reason"],
      agents: ["agent.name"],
      tools: ["tool.name"],
      toolCallIDs: ["tool_call.id"],
      parameterPrefixes: ["llm.invocation_parameters"],
      costs: ["llm.cost.total"])
  }()
}
