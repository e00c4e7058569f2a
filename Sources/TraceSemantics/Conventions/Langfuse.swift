extension Convention {
  /// Langfuse.
  static let langfuse = Convention(
    name: "Langfuse", markers: ["langfuse."],
    types: [
      TypeKey(
        "langfuse.observation.type",
        [
          "generation": "LLM", "embedding": "EMBEDDING", "tool": "TOOL", "retriever": "RETRIEVER", "agent": "AGENT",
          "chain": "CHAIN", "evaluator": "EVALUATOR", "guardrail": "GUARDRAIL", "span": "UNKNOWN",
        ])
    ],
    inputs: ["langfuse.observation.input", "langfuse.trace.input"],
    outputs: ["langfuse.observation.output", "langfuse.trace.output"],
    models: ["langfuse.observation.model.name"],
    sessions: ["langfuse.session.id"],
    users: ["langfuse.user.id"],
    parameterPrefixes: ["langfuse.observation.model.parameters"],
    costs: ["langfuse.observation.cost_details"])
}
