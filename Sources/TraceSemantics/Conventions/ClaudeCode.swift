extension Convention {
  /// Claude Code and the Claude Agent SDK. What is `<REDACTED>` was not recorded.
  static let claudeCode: Convention = {
    var kinds = ["interaction": "AGENT", "llm_request": "LLM", "tool": "TOOL"]
    for (kind, type) in kinds { kinds["claude_code.\(kind)"] = type }
    var convention = Convention(
      name: "Claude Code", markers: ["new_context", "response.model_output", "tool_input", "user_prompt_length"],
      types: [TypeKey("span.type", kinds)])
    convention.inputs = ["user_prompt", "tool_input", "full_command", "file_path", "skill_name", "subagent_type"]
    convention.outputs = ["response.model_output"]
    convention.events = [EventKey("tool.output", ["output", "content", "diff"], isOutput: true)]
    convention.contextKeys = ["new_context"]
    convention.models = ["model"]
    convention.inputTokens = ["input_tokens"]
    convention.outputTokens = ["output_tokens"]
    convention.cachedTokens = ["cache_read_tokens"]
    convention.tools = ["tool_name"]
    convention.timesToFirstToken = ["ttft_ms"]
    return convention
  }()
}
