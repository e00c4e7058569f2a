import JSONText
import TraceModel
import TraceSemantics

/// A retrieval that gave nothing, or nothing with a word of what was asked for in it.
struct RetrievalFit: Detector {
  let name = "retrieval_fit"
  /// Whether the question's words are looked for in what came back, which is a faint hint.
  var comparesWords = true

  var amongTurns: any Detector { RetrievalFit(comparesWords: false) }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    var seen: Set<[UInt8]> = []
    let retrievers = facts.trace.spans.indices.filter { facts.type($0) == "RETRIEVER" }
    for index in retrievers {
      let meaning = facts.meaning(index)
      guard facts.trace.spans[index].status != .error, let documents = meaning.documents else { continue }
      isChecked = true
      let input = meaning.inputs
      // The same question again is told by `repeated_call`.
      if retrievers.count > 1, let input, !seen.insert(Array(input.value.rawBytes)).inserted { continue }
      if documents.isEmpty {
        findings.append(finding("empty_retrieval", index, "\(facts.trace.spans[index].name) found nothing.", facts))
        continue
      }
      guard comparesWords, let input, let question = Gist(of: input.value, side: .input)?.text else { continue }
      let asked = Self.content(question)
      let wanted = Set(asked.map(\.stem))
      guard wanted.count >= 2, documents.contains(where: { $0.text != nil }) else { continue }
      // The first document has such a word, as a rule: the others are not read for it.
      let isMet = documents.lazy.flatMap { [$0.id, $0.source, $0.text] }.contains { part in
        Self.content(part ?? "").contains { wanted.contains($0.stem) }
      }
      guard !isMet else { continue }
      let words = asked.prefix(4).map(\.word).joined(separator: ", ")
      findings.append(
        finding(
          "off_topic_retrieval", index,
          "\(facts.trace.spans[index].name) gave back \(Self.plural(documents.count)) without a word of the question (\(words)).",
          facts))
    }
    return isChecked ? .findings(findings) : .notChecked("no retriever span has recorded documents")
  }

  private func finding(_ kind: String, _ index: Int, _ why: String, _ facts: TraceFacts) -> Finding {
    Finding(
      kind: kind, severity: kind == "empty_retrieval" ? .medium : .low, confidence: .low,
      title: "retrieved nothing that fits",
      traceID: facts.trace.info.id, spanIndex: index, why: why,
      evidence: [Evidence(.inputs, of: index, in: facts), Evidence.ofOutput(index, in: facts).first].compactMap { $0 },
      standing: .hint)
  }

  private static func plural(_ count: Int) -> String { count == 1 ? "1 document" : "\(count) documents" }

  /// Words that say what a text is about, in their order, each with its first letters, by which `refunds` meets `refund`.
  private static func content(_ text: String) -> [(word: String, stem: String)] {
    StepText.words(String(decoding: text.utf8.prefix(1_500), as: UTF8.self)).filter {
      $0.utf8.count >= 4 && !common.contains($0)
    }
    .map { ($0, StepText.stem($0)) }
  }

  private static let common: Set<String> = [
    "about", "after", "also", "been", "before", "between", "both", "could", "does", "from", "have", "here", "into",
    "just", "like", "many", "more", "most", "much", "need", "only", "other", "over", "please", "should", "some",
    "such", "tell", "than", "thanks", "that", "their", "them", "then", "there", "these", "they", "this", "those",
    "time", "very", "want", "what", "when", "where", "which", "will", "with", "would", "your", "know", "find",
    "give", "help",
  ]
}
