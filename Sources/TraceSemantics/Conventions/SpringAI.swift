extension Convention {
  /// Spring AI: OpenTelemetry GenAI, with prompt and completion in events.
  static let springAI: Convention = {
    var convention = Convention(name: "Spring AI", markers: ["spring.ai."], types: [])
    convention.sessions = ["spring.ai.chat.client.conversation.id"]
    convention.events = [
      EventKey("gen_ai.content.prompt", ["gen_ai.prompt"]),
      EventKey("gen_ai.content.completion", ["gen_ai.completion"], isOutput: true),
    ]
    return convention
  }()
}
