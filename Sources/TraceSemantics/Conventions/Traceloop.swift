extension Convention {
  /// OpenLLMetry (Traceloop).
  static let traceloop: Convention = {
    var convention = Convention(
      name: "Traceloop", markers: ["traceloop.", "gen_ai.prompt.", "gen_ai.completion.", "llm.request.type"],
      types: [
        TypeKey(
          "traceloop.span.kind",
          ["workflow": "WORKFLOW", "task": "TASK", "agent": "AGENT", "tool": "TOOL", "unknown": "UNKNOWN"]),
        TypeKey(
          "llm.request.type", ["chat": "LLM", "completion": "LLM", "embedding": "EMBEDDING", "rerank": "RERANKER"]),
      ])
    convention.inputs = ["traceloop.entity.input", "gen_ai.prompt.0.content"]
    convention.outputs = ["traceloop.entity.output", "gen_ai.completion.0.content"]
    convention.spreadMessages = [
      SpreadMessages(prefix: "gen_ai.prompt.", infix: "", callInfix: "", isOutput: false),
      SpreadMessages(prefix: "gen_ai.completion.", infix: "", callInfix: "", isOutput: true),
    ]
    convention.inputTokens = ["gen_ai.usage.prompt_tokens"]
    convention.outputTokens = ["gen_ai.usage.completion_tokens"]
    convention.totalTokens = ["llm.usage.total_tokens"]
    convention.cachedTokens = ["gen_ai.usage.cache_read_input_tokens"]
    convention.reasoningTokens = ["gen_ai.usage.reasoning_tokens"]
    convention.sessions = ["traceloop.association.properties.session_id"]
    convention.users = ["traceloop.association.properties.user_id"]
    convention.finishReasons = ["gen_ai.completion.0.finish_reason"]
    convention.tools = ["traceloop.entity.name"]
    convention.parameterPrefixes = ["gen_ai.request."]
    return convention
  }()
}
