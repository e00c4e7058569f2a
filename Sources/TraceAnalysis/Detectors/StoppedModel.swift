import JSONText
import TraceModel
import TraceSemantics

/// A model that stopped before it was done: cut off by a limit of tokens, or by a filter.
struct StoppedModel: Detector {
  let name = "stopped_model"

  /// Where none of these stands in a span's record, it does not say why the model stopped.
  private static let signs = ByteSearch(["finish", "stop_reason", "stopreason", "done_reason"])

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    for index in facts.modelCalls(mentioning: Self.signs) {
      let meaning = facts.meaning(index)
      guard let reason = meaning.finishReason, !reason.isEmpty else { continue }
      isChecked = true
      guard meaning.unusualFinishReason != nil else { continue }
      let isFilter = ["content_filter", "safety", "refusal", "recitation", "blocklist", "prohibited_content"].contains(
        reason.lowercased())
      guard isFilter || meaning.isCutOff else { continue }
      let limit = meaning.parameters.first { $0.name.contains("max") && $0.name.contains("tokens") }?.value.int64
      let name = facts.trace.spans[index].name
      findings.append(
        Finding(
          kind: isFilter ? "output_filtered" : "output_cut_off", severity: .medium, confidence: .high,
          title: isFilter ? "the output was filtered" : "the output was cut off", traceID: facts.trace.info.id,
          spanIndex: index,
          why: isFilter
            ? "\(name) was stopped by a filter (finish reason '\(reason)')."
            : "\(name) was cut off by a limit of tokens (finish reason '\(reason)'"
              + (limit.map { ", limit \($0)" } ?? "") + "): what it said is not whole.",
          evidence: Evidence.ofOutput(index, in: facts)))
    }
    return isChecked ? .findings(findings) : .notChecked("no model span has recorded why it stopped")
  }
}
