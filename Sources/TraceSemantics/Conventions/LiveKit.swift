extension Convention {
  /// LiveKit Agents (voice): OpenTelemetry GenAI, with transcripts and speech under keys of its own.
  static let liveKit = Convention(
    name: "LiveKit", markers: ["lk."],
    presentTypes: [
      ("lk.retry_count", "LLM"), ("lk.function_tool", "TOOL"), ("lk.agent_name", "AGENT"), ("lk.instructions", "AGENT"),
      ("lk.generation_id", "AGENT"),
    ],
    inputs: [
      "lk.user_input", "lk.user_transcript", "lk.chat_ctx", "lk.function_tool.arguments", "lk.input_text",
    ],
    outputs: ["lk.response.text", "lk.response.function_calls", "lk.function_tool.output"],
    sessions: ["lk.job_id"],
    agents: ["lk.agent_name"],
    tools: ["lk.function_tool.name"],
    toolCallIDs: ["lk.function_tool.id"],
    systemPrompts: ["lk.instructions"])
}
