extension Convention {
  /// Claude Code and the Claude Agent SDK. What is `<REDACTED>` was not recorded.
  static let claudeCode: Convention = {
    var kinds = ["interaction": "AGENT", "llm_request": "LLM", "tool": "TOOL"]
    for (kind, type) in kinds { kinds["claude_code.\(kind)"] = type }
    return Convention(
      name: "Claude Code", markers: ["new_context", "response.model_output", "tool_input", "user_prompt_length"],
      types: [TypeKey("span.type", kinds)],
      contextKeys: ["new_context"],
      inputs: ["user_prompt", "tool_input", "full_command", "file_path", "skill_name", "subagent_type"],
      outputs: ["response.model_output"],
      events: [EventKey("tool.output", ["output", "content", "diff"], isOutput: true)],
      models: ["model"],
      inputTokens: ["input_tokens"],
      outputTokens: ["output_tokens"],
      cachedTokens: ["cache_read_tokens"],
      tools: ["tool_name"],
      timesToFirstToken: ["ttft_ms"])
  }()
}
