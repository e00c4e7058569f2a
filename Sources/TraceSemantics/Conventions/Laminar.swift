extension Convention {
  /// Laminar: OpenTelemetry GenAI for models and tokens.
  static let laminar: Convention = {
    var convention = Convention(
      name: "Laminar", markers: ["lmnr."],
      types: [
        TypeKey(
          "lmnr.span.type",
          [
            "LLM": "LLM", "CACHED": "LLM", "TOOL": "TOOL", "DEFAULT": "CHAIN", "PIPELINE": "CHAIN", "EXECUTOR": "AGENT",
            "EVALUATOR": "EVALUATOR", "HUMAN_EVALUATOR": "EVALUATOR", "EVALUATION": "EVALUATOR",
          ])
      ])
    convention.inputs = ["lmnr.span.input"]
    convention.outputs = ["lmnr.span.output"]
    convention.sessions = ["lmnr.association.properties.session_id"]
    convention.users = ["lmnr.association.properties.user_id"]
    return convention
  }()
}
