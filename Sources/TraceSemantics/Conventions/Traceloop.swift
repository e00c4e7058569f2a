extension Convention {
  /// OpenLLMetry (Traceloop).
  static let traceloop = Convention(
    name: "Traceloop", markers: ["traceloop.", "gen_ai.prompt.", "gen_ai.completion.", "llm.request.type"],
    types: [
      TypeKey(
        "traceloop.span.kind",
        ["workflow": "WORKFLOW", "task": "TASK", "agent": "AGENT", "tool": "TOOL", "unknown": "UNKNOWN"]),
      TypeKey(
        "llm.request.type", ["chat": "LLM", "completion": "LLM", "embedding": "EMBEDDING", "rerank": "RERANKER"]),
    ],
    inputs: ["traceloop.entity.input", "gen_ai.prompt.0.content"],
    outputs: ["traceloop.entity.output", "gen_ai.completion.0.content"],
    spreadMessages: [
      SpreadMessages(prefix: "gen_ai.prompt.", infix: "", callInfix: "", isOutput: false),
      SpreadMessages(prefix: "gen_ai.completion.", infix: "", callInfix: "", isOutput: true),
    ],
    inputTokens: ["gen_ai.usage.prompt_tokens"],
    outputTokens: ["gen_ai.usage.completion_tokens"],
    totalTokens: ["llm.usage.total_tokens"],
    cachedTokens: ["gen_ai.usage.cache_read_input_tokens"],
    reasoningTokens: ["gen_ai.usage.reasoning_tokens"],
    sessions: ["traceloop.association.properties.session_id"],
    users: ["traceloop.association.properties.user_id"],
    finishReasons: ["gen_ai.completion.0.finish_reason"],
    tools: ["traceloop.entity.name"],
    parameterPrefixes: ["gen_ai.request."])
}
