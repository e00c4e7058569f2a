extension Convention {
  /// Langfuse.
  static let langfuse: Convention = {
    var convention = Convention(
      name: "Langfuse", markers: ["langfuse."],
      types: [
        TypeKey(
          "langfuse.observation.type",
          [
            "generation": "LLM", "embedding": "EMBEDDING", "tool": "TOOL", "retriever": "RETRIEVER", "agent": "AGENT",
            "chain": "CHAIN", "evaluator": "EVALUATOR", "guardrail": "GUARDRAIL", "span": "UNKNOWN",
          ])
      ])
    convention.inputs = ["langfuse.observation.input", "langfuse.trace.input"]
    convention.outputs = ["langfuse.observation.output", "langfuse.trace.output"]
    convention.models = ["langfuse.observation.model.name"]
    convention.sessions = ["langfuse.session.id"]
    convention.users = ["langfuse.user.id"]
    convention.parameterPrefixes = ["langfuse.observation.model.parameters"]
    return convention
  }()
}
