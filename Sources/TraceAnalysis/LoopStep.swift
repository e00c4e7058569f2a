import JSONText
import TraceModel
package import TraceSemantics

/// A trace that is a single call of a model on the way to an answer, as apps record them that trace their model's client and
/// nothing around it: one turn of the chat is several such traces.
package struct LoopStep: Sendable {
  /// What tools gave back, where the model's input ends with it: nobody has asked anything new.
  package var results: [ChatMessage.ToolResult]
  /// Whether the model only asked for tools to be called, and said nothing.
  package var onlyCalls: Bool

  /// Whether it goes on with a turn that an earlier trace began.
  package var isContinued: Bool { !results.isEmpty }

  /// Nil for a trace that is a turn of its own: somebody asks in it, and is answered.
  init?(_ turn: TurnReading, _ meanings: [SpanMeaning]) {
    guard let input = turn.input, let output = turn.output, input.spanIndex == output.spanIndex,
      case let meaning = meanings[input.spanIndex], meaning.isModelCall,
      ToolCalls.signs.isFound(in: meaning.span.record.rawBytes)
    else { return nil }
    let given = (meaning.inputChat?.messages ?? []).reversed().prefix {
      !$0.toolResults.isEmpty && ($0.role == .tool || $0.text == nil)
    }
    results = given.reversed().flatMap(\.toolResults)
    let said = meaning.outputChat?.messages ?? []
    onlyCalls =
      said.contains { !$0.toolCalls.isEmpty } && said.allSatisfy { ($0.text ?? "").allSatisfy(\.isWhitespace) }
    if results.isEmpty, !onlyCalls { return nil }
  }
}
