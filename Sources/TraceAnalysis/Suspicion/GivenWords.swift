import JSONText
import TraceModel
import TraceSemantics

/// What a run was given by its user and its app: the request, and what the first model call was told. A step that asks for
/// something in no other words has brought in nothing that could be wrong.
struct GivenWords {
  /// More is not read of what the app says.
  private static let longest = 65_536
  /// Numbers up to this are said everywhere: pages, limits, counts.
  private static let smallNumber = 10.0

  private let words: Set<String>
  private let changing: ChangingTools

  /// - Parameter task: The user's request.
  init(_ facts: TraceFacts, task: String) {
    var words = Set(StepText.words(String(task.prefix(Self.longest))))
    let first = facts.trace.spans.indices.first { facts.isModelCall($0) }
    for message in first.flatMap({ facts.meaning($0).inputChat })?.messages ?? [] {
      guard message.role == .system || message.role == .user, let text = message.text else { continue }
      words.formUnion(StepText.words(String(text.prefix(Self.longest))))
    }
    self.words = Set(words.map(StepText.stem))
    changing = ChangingTools(facts.toolUses)
  }

  /// Whether a value has no words and numbers but given ones.
  func hold(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .object: value.members.allSatisfy { hold($0.value) }
    case .array: value.elements.allSatisfy { hold($0) }
    case .string: value.nestedDocument().map { hold($0.root) } ?? hold(value.string ?? "")
    case .number:
      value.double.map { $0 == $0.rounded() && abs($0) <= Self.smallNumber } == true
        || hold(String(decoding: value.rawBytes, as: UTF8.self))
    default: true
    }
  }

  private func hold(_ text: String) -> Bool {
    StepText.words(text).allSatisfy { words.contains(StepText.stem($0)) }
  }

  /// Whether a step looks up what was asked for, and does nothing else: it says no word, its calls change nothing, and what it
  /// calls with was given.
  func areAllOf(_ messages: ArraySlice<ChatMessage>) -> Bool {
    let calls = messages.flatMap(\.toolCalls)
    return !calls.isEmpty
      && messages.allSatisfy { message in message.text.map { $0.allSatisfy(\.isWhitespace) } ?? true }
      && calls.allSatisfy { call in
        !call.hasBrokenArguments && ToolEffect(ofToolNamed: call.name) == nil
          && changing.signs[call.name] == nil
          && (call.arguments.map { hold($0) } ?? true)
      }
  }
}
