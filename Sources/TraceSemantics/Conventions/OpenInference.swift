extension Convention {
  /// OpenInference (Arize), semantic conventions for spans.
  static let openInference: Convention = {
    let kinds = [
      "TOOL", "CHAIN", "LLM", "RETRIEVER", "EMBEDDING", "AGENT", "RERANKER", "UNKNOWN", "GUARDRAIL", "EVALUATOR",
    ]
    var convention = Convention(
      name: "OpenInference", markers: ["openinference."],
      types: [TypeKey("openinference.span.kind", Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0) }))])
    convention.inputs = ["input.value"]
    convention.outputs = ["output.value"]
    convention.spreadMessages = [
      SpreadMessages(
        prefix: "llm.input_messages.", infix: "message.", callInfix: "tool_call.function.", isOutput: false),
      SpreadMessages(
        prefix: "llm.output_messages.", infix: "message.", callInfix: "tool_call.function.", isOutput: true),
    ]
    convention.models = ["llm.response.model_name", "llm.model_name", "llm.request.model_name", "embedding.model_name"]
    convention.inputTokens = ["llm.token_count.prompt"]
    convention.outputTokens = ["llm.token_count.completion"]
    convention.totalTokens = ["llm.token_count.total"]
    convention.cachedTokens = ["llm.token_count.prompt_details.cache_read"]
    convention.reasoningTokens = ["llm.token_count.completion_details.reasoning"]
    convention.sessions = ["session.id"]
    convention.users = ["user.id"]
    convention.finishReasons = ["llm.finish_reason"]
    convention.agents = ["agent.name"]
    convention.tools = ["tool.name"]
    convention.toolCallIDs = ["tool_call.id"]
    convention.parameterPrefixes = ["llm.invocation_parameters"]
    return convention
  }()
}
