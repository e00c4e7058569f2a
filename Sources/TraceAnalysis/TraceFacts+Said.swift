import JSONText
import TraceModel
import TraceSemantics

/// What steps gave back, and who said the answer.
extension TraceFacts {
  /// So many tools are asked whether they recorded anything.
  private static let asked = 100

  /// Whether tools were called of which none recorded what it gave back.
  var lacksToolOutputs: Bool {
    let tools = trace.spans.indices.lazy.filter { self.isToolCall($0) }.prefix(Self.asked)
    return trace.spans.isEmpty || !tools.isEmpty && tools.allSatisfy { self.meaning($0).outputs == nil }
  }

  /// Whether tools were called of which none recorded what it was given.
  var lacksToolInputs: Bool {
    let tools = trace.spans.indices.lazy.filter { self.isToolCall($0) }.prefix(Self.asked)
    return trace.spans.isEmpty || !tools.isEmpty && tools.allSatisfy { self.meaning($0).inputs == nil }
  }

  /// Whether a span tells what a tool gave back: a tool, or a step with nothing below it in which no model speaks.
  func isObservation(_ index: Int) -> Bool {
    if isToolCall(index) { return true }
    return tree.children[index].isEmpty && tree.parents[index] != nil && !isModelCall(index)
      && !["RETRIEVER", "RERANKER", "EMBEDDING", "MEMORY"].contains(type(index))
  }

  /// What a span gave back, in words: the text of a value, not of JSON around it.
  func saidText(_ index: Int) -> String? {
    guard let outputs = meaning(index).outputs else { return nil }
    let document = outputs.value.nestedDocument()
    let value = document?.root ?? outputs.value
    if let text = value.string { return text }
    // What a program printed.
    let streams = ["stdout", "stderr"].compactMap { value[$0]?.string }.filter { !$0.isEmpty }
    if !streams.isEmpty { return streams.joined(separator: "\n") }
    return Gist(of: outputs.value, side: .output)?.text
      ?? String(decoding: outputs.value.rawBytes.prefix(100_000), as: UTF8.self)
  }

  /// The step that said an answer: the last call of a model that holds its beginning, else the span that gave it back.
  func speaker(of answer: TurnReading.Side) -> Int {
    let wanted = StepText.normalized(answer.text.prefix(200)).prefix(60)
    guard wanted.count >= 2 else { return answer.spanIndex }
    let calls = trace.spans.indices.lazy.reversed().filter { self.isModelCall($0) }.prefix(8)
    return calls.first { index in
      guard let text = self.meaning(index).outputChat?.messages.last?.text else { return false }
      return StepText.normalized(text.prefix(20_000)).contains(wanted)
    } ?? answer.spanIndex
  }
}
