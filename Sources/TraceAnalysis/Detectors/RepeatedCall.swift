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
    guard hasInputs else { return .notChecked("no tool or retriever span has recorded its input") }
    let repeated = places.values.filter { $0.count >= Self.fewest }.sorted { $0[0] < $1[0] }
    return .findings(
      repeated.map { indices in
        let span = facts.trace.spans[indices[0]]
        // A caller that asks again and again is in a loop; callers that each ask the same only work twice.
        let callers = Dictionary(grouping: indices) { facts.tree.parents[$0] ?? -1 }
        let isLoop = callers.values.contains { $0.count > Self.mostWithoutLoop }
        let aliases = indices.map { Trace.alias(ofSpanAt: $0) }
        return Finding(
          kind: "repeated_call", severity: isLoop ? .high : .medium, confidence: .high,
          title: "\(span.name) was called \(indices.count) times with the same input",
          traceID: facts.trace.info.id, spanIndex: indices[0],
          why: "\(span.name) got the same input in \(aliases.prefix(4).joined(separator: ", "))"
            + (aliases.count > 4 ? " … \(aliases[aliases.count - 1])" : "") + ", and did not fail.",
          evidence: Evidence(.inputs, of: indices[0], in: facts).map { [$0] } ?? [],
          standing: isLoop ? .decisive : .hint)
      })
  }
}
