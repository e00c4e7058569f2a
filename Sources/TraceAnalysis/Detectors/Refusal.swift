import JSONText
import TraceModel
import TraceSemantics

/// A model that declined to do what it was asked: it says so in a field of its own, the provider blocked the request, or its
/// short answer begins with the words for it. Whether it was right to decline is not said here: a policy may want it so.
///
/// Needs what models said. Finish reasons are told by `stopped_model`.
struct Refusal: Detector {
  let name = "refusal"

  /// Keys of a field in which it is said, and what stands in every short refusal. Where none of these stands in an output,
  /// it is not read.
  private static let signs = ByteSearch(["\"refusal\\\": \\\"", "refusal\\\":\\\"", "block_reason", "blockreason"])
  private static let wordSigns = ByteSearch(RefusalWords.signs)
  /// A longer output is work, whatever it begins with.
  private static let (longest, longestText) = (20_000, 700)
  /// More are not told.
  private static let most = 8

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    var isChecked = false
    for index in facts.trace.spans.indices where facts.isModelCall(index) && findings.count < Self.most {
      let raw = facts.rawOutputs(index)
      guard !raw.isEmpty else { continue }
      isChecked = true
      guard raw.count <= Self.longest, Self.signs.isFound(in: raw) || Self.wordSigns.isFound(in: raw) else { continue }
      let meaning = facts.meaning(index)
      if let outputs = meaning.outputs, let (path, words) = Self.field(outputs.value, [], 0) {
        findings.append(
          finding(
            index, "declined (\(words.prefix(160)))", Evidence(.outputs, of: index, at: path, in: facts), .high, facts))
        continue
      }
      guard let chat = meaning.outputChat, !chat.messages.contains(where: { !$0.toolCalls.isEmpty }),
        let message = chat.messages.last, message.role == .assistant, let text = message.text,
        text.utf8.count <= Self.longestText, let words = RefusalWords.opening(of: text)
      else { continue }
      findings.append(
        finding(index, "said \"\(words)\"", Evidence(.outputs, of: index, around: words, in: facts), .medium, facts))
    }
    return isChecked ? .findings(findings) : .notChecked("no model span has recorded what it said")
  }

  private func finding(
    _ index: Int, _ what: String, _ evidence: Evidence?, _ confidence: Finding.Severity, _ facts: TraceFacts
  ) -> Finding {
    let offered = facts.meaning(index).offeredTools.count
    let had = offered > 0 ? " It was offered \(offered == 1 ? "a tool" : "\(offered) tools") and called none." : ""
    return Finding(
      kind: "refusal", severity: confidence == .high ? .medium : .low, confidence: confidence,
      title: "the model declined", traceID: facts.trace.info.id, spanIndex: index,
      why:
        "\(facts.trace.spans[index].name) \(what) instead of doing what it was asked.\(had) If a rule of the app wants it so, nothing is wrong.",
      evidence: (evidence ?? Evidence.ofOutput(index, in: facts).first).map { [$0] } ?? [], standing: .hint)
  }

  /// `"refusal": "…"` of a message, a part `{"type": "refusal"}`, Gemini's `"block_reason"`.
  private static func field(_ value: JSONValue, _ steps: [String], _ depth: Int) -> (path: JSONPath, words: String)? {
    guard depth < 8 else { return nil }
    switch value.kind {
    case .object:
      for member in value.members {
        let path = steps + [member.key]
        if ["refusal", "block_reason", "blockReason"].contains(member.key), let words = member.value.string,
          !words.isEmpty, !words.hasSuffix("UNSPECIFIED")
        {
          return (JSONPath(steps: path), words)
        }
        if let found = field(member.value, path, depth + 1) { return found }
      }
      return nil
    case .array:
      return value.elements.prefix(20).enumerated().lazy.compactMap { field($1, steps + ["\($0)"], depth + 1) }.first
    default: return nil
    }
  }
}

/// The words with which models decline, by language.
enum RefusalWords {
  /// One of these stands in every opening below, in any writing of its apostrophe.
  static let signs = [
    "cannot", "can't", "can’t", "can\\u2019t", "unable to", "not able to", "decline", "as an ai", "won't be able",
    "no puedo", "je ne peux", "kann ich", "ich kann", "posso", "не могу", "\\u043d\\u0435 \\u043c\\u043e\\u0433", "我无法",
    "我不能", "\\u6211\\u65e0", "\\u6211\\u4e0d", "できません", "\\u3067\\u304d\\u307e\\u305b", "수 없습니다",
    "\\uc218 \\uc5c6",
  ]

  private static let phrases = [
    "can't assist", "cannot assist", "can't help with", "cannot help with", "can't help you with",
    "cannot help you with",
    "unable to assist", "unable to help with", "not able to assist", "not able to help with", "can't comply",
    "cannot comply", "can't fulfill", "cannot fulfill", "unable to fulfill", "unable to comply", "can't do that",
    "cannot do that", "i must decline", "i have to decline", "i decline to", "as an ai language model, i",
    "as an ai, i c",
    "won't be able to help with", "won't be able to assist", "can't engage", "cannot engage", "can't participate",
    "can't provide that", "cannot provide that", "can't provide assistance", "cannot provide assistance",
    "can't create content", "cannot create content", "can't continue with this", "cannot continue with this",
    "no puedo ayudar", "no puedo asistir", "no puedo cumplir", "no puedo hacer eso",
    "je ne peux pas vous aider", "je ne peux pas t'aider", "je ne peux pas répondre à cette demande",
    "dabei kann ich nicht helfen", "dabei kann ich dir nicht helfen", "dabei kann ich ihnen nicht helfen",
    "kann ich ihnen nicht helfen", "kann ich dir nicht helfen", "ich kann dabei nicht helfen",
    "não posso ajudar", "não posso atender", "non posso aiutar", "non posso assister",
    "не могу помочь", "не могу выполнить", "我无法协助", "我无法帮助", "我无法提供帮助", "我不能帮助", "我不能协助",
    "お手伝いできません", "お手伝いすることはできません", "お答えできません", "도와드릴 수 없습니다", "도와 드릴 수 없습니다", "도움을 드릴 수 없습니다",
  ]
  private static let search = ByteSearch(phrases)
  /// Who declines says so at once.
  private static let farthest = 160

  /// The words at the beginning of a text by which it declines; nil when it does not.
  static func opening(of text: String) -> String? {
    let opening = text.drop(while: \.isWhitespace).prefix(farthest).lowercased().replacing("’", with: "'")
    guard let found = search.first(in: opening.utf8) else { return nil }
    // `You cannot help with that` is said of somebody else. In other languages the verb says who speaks.
    let before = opening[..<(opening.firstRange(of: found)?.lowerBound ?? opening.startIndex)]
    let isSaidOfItself =
      !found.utf8.allSatisfy { $0 < 0x80 } || !english.contains { found.hasPrefix($0) }
      || StepText.words(String(before)).suffix(4).contains { ["i", "m", "sorry"].contains($0) }
    return isSaidOfItself ? found : nil
  }

  private static let english = ["can't", "cannot", "unable", "not able", "won't"]
}
