import JSONText
import TraceModel
import TraceSemantics

/// A model that calls a tool it was not offered, or calls one in a way its definition does not allow.
struct ToolCalls: Detector {
  let name = "tool_calls"

  /// Where none of these stands in a span's record, it calls no tool.
  static let signs = ByteSearch([
    "tool_call", "tool_use", "toolcall", "tool-call", "function_call", "functioncall", "function",
  ])

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    for index in facts.callersOfTools {
      let meaning = facts.meaning(index)
      guard let chat = meaning.outputChat else { continue }
      let calls = chat.messages.flatMap { message in message.toolCalls.map { (message.path, $0) } }
      guard !calls.isEmpty else { continue }
      let offered = meaning.offeredTools
      for (path, call) in calls {
        if call.hasBrokenArguments {
          isChecked = true
          findings.append(
            finding(
              "broken_arguments", index, path, call.name,
              "\(Self.caller(index, facts)) called \(call.name) with arguments that are no JSON.", facts))
          continue
        }
        guard !offered.isEmpty else { continue }
        isChecked = true
        guard let tool = offered.first(where: { $0.name == call.name }) else {
          let names = offered.prefix(6).map(\.name).joined(separator: ", ") + (offered.count > 6 ? ", …" : "")
          findings.append(
            finding(
              "unknown_tool", index, path, call.name,
              "\(Self.caller(index, facts)) called \(call.name), which it was not offered; it was offered \(names).",
              facts))
          continue
        }
        guard let schema = tool.schema, let mistake = ArgumentCheck.mistake(in: call.arguments, schema) else {
          continue
        }
        findings.append(
          finding(
            "invalid_arguments", index, path, call.name,
            "\(Self.caller(index, facts)) called \(call.name) in a way its definition does not allow: \(mistake).",
            facts))
      }
    }
    return isChecked
      ? .findings(findings) : .notChecked("no model span has recorded the tools it was offered and calls of them")
  }

  private static func caller(_ index: Int, _ facts: TraceFacts) -> String { facts.trace.spans[index].name }

  private func finding(
    _ kind: String, _ index: Int, _ path: JSONPath, _ tool: String, _ why: String, _ facts: TraceFacts
  ) -> Finding {
    Finding(
      kind: kind, severity: kind == "invalid_arguments" ? .medium : .high, confidence: .high,
      title: "a call that cannot be carried out", traceID: facts.trace.info.id, spanIndex: index, why: why,
      evidence: (Evidence(.outputs, of: index, at: path, around: tool, in: facts)
        ?? Evidence(.outputs, of: index, around: tool, in: facts)).map { [$0] } ?? [])
  }
}
