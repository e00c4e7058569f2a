import JSONText
import TraceModel
import TraceSemantics

/// What is new in the input of each model call: messages that no call before was sent, and that are neither the question nor
/// what a step gave back. That is what the code of the app put there.
public struct NewMessages: Sendable {
  /// A message that was not seen before.
  public struct Message: Sendable, Hashable {
    /// Who speaks, as ``ChatMessage/Role``.
    public var role: String
    /// The words.
    public var text: String
  }

  private var messages: [Int: [Message]] = [:]

  private static let (mostCalls, mostBytes) = (300, 4_000_000)

  /// Compares the calls of a trace in order; empty where there is too much to compare.
  public init(_ facts: TraceFacts) {
    let calls = facts.trace.spans.indices.filter { facts.isModelCall($0) }
    guard calls.count <= Self.mostCalls else { return }
    var known: Set<UInt64> = []
    func see(_ text: String?) { if let key = text.flatMap(WordsKey.of) { known.insert(key) } }
    see(facts.turn.input?.text)
    // What the whole turn was given is above the steps: in a chat, what was said before.
    if let question = facts.turn.input, !facts.isModelCall(question.spanIndex) {
      for message in facts.meaning(question.spanIndex).inputChat?.messages ?? [] { see(message.text) }
    }
    var bytes = 0
    var place = 0
    for call in calls {
      // Spans are in order of start; what began before may have given back what this call was sent.
      while place < call {
        if !facts.isModelCall(place), facts.tree.children[place].isEmpty, let outputs = facts.meaning(place).outputs {
          see(outputs.value.string ?? String(decoding: outputs.value.rawBytes, as: UTF8.self))
          see(Gist(of: outputs.value, side: .output)?.text)
        }
        place += 1
      }
      let meaning = facts.meaning(call)
      guard let inputs = meaning.inputs else { continue }
      bytes += inputs.size
      guard bytes <= Self.mostBytes else { return }
      for message in meaning.inputChat?.messages ?? [] {
        let texts =
          [message.text]
          + message.toolResults.map { $0.content.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) } }
        for case let text? in texts {
          guard let key = WordsKey.of(text), known.insert(key).inserted else { continue }
          messages[call, default: []].append(Message(role: message.role.rawValue, text: text))
        }
      }
      // What it said may be sent on.
      for message in meaning.outputChat?.messages ?? [] { see(message.text) }
    }
  }

  /// What is new in the input of a call, in order.
  public func of(_ index: Int) -> [Message] { messages[index] ?? [] }
}
