import JSONText
import TraceModel
import TraceSemantics

/// A number or id in the answer that no step had before the model said it, though steps looked things up; or that came in
/// through code between two steps.
struct UngroundedAnswer: Detector {
  let name = "ungrounded_answer"

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard let answer = facts.turn.output else { return .notChecked("no answer was recorded") }
    guard facts.trace.spans.indices.contains(where: { Self.looksUp(facts.type($0)) }) else {
      return .notChecked("no tool or retriever that an answer could rest on")
    }
    let words = answer.text.utf8.prefix(Self.longest)
    let values = NotedValue.all(in: String(decoding: words, as: UTF8.self)).filter(\.isTelling)
    guard !values.isEmpty else { return .findings([]) }
    guard let flow = flow.value else { return .notChecked("too much to follow") }
    var bySource: [ValueFlow.Appearance: [String]] = [:]
    var numbers = DerivedNumbers(flow, in: String(decoding: words, as: UTF8.self))
    for value in values {
      guard let origin = flow.origin(of: value.token), Self.isUngrounded(origin, value, flow, facts) else { continue }
      if let number = value.token.number, numbers.isDerived(number, value.token) { continue }
      bySource[origin, default: []].append(value.words)
    }
    return .findings(
      bySource.sorted { ($0.key.spanIndex, $0.key.isOutput ? 1 : 0) < ($1.key.spanIndex, $1.key.isOutput ? 1 : 0) }
        .map { origin, values in Self.finding(origin, values, facts) })
  }

  /// Of a longer answer only the beginning is looked at: it is data, not words.
  private static let longest = 20_000

  private static func looksUp(_ type: String) -> Bool { ["TOOL", "RETRIEVER", "RERANKER", "MEMORY"].contains(type) }

  private static func isUngrounded(
    _ origin: ValueFlow.Appearance, _ value: NotedValue, _ flow: ValueFlow, _ facts: TraceFacts
  ) -> Bool {
    guard facts.isModelCall(origin.spanIndex) else { return false }
    if !origin.isOutput {
      // What the user said, and what the app was called with, is given.
      guard facts.tree.parents[origin.spanIndex] != nil, facts.turn.input?.spanIndex != origin.spanIndex,
        cameFromCode(value, facts.meaning(origin.spanIndex))
      else { return false }
    }
    return true
  }

  /// Whether a value that a model was given can only come from code: it stands in data that was put into the prompt, and in
  /// nothing that was said before in the conversation.
  private static func cameFromCode(_ value: NotedValue, _ meaning: SpanMeaning) -> Bool {
    guard let chat = meaning.inputChat else { return true }
    func holds(_ text: String?) -> Bool {
      text.map { NotedValue.all(in: $0).contains { $0.token == value.token } } ?? false
    }
    var isData = false
    for (place, message) in chat.messages.enumerated() {
      if message.role == .system {
        // Instructions in words are written by people.
        if let text = message.text, Self.isData(text), holds(text) { isData = true }
      } else if message.role == .user, place == chat.messages.lastIndex(where: { $0.role == .user }) {
        if holds(message.text) { isData = true }
      } else if holds(message.text)
        || message.toolResults.contains(where: {
          holds($0.content.map { String(decoding: $0.rawBytes, as: UTF8.self) })
        })
      {
        return false
      }
    }
    return isData
  }

  private static func isData(_ text: String) -> Bool {
    let first = text.first { !$0.isWhitespace }
    return first == "{" || first == "["
  }

  private static func finding(_ origin: ValueFlow.Appearance, _ values: [String], _ facts: TraceFacts) -> Finding {
    let index = origin.spanIndex
    let name = facts.trace.spans[index].name
    let shown = values.prefix(4).map { "'\($0)'" }.joined(separator: ", ") + (values.count > 4 ? ", …" : "")
    let why: String
    if origin.isOutput {
      why = "\(name) was the first to say \(shown), which is in the answer: nothing that was looked up or asked has it."
    } else {
      let caller = facts.tree.parents[index].map { facts.trace.spans[$0].name } ?? "the app"
      why =
        "\(shown), which is in the answer, came in with what \(name) was given: no step gave it back before, so the code of "
        + "\(caller) put it there."
    }
    let evidence =
      origin.isOutput
      ? Evidence.ofOutput(index, around: values[0], in: facts)
      : Evidence(.inputs, of: index, around: values[0], in: facts).map { [$0] } ?? []
    return Finding(
      kind: origin.isOutput ? "ungrounded_value" : "value_from_code", severity: .medium, confidence: .low,
      title: "a value in the answer rests on nothing", traceID: facts.trace.info.id, spanIndex: index, why: why,
      evidence: evidence, standing: .hint)
  }
}
