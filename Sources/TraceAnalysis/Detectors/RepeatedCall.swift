import JSONText
import TraceModel
import TraceSemantics

/// The same call with the same input, again and again: a loop, or a result that was not used.
struct RepeatedCall: Detector {
  let name = "repeated_call"

  /// Two may be a coincidence of the app's design; at the third the input has not changed twice.
  private static let fewest = 3
  /// The same caller asking the same more often than this is in a loop.
  private static let mostWithoutLoop = 5

  private struct Call: Hashable {
    var name: String
    var input: ArraySlice<UInt8>

    // All bytes at once: a collection's own way goes from element to element.
    func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      unsafe input.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
  }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var places: [Call: [Int]] = [:]
    var hasInputs = false
    for index in facts.trace.spans.indices where facts.type(index) == "TOOL" || facts.type(index) == "RETRIEVER" {
      guard let input = facts.recordedInput(index) else { continue }
      hasInputs = true
      // A call that failed is tried again for a reason; `failed_step` tells of those.
      guard facts.trace.spans[index].status != .error else { continue }
      places[Call(name: facts.trace.spans[index].name, input: input), default: []].append(index)
    }
    for use in facts.toldToolUses {
      guard let arguments = use.arguments else { continue }
      hasInputs = true
      guard !use.hasFailed, use.result.map({ ErrorInOutput.failure($0) == nil }) ?? true else { continue }
      places[Call(name: use.name, input: arguments.rawBytes), default: []].append(use.spanIndex)
    }
    guard hasInputs else { return .notChecked("neither a span nor a message tells what a tool was called with") }
    let repeated = places.filter { $0.value.count >= Self.fewest }.map { (name: $0.key.name, indices: $0.value) }
      .sorted { ($0.indices[0], $0.name) < ($1.indices[0], $1.name) }
    return .findings(
      repeated.map { name, indices in
        // A caller that asks again and again is in a loop; callers that each ask the same only work twice.
        let callers = Dictionary(grouping: indices) { facts.tree.parents[$0] ?? -1 }
        let isLoop = callers.values.contains { $0.count > Self.mostWithoutLoop }
        let aliases = indices.map { Trace.alias(ofSpanAt: $0) }
        return Finding(
          kind: "repeated_call", severity: isLoop ? .high : .medium, confidence: .high,
          title: "\(name) was called \(indices.count) times with the same input",
          traceID: facts.trace.info.id, spanIndex: indices[0],
          why: "\(name) got the same input in \(aliases.prefix(4).joined(separator: ", "))"
            + (aliases.count > 4 ? " … \(aliases[aliases.count - 1])" : "") + ", and did not fail.",
          evidence: facts.isModelCall(indices[0])
            ? Evidence.ofOutput(indices[0], around: name, in: facts)
            : Evidence(.inputs, of: indices[0], in: facts).map { [$0] } ?? [],
          standing: isLoop ? .decisive : .hint)
      })
  }
}
