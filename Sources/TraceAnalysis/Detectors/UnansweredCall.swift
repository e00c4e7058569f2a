import JSONText
import TraceModel
import TraceSemantics

/// A call of a tool that never ran though the model went on, or that ran with other arguments than the model wrote: what lies
/// between the model and its tools is the app's code.
struct UnansweredCall: Detector {
  let name = "unanswered_call"

  /// In a trace of more model calls, what they were told is not read.
  private static let mostCalls = 500
  /// So many model calls behind a call are looked at for its result.
  private static let lookedAt = 3

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let runs = facts.trace.spans.indices.filter { facts.isToolCall($0) }
    guard !runs.isEmpty else { return .notChecked("no tool span was recorded") }
    guard facts.trace.spans.indices.count(where: { facts.isModelCall($0) }) <= Self.mostCalls else {
      return .notChecked("more than \(Self.mostCalls) model calls")
    }
    let models = facts.callersOfTools
    var findings: [Finding] = []
    var taken: Set<Int> = []
    for (place, index) in models.enumerated() {
      guard let chat = facts.meaning(index).outputChat else { continue }
      let calls = chat.messages.flatMap(\.toolCalls)
      for call in calls {
        let alike = calls.count { $0.name == call.name }
        let candidates = runs.lazy.filter {
          $0 > index && !taken.contains($0) && Self.names($0, facts).contains(call.name)
        }
        .prefix(alike)
        guard let run = candidates.first(where: { Self.difference(call, $0, facts) == nil }) ?? candidates.first else {
          let later = models[(place + 1)...].prefix(Self.lookedAt)
          let isTold = chat.messages.contains { $0.toolResults.contains { $0.callID == call.id } }
          if !isTold, !Self.handsOver(call.name), let next = later.first,
            later.allSatisfy({ Self.lacksResult(of: call, $0, facts) })
          {
            findings.append(Self.unrun(call, index, next, facts))
          }
          continue
        }
        taken.insert(run)
        // Of several calls of one tool it cannot be told which run is whose.
        guard alike == 1, let (key, asked, given) = Self.difference(call, run, facts) else { continue }
        findings.append(Self.changed(call, index, run, (key, asked, given), facts))
      }
    }
    return .findings(findings)
  }

  /// By which names a run is known: `search`, `execute_tool search`.
  private static func names(_ index: Int, _ facts: TraceFacts) -> Set<String> {
    let name = facts.trace.spans[index].name
    let last = name.split(whereSeparator: { $0 == " " || $0 == "." }).last.map(String.init)
    return Set([name, last, facts.meaning(index).toolName].compactMap { $0 })
  }

  /// Calls by which the work is handed to another agent, or the answer given, run nothing.
  private static func handsOver(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return ["transfer", "handoff", "hand_off", "final", "finish", "complete", "respond", "terminate", "submit"].contains
    {
      lowered.contains($0)
    }
  }

  /// Whether a model call was told its conversation, without a result of the call.
  private static func lacksResult(of call: ChatMessage.ToolCall, _ index: Int, _ facts: TraceFacts) -> Bool {
    guard let id = call.id, let chat = facts.meaning(index).inputChat else { return false }
    // Where the call itself is not in it, this is another conversation.
    return chat.messages.contains { $0.toolCalls.contains { $0.id == id } }
      && !chat.messages.contains { $0.toolResults.contains { $0.callID == id } }
  }

  /// The first plain argument that a run was given otherwise.
  private static func difference(
    _ call: ChatMessage.ToolCall, _ run: Int, _ facts: TraceFacts
  ) -> (key: String, asked: String, given: String)? {
    guard let asked = call.arguments, asked.kind == .object, let inputs = facts.meaning(run).inputs?.value else {
      return nil
    }
    let value = inputs.nestedDocument()?.root ?? inputs
    let given = value["kwargs"].flatMap { $0.kind == .object ? $0 : nil } ?? value
    for member in asked.members {
      guard let other = given[member.key], let left = plain(member.value), let right = plain(other) else { continue }
      let isSame = left == right || (member.value.double != nil && member.value.double == other.double)
      if !isSame { return (member.key, left, right) }
    }
    return nil
  }

  /// A short string, a number, a truth value, as it reads.
  private static func plain(_ value: JSONValue) -> String? {
    if let text = value.string { return text.utf8.count <= 200 ? text : nil }
    return value.numberText ?? value.bool.map { "\($0)" }
  }

  // MARK: Findings

  private static func unrun(
    _ call: ChatMessage.ToolCall, _ index: Int, _ next: Int, _ facts: TraceFacts
  ) -> Finding {
    finding(
      "unrun_call", index, "a call that never ran", call.name,
      "\(facts.trace.spans[index].name) called \(call.name), which never ran: no tool of that name follows, and "
        + "\(Trace.alias(ofSpanAt: next)) was told no result of it.", facts)
  }

  private static func changed(
    _ call: ChatMessage.ToolCall, _ index: Int, _ run: Int, _ difference: (key: String, asked: String, given: String),
    _ facts: TraceFacts
  ) -> Finding {
    finding(
      "changed_arguments", run, "ran with other arguments", nil,
      "\(call.name) ran with \(difference.key) = '\(difference.given.prefix(80))', where \(Trace.alias(ofSpanAt: index)) had "
        + "written '\(difference.asked.prefix(80))'.", facts)
  }

  private static func finding(
    _ kind: String, _ index: Int, _ title: String, _ tool: String?, _ why: String, _ facts: TraceFacts
  ) -> Finding {
    Finding(
      kind: kind, severity: .medium, confidence: .medium, title: title, traceID: facts.trace.info.id, spanIndex: index,
      why: why,
      evidence: Evidence(tool == nil ? .inputs : .outputs, of: index, around: tool, in: facts).map { [$0] } ?? [],
      standing: .hint)
  }
}
