extension Convention {
  /// LiveKit Agents (voice): OpenTelemetry GenAI, with transcripts and speech under keys of its own.
  static let liveKit: Convention = {
    var convention = Convention(name: "LiveKit", markers: ["lk."], types: [])
    convention.presentTypes = [
      ("lk.retry_count", "LLM"), ("lk.function_tool", "TOOL"), ("lk.agent_name", "AGENT"), ("lk.instructions", "AGENT"),
      ("lk.generation_id", "AGENT"),
    ]
    convention.inputs = [
      "lk.user_input", "lk.user_transcript", "lk.chat_ctx", "lk.function_tool.arguments", "lk.input_text",
    ]
    convention.outputs = ["lk.response.text", "lk.response.function_calls", "lk.function_tool.output"]
    convention.agents = ["lk.agent_name"]
    convention.tools = ["lk.function_tool.name"]
    convention.toolCallIDs = ["lk.function_tool.id"]
    convention.systemPrompts = ["lk.instructions"]
    convention.sessions = ["lk.job_id"]
    return convention
  }()
}
