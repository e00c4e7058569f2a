import JSONText
import TraceModel
import TraceSemantics

/// A tool whose span is OK but whose output says that it failed: the app handed the failure on as if it were data. Where tools
/// have no spans, the messages tell what they gave back.
struct ErrorInOutput: Detector {
  let name = "error_in_output"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    for index in facts.trace.spans.indices {
      guard ["TOOL", "RETRIEVER"].contains(facts.type(index)), facts.trace.spans[index].status != .error else {
        continue
      }
      isChecked = true
      let raw = facts.rawOutputs(index)
      guard raw.count <= Self.longest, Self.signs.isFound(in: raw), let outputs = facts.meaning(index).outputs,
        let (path, words) = Self.failure(outputs.value)
      else { continue }
      findings.append(
        Finding(
          kind: "error_in_output", severity: .medium, confidence: .medium,
          title: "a failure was handed on as a result", traceID: facts.trace.info.id, spanIndex: index,
          why:
            "\(facts.trace.spans[index].name) has status \(facts.trace.spans[index].status.rawValue), but what it gave back is a "
            + "failure: \(words.prefix(160))",
          evidence: Evidence(.outputs, of: index, at: path, in: facts).map { [$0] } ?? [], standing: .hint))
    }
    var told = 0
    for use in facts.toldToolUses where told < Self.mostTold {
      guard let result = use.result else { continue }
      isChecked = true
      guard result.rawBytes.count <= Self.longest, let words = Self.failure(of: use, result) else { continue }
      told += 1
      findings.append(
        Finding(
          kind: "error_in_output", severity: .medium, confidence: .medium,
          title: "a failure was handed on as a result", traceID: facts.trace.info.id, spanIndex: use.spanIndex,
          why: "\(use.name), which \(facts.trace.spans[use.spanIndex].name) asked for, gave back a failure: "
            + "\(words.prefix(160))",
          evidence: Evidence.ofResult(use, in: facts), standing: .hint))
    }
    return isChecked
      ? .findings(findings) : .notChecked("neither a tool's span nor a message tells what a tool gave back")
  }

  private static func failure(of use: ToolUse, _ result: JSONValue) -> String? {
    if let found = failure(result) { return found.words }
    return use.hasFailed ? result.string ?? String(decoding: result.rawBytes.prefix(200), as: UTF8.self) : nil
  }

  /// Where none of these stands in a span's record, it is not read.
  private static let signs = ByteSearch([
    "error", "exception", "traceback", "failed", "invalid", "denied", "timed out", "unauthorized",
    // Keys, whose quotes are escaped in a stored attribute; every record has a status of its own.
    "status_code\\\"", "statuscode\\\"",
    // Of `"success": false` and `"ok": false` the word that is rarer.
    "false",
  ])
  /// A longer output is data: a failure is short.
  private static let longest = 200_000
  /// More failures that only messages tell are not told: each is looked for in them.
  private static let mostTold = 8

  private static let errorKeys = ["error", "errors", "error_message", "errorMessage", "exception", "stderr"]

  /// Where the output says so, and in which words.
  static func failure(_ value: JSONValue) -> (path: JSONPath, words: String)? {
    let value = value.nestedDocument()?.root ?? value
    switch value.kind {
    case .string:
      let text = value.string ?? ""
      return isFailure(text) ? (JSONPath(steps: []), text) : nil
    case .object:
      // The object speaks for itself; its beginning is what it says.
      let whole = (JSONPath(steps: []), String(decoding: value.rawBytes.prefix(200), as: UTF8.self))
      for key in errorKeys {
        guard let member = value[key] else { continue }
        if let text = member.string, !text.isEmpty, key != "stderr" { return (JSONPath(steps: [key]), text) }
        if let text = member["message"]?.string { return (JSONPath(steps: [key, "message"]), text) }
        if member.bool == true { return whole }
      }
      if ["isError", "is_error"].contains(where: { value[$0]?.bool == true }) { return whole }
      if ["success", "ok"].contains(where: { value[$0]?.bool == false }) { return whole }
      if let code = (value["status_code"] ?? value["statusCode"])?.int64, (400..<600).contains(code) { return whole }
      guard let key = ["content", "output", "result"].first(where: { value[$0] != nil }),
        let text = value[key]?.string, isFailure(text)
      else { return nil }
      return (JSONPath(steps: [key]), text)
    default: return nil
    }
  }

  /// Only what begins like a failure: pages and files may speak of errors.
  private static func isFailure(_ text: String) -> Bool {
    let start = text.prefix(80).lowercased().drop { $0.isWhitespace || $0 == "❌" || $0 == "[" }
    return [
      "error:", "error ", "exception:", "traceback (most recent", "failed to ", "invalid ", "permission denied",
      "timed out", "request failed", "unauthorized", "access denied", "http error", "internal server error",
      "tool error",
    ].contains { start.hasPrefix($0) }
  }
}
