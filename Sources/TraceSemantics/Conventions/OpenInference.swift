extension Convention {
  /// OpenInference (Arize), semantic conventions for spans.
  static let openInference: Convention = {
    let kinds = [
      "TOOL", "CHAIN", "LLM", "RETRIEVER", "EMBEDDING", "AGENT", "RERANKER", "UNKNOWN", "GUARDRAIL", "EVALUATOR",
    ]
    var convention = Convention(
      name: "OpenInference", marker: "openinference.",
      types: [TypeKey("openinference.span.kind", Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0) }))])
    convention.inputs = ["input.value"]
    convention.outputs = ["output.value"]
    convention.models = ["llm.response.model_name", "llm.model_name", "llm.request.model_name", "embedding.model_name"]
    convention.inputTokens = ["llm.token_count.prompt"]
    convention.outputTokens = ["llm.token_count.completion"]
    convention.totalTokens = ["llm.token_count.total"]
    convention.sessions = ["session.id"]
    return convention
  }()
}
