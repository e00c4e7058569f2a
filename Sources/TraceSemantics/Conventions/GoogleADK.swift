extension Convention {
  /// Google's Agent Development Kit: OpenTelemetry GenAI, with payloads under keys of its own.
  static let googleADK: Convention = {
    var convention = Convention(name: "Google ADK", markers: ["gcp.vertex.agent."], types: [])
    convention.inputs = ["gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"]
    convention.outputs = ["gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response"]
    convention.sessions = ["gcp.vertex.agent.session_id"]
    return convention
  }()
}
