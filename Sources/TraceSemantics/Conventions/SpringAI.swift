extension Convention {
  /// Spring AI: OpenTelemetry GenAI, with prompt and completion in events.
  static let springAI = Convention(
    name: "Spring AI", markers: ["spring.ai."],
    events: [
      EventKey("gen_ai.content.prompt", ["gen_ai.prompt"]),
      EventKey("gen_ai.content.completion", ["gen_ai.completion"], isOutput: true),
    ],
    sessions: ["spring.ai.chat.client.conversation.id"])
}
