extension Convention {
  /// OpenLLMetry (Traceloop).
  static let traceloop: Convention = {
    var convention = Convention(
      name: "Traceloop", marker: "traceloop.",
      types: [
        TypeKey(
          "traceloop.span.kind",
          ["workflow": "WORKFLOW", "task": "TASK", "agent": "AGENT", "tool": "TOOL", "unknown": "UNKNOWN"])
      ])
    convention.inputs = ["traceloop.entity.input", "gen_ai.prompt.0.content"]
    convention.outputs = ["traceloop.entity.output", "gen_ai.completion.0.content"]
    convention.inputTokens = ["gen_ai.usage.prompt_tokens"]
    convention.outputTokens = ["gen_ai.usage.completion_tokens"]
    convention.totalTokens = ["llm.usage.total_tokens"]
    convention.sessions = ["traceloop.association.properties.session_id"]
    return convention
  }()
}
