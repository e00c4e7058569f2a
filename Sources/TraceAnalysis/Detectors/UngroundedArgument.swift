import JSONText
import TraceModel
import TraceSemantics

/// A tool that was called with an id that nothing before had: the model made it up. Or with what only stands for a value.
struct UngroundedArgument: Detector {
  let name = "ungrounded_argument"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard facts.trace.spans.count <= ValueFlow.mostSpans else { return .notChecked("too much to follow") }
    var findings: [Finding] = []
    let uses = facts.toolUses.filter { use in
      use.arguments != nil && (!facts.isToolCall(use.spanIndex) || facts.tree.parents[use.spanIndex] != nil)
    }
    guard !uses.isEmpty else { return .notChecked("neither a span nor a message tells what a tool was called with") }
    for use in uses where findings.count < Self.most {
      guard let arguments = use.arguments else { continue }
      if let (path, words) = Placeholders.first(in: arguments), !Self.isAsked(words, facts) {
        findings.append(Self.finding(use, path, placeholder: words, facts))
        continue
      }
      let leaves = Self.leaves(arguments, [])
      guard !leaves.isEmpty else { continue }
      guard let flow = flow.value else { return .notChecked("too much to follow") }
      for leaf in leaves {
        // The model's call names it first, and the tool is given the same.
        guard let origin = flow.origin(of: leaf.value.token),
          origin.isOutput ? facts.isModelCall(origin.spanIndex) : origin.spanIndex == use.spanIndex
        else { continue }
        // What a model's own input has was said before this trace.
        guard origin.isOutput || facts.isToolCall(use.spanIndex) else { continue }
        findings.append(Self.finding(use, leaf, origin, facts))
        break
      }
    }
    return .findings(findings)
  }

  /// More are not told.
  private static let most = 8

  /// Whether the user said it; then it is what was meant.
  private static func isAsked(_ words: String, _ facts: TraceFacts) -> Bool {
    facts.turn.input?.text.lowercased().contains(words.lowercased()) ?? false
  }

  private static func finding(
    _ use: ToolUse, _ path: JSONPath, placeholder words: String, _ facts: TraceFacts
  ) -> Finding {
    let name = name(use, facts)
    return Finding(
      kind: "placeholder_argument", severity: .medium, confidence: .medium, title: "called with a placeholder",
      traceID: facts.trace.info.id, spanIndex: use.spanIndex,
      why:
        "\(name) was called with \(path.steps.isEmpty ? "" : "\(path) = ")'\(words)', which only stands for a value; nobody put one in.",
      evidence: evidence(use, path, words, facts), standing: .hint)
  }

  private static func finding(
    _ use: ToolUse, _ leaf: (path: JSONPath, value: NotedValue), _ origin: ValueFlow.Appearance, _ facts: TraceFacts
  ) -> Finding {
    let name = name(use, facts)
    let by = origin.isOutput ? facts.trace.spans[origin.spanIndex].name : "the code that called it"
    return Finding(
      kind: "ungrounded_argument", severity: .medium, confidence: .low, title: "called with a value from nowhere",
      traceID: facts.trace.info.id, spanIndex: use.spanIndex,
      why:
        "\(name) was called with \(leaf.path.steps.isEmpty ? "" : "\(leaf.path) = ")'\(leaf.value.words)', which nothing before had; it comes from \(by).",
      evidence: evidence(use, leaf.path, leaf.value.words, facts), standing: .hint)
  }

  private static func name(_ use: ToolUse, _ facts: TraceFacts) -> String {
    facts.isToolCall(use.spanIndex) ? facts.trace.spans[use.spanIndex].name : use.name
  }

  private static func evidence(
    _ use: ToolUse, _ path: JSONPath, _ words: String, _ facts: TraceFacts
  ) -> [Evidence] {
    facts.isToolCall(use.spanIndex)
      ? Evidence(.inputs, of: use.spanIndex, at: path, in: facts).map { [$0] } ?? []
      : Evidence.ofOutput(use.spanIndex, around: words, in: facts)
  }

  /// Values of an object that are names a machine gave: letters and digits in one word, or five digits and more.
  private static func leaves(_ value: JSONValue, _ steps: [String]) -> [(path: JSONPath, value: NotedValue)] {
    guard steps.count < 6 else { return [] }
    switch value.kind {
    case .object: return value.members.flatMap { leaves($0.value, steps + [$0.key]) }
    case .array: return value.elements.enumerated().flatMap { leaves($1, steps + ["\($0)"]) }
    case .string:
      guard value.encodedStringLength <= 40, let text = value.string, text.utf8.count >= 4,
        let found = NotedValue.all(in: text).first, found.words == text
      else { return [] }
      // A date or a measure is often worked out; a word with a digit in it is not.
      return found.token.number == nil || text.utf8.count >= 5 && !text.contains(".")
        ? [(JSONPath(steps: steps), found)] : []
    default: return []
    }
  }
}
