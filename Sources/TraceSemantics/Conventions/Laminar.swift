extension Convention {
  /// Laminar: OpenTelemetry GenAI for models and tokens.
  static let laminar = Convention(
    name: "Laminar", markers: ["lmnr."],
    types: [
      TypeKey(
        "lmnr.span.type",
        [
          "LLM": "LLM", "CACHED": "LLM", "TOOL": "TOOL", "DEFAULT": "CHAIN", "PIPELINE": "CHAIN", "EXECUTOR": "AGENT",
          "EVALUATOR": "EVALUATOR", "HUMAN_EVALUATOR": "EVALUATOR", "EVALUATION": "EVALUATOR",
        ])
    ],
    inputs: ["lmnr.span.input"],
    outputs: ["lmnr.span.output"],
    sessions: ["lmnr.association.properties.session_id"],
    users: ["lmnr.association.properties.user_id"])
}
