extension Convention {
  /// Google's Agent Development Kit: OpenTelemetry GenAI, with payloads under keys of its own.
  static let googleADK = Convention(
    name: "Google ADK", markers: ["gcp.vertex.agent."],
    inputs: ["gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"],
    outputs: ["gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response"],
    sessions: ["gcp.vertex.agent.session_id"])
}
