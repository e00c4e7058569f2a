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

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var calls: [Call] = []
    var hasInputs = false
    for index in facts.trace.spans.indices where facts.type(index) == "TOOL" || facts.type(index) == "RETRIEVER" {
      guard let input = facts.recordedInput(index) else { continue }
      hasInputs = true
      // A call that failed is tried again for a reason; `failed_step` tells of those.
      guard facts.trace.spans[index].status != .error else { continue }
      calls.append(Call(index: index, hash: Self.hash(facts.trace.spans[index].name, input)))
    }
    guard hasInputs else { return .notChecked("no tool or retriever span has recorded its input") }
    let repeated = Self.alike(calls, facts).sorted { $0[0] < $1[0] }
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

  /// A call by the hash of what has to be the same.
  private struct Call {
    var index: Int
    var hash: UInt64
  }

  /// The calls that are the same, in groups of three at least, each in the order of the spans.
  private static func alike(_ calls: [Call], _ facts: TraceFacts) -> [[Int]] {
    struct Key: Hashable {
      var name: String
      var input: [UInt8]
    }
    var groups: [[Int]] = []
    let sorted = calls.sorted { ($0.hash, $0.index) < ($1.hash, $1.index) }
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].hash == sorted[start].hash { end += 1 }
      let alike = sorted[start..<end].map(\.index)
      start = end
      guard alike.count >= fewest else { continue }
      let (name, input) = (facts.trace.spans[alike[0]].name, facts.recordedInput(alike[0]))
      if alike.allSatisfy({ facts.trace.spans[$0].name == name && facts.recordedInput($0) == input }) {
        groups.append(alike)
      } else {
        // Who wants to can write calls that differ and have one hash; the dictionary's own nobody foresees.
        let same = Dictionary(grouping: alike) { index in
          Key(name: facts.trace.spans[index].name, input: Array(facts.recordedInput(index) ?? []))
        }
        groups += same.values.filter { $0.count >= fewest }
      }
    }
    return groups
  }

  private static func hash(_ name: String, _ input: ArraySlice<UInt8>) -> UInt64 {
    var hash = FNV1a()
    for byte in name.utf8 { hash.add(byte) }
    // No byte of UTF-8.
    hash.add(0xFF)
    for byte in input { hash.add(byte) }
    return hash.value
  }
}
