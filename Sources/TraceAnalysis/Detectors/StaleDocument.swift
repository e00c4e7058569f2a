import JSONText
import TraceModel
import TraceSemantics

/// A document that says of itself that it is out of force, given back by a retrieval.
struct StaleDocument: Detector {
  let name = "stale_document"

  private static let states = [
    "superseded", "outdated", "deprecated", "archived", "expired", "obsolete", "withdrawn", "replaced", "retired",
    "revoked", "inactive",
  ]
  /// Where none of these stands in an output, it is not read.
  private static let signs = ByteSearch(states)
  private static let stateKeys = ["status", "state", "lifecycle", "validity"]
  private static let successorKeys = ["superseded_by", "supersededBy", "replaced_by", "replacedBy"]

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    for index in facts.trace.spans.indices where ["RETRIEVER", "TOOL", "RERANKER"].contains(facts.type(index)) {
      isChecked = isChecked || facts.type(index) == "RETRIEVER"
      guard Self.signs.isFound(in: facts.rawOutputs(index)), let documents = facts.meaning(index).documents,
        !documents.isEmpty
      else { continue }
      isChecked = true
      let stale = documents.filter { Self.sign($0) != nil }
      // Where a current one stands beside it, the model may still have chosen well.
      guard let first = stale.first, let sign = Self.sign(first) else { continue }
      let which =
        first.id ?? first.source ?? "document \(documents.firstIndex { $0.path == first.path }.map { $0 + 1 } ?? 1)"
      let isOnly = stale.count == documents.count
      let used = isOnly ? [] : Self.used(stale, documents, facts)
      findings.append(
        Finding(
          kind: "stale_document", severity: .medium, confidence: isOnly || !used.isEmpty ? .high : .medium,
          title: "gave back a document that is out of force", traceID: facts.trace.info.id, spanIndex: index,
          why: "\(facts.trace.spans[index].name) gave back \(which), which is marked \(sign)"
            + (isOnly ? ", and nothing in force." : ", beside \(documents.count - stale.count) in force.")
            + (used.isEmpty ? "" : " The answer says \(used.joined(separator: ", ")), as only that document does."),
          evidence: Evidence(.outputs, of: index, at: first.path, around: sign, in: facts).map { [$0] } ?? []))
    }
    return isChecked ? .findings(findings) : .notChecked("no retrieval has recorded documents")
  }

  /// Values of the answer that stand in documents out of force, and in none in force.
  private static func used(
    _ stale: [RetrievedDocument], _ all: [RetrievedDocument], _ facts: TraceFacts
  ) -> [String] {
    guard let answer = facts.turn.output?.text, stale.allSatisfy({ $0.text != nil }) else { return [] }
    func values(_ documents: [RetrievedDocument]) -> Set<UInt64> {
      Set(documents.flatMap { NotedValue.all(in: $0.text ?? "").map(\.token.key) })
    }
    let inForce = values(all.filter { sign($0) == nil })
    let only = values(stale).subtracting(inForce)
    return NotedValue.all(in: String(answer.prefix(4_000))).filter { only.contains($0.token.key) }.prefix(3)
      .map { "'\($0.words)'" }
  }

  /// What marks it.
  private static func sign(_ document: RetrievedDocument) -> String? {
    [document.metadata, document.fields].lazy.compactMap { $0.flatMap(sign) }.first
  }

  private static func sign(_ metadata: JSONValue) -> String? {
    for key in stateKeys {
      // `superseded`, or `superseded by refund-policy-v4.md`.
      guard let word = metadata[key]?.string, let first = word.split(whereSeparator: \.isWhitespace).first else {
        continue
      }
      if states.contains(first.lowercased()) { return word }
    }
    for key in successorKeys {
      if let other = metadata[key]?.string, !other.isEmpty { return "as replaced by \(other)" }
    }
    for key in ["outdated", "deprecated", "archived", "superseded"] where metadata[key]?.bool == true { return key }
    return nil
  }
}
