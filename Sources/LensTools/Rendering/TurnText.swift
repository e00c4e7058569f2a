import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// A turn at length: what was asked, which tools were called with what, what was answered.
struct TurnText {
  let turn: SessionFacts.Turn
  let excerpter: Excerpter

  /// Bytes of each part.
  struct Lengths {
    var asked: Int
    var call: Int
    var result: Int
    var answered: Int
    /// Calls shown.
    var calls: Int
    /// What a model said beside a call that it asked for.
    var said = 0

    /// The turn that is looked at first.
    static let suspect = Lengths(asked: 200, call: 260, result: 60, answered: 640, calls: 4, said: 240)
    /// All that an answer of the usual size has room for.
    static let whole = Lengths(asked: 400, call: 600, result: 160, answered: 1_200, calls: 8, said: 600)
    /// Where there is room left.
    static let other = Lengths(asked: 200, call: 160, result: 40, answered: 400, calls: 3)
  }

  func words(_ side: TurnReading.Side?, _ limit: Int) -> String? {
    side.map { found in
      found.gist.map { excerpter.line($0.text, limit: limit) } ?? excerpter.line(found.field.value, limit: limit)
    }
  }

  func line(_ lengths: Lengths) -> String {
    let step = turn.facts.loopStep
    var asked = words(turn.facts.turn.input, lengths.asked).map { "\"\($0)\"" } ?? "(no input)"
    var answered = words(turn.facts.turn.output, lengths.answered).map { "\"\($0)\"" } ?? "(no answer)"
    // One call of a model on the way to an answer repeats the question, and is not an answer.
    if let step, step.isContinued {
      let given = lengths.result > 0 ? step.results.last?.content : nil
      asked = given.map { "(goes on with \(excerpter.line($0, limit: lengths.result)))" } ?? "(goes on)"
    }
    if step?.onlyCalls ?? false { answered = "(no answer yet)" }
    let calls = calls(lengths).map { "\($0) " }.joined()
    return "\(asked) \(calls)→ \(answered)"
  }

  /// The calls of tools, those that failed among them.
  private func calls(_ lengths: Lengths) -> [String] {
    let facts = turn.facts
    let all = facts.toolUses
    var said = lengths.said > 0 ? saidBesideCalls(lengths.said) : [:]
    var lines = all.prefix(lengths.calls).map { use -> String in
      let index = use.spanIndex
      // Its reason, given before the call; what it says in the end is the answer.
      let before = said.keys.filter { $0 <= index }.sorted().compactMap { said.removeValue(forKey: $0) }
      let reasons = before.map { "(says \"\($0)\") " }.joined()
      let span = facts.trace.spans[index]
      let name = excerpter.line(
        facts.isToolCall(index) ? facts.meaning(index).toolName ?? span.name : use.name, limit: 50)
      let input = use.arguments.map { excerpter.line($0, limit: lengths.call) } ?? ""
      let result = use.result.map { excerpter.line($0, limit: lengths.result) } ?? "-"
      let error = use.hasFailed ? " ERROR" : ""
      return
        "\(reasons)[\(Trace.alias(ofSpanAt: index)) \(span.id.description.prefix(8)) \(name)(\(input))\(error) → \(result)]"
    }
    let rest = all.count - lines.count
    if rest > 0 {
      lines.append(lines.isEmpty ? "[\(Units.plural(rest, "call"))]" : "[\(Units.plural(rest, "more call"))]")
    }
    return lines
  }

  /// The words that models gave back together with calls, by the places of the spans.
  private func saidBesideCalls(_ limit: Int) -> [Int: String] {
    let facts = turn.facts
    var said: [Int: String] = [:]
    for index in facts.trace.spans.indices where facts.isModelCall(index) {
      for message in facts.meaning(index).outputChat?.messages ?? [] where !message.toolCalls.isEmpty {
        guard let text = message.text, said[index] == nil else { continue }
        said[index] = excerpter.line(text, limit: limit)
      }
    }
    return said
  }
}
