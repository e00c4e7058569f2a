public import JSONText

/// Reads the messages of a payload: OpenAI (chat and responses), Anthropic, Gemini, OpenTelemetry GenAI, LangChain (plain and
/// serialised), the Vercel AI SDK.
public struct ChatReader: Sendable {
  /// Whether the payload came out of the model: what names no speaker is then the model's.
  public var isOutput: Bool

  /// Payloads nest: a list of chats, in `kwargs`, in JSON in a string. Further down there is no chat, only data.
  private static let maximumDepth = 8

  /// A reader of inputs, or of outputs.
  public init(isOutput: Bool) { self.isOutput = isOutput }

  /// The messages in their order; empty when this is no chat.
  ///
  /// - Parameter memo: Messages that are known already, and are not read again.
  public func messages(_ value: JSONValue, memo: MessageMemo? = nil) -> [ChatMessage] { read(value, [], 0, memo) }

  private func read(_ value: JSONValue, _ steps: [String], _ depth: Int, _ memo: MessageMemo?) -> [ChatMessage] {
    guard depth < Self.maximumDepth else { return [] }
    switch value.kind {
    case .string: return value.nestedDocument().map { read($0.root, steps, depth + 1, memo) } ?? []
    case .array: return readArray(value, steps, depth, memo)
    case .object: return readObject(value, steps, depth, memo)
    default: return []
    }
  }

  private func readArray(_ value: JSONValue, _ steps: [String], _ depth: Int, _ memo: MessageMemo?) -> [ChatMessage] {
    var messages: [ChatMessage] = []
    for (place, element) in value.elements.enumerated() {
      func here() -> [String] { steps + ["\(place)"] }
      func read() -> ChatMessage? { MessageReader.message(element, here(), role: nil) }
      if let message = memo.map({ $0.message(element, read) }) ?? read() {
        messages.append(message)
      } else if element.kind == .array, let message = MessageReader.pair(element, here()) {
        messages.append(message)
      } else if messages.isEmpty, element.isContainer {
        // A batch of chats: the first one is this call's.
        let nested = self.read(element, here(), depth + 1, memo)
        if !nested.isEmpty { return nested }
      }
    }
    return messages
  }

  private static let inputKeys = [
    "messages", "input", "contents", "prompt", "inputs", "kwargs", "request", "chat_history",
  ]
  private static let outputKeys = [
    "choices", "message", "output", "candidates", "generations", "messages", "response", "outputs", "result", "update",
  ]

  private func readObject(_ value: JSONValue, _ steps: [String], _ depth: Int, _ memo: MessageMemo?) -> [ChatMessage] {
    // `{"message": {…}, "finish_reason": …}` of a choice, `{"content": {…}, "finishReason": …}` of a candidate.
    if isOutput, var message = choice(value, steps) {
      message.finishReason = Self.finishReason(value) ?? message.finishReason
      return [message]
    }
    if var message = MessageReader.message(value, steps, role: nil) {
      message.finishReason = Self.finishReason(value)
      return [message]
    }
    var messages: [ChatMessage] = []
    if !isOutput {
      for key in ["system", "instructions", "systemInstruction", "system_instruction", "systemPrompt", "system_prompt"]
      {
        if let member = value[key], let message = MessageReader.message(member, steps + [key], role: .system) {
          messages.append(message)
          break
        }
      }
    }
    for key in isOutput ? Self.outputKeys : Self.inputKeys {
      guard let member = value[key] else { continue }
      let nested = read(member, steps + [key], depth + 1, memo)
      if !nested.isEmpty { return messages.isEmpty ? nested : messages + nested }
      // A plain question beside instructions.
      if !messages.isEmpty, member.kind == .string,
        let message = MessageReader.message(member, steps + [key], role: .user)
      {
        return messages + [message]
      }
    }
    if value.count == 1, let only = value.members.first(where: { _ in true }), only.value.isContainer {
      return read(only.value, steps + [only.key], depth + 1, memo)
    }
    return []
  }

  private func choice(_ value: JSONValue, _ steps: [String]) -> ChatMessage? {
    if let message = value["message"], message.isContainer {
      return MessageReader.message(message, steps + ["message"], role: .assistant)
    }
    if let content = value["content"], content["parts"] != nil {
      return MessageReader.message(content, steps + ["content"], role: .assistant)
    }
    return nil
  }

  static func finishReason(_ value: JSONValue) -> String? {
    for (place, member) in value.members(of: reasonKeys) {
      if let word = place < directReasons ? member.string : finishReason(member) { return word }
    }
    return nil
  }

  /// Where a reason stands, and behind those what may hold it.
  private static let reasonKeys: MemberNames = [
    "finish_reason", "finishReason", "stop_reason", "stopReason", "response_metadata", "generation_info",
    "generationInfo",
  ]
  private static let directReasons = 4
}
