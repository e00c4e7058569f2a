import JSONText
import TraceModel

/// A chat as it stands in a payload.
public struct Chat: Sendable {
  /// The messages in their order.
  public var messages: [ChatMessage]
  /// The attribute they come from.
  public var key: String
}

extension SpanMeaning {
  /// The messages that went in, with instructions that stand apart from them; nil when the input is no chat.
  public var inputChat: Chat? { inputChat(memo: nil) }

  /// The same, with messages that were read before.
  public func inputChat(memo: MessageMemo?) -> Chat? {
    guard var chat = chat(isOutput: false, memo: memo) else { return nil }
    if chat.messages.first?.role != .system, let prompt = systemPrompt,
      let message = MessageReader.message(prompt.value, [], role: .system)
    {
      chat.messages.insert(message, at: 0)
    }
    return chat
  }

  /// The messages that came out; nil when the output is no chat.
  public var outputChat: Chat? { chat(isOutput: true) }

  private func chat(isOutput: Bool, memo: MessageMemo? = nil) -> Chat? {
    let reader = ChatReader(isOutput: isOutput)
    for source in [isOutput ? outputs : inputs, spreadMessages(isOutput: isOutput)] {
      if let source, case let messages = reader.messages(source.value, memo: memo), !messages.isEmpty {
        return Chat(messages: messages, key: source.key)
      }
    }
    // A model that gives back nothing but words speaks all the same.
    guard isOutput, isModelCall, let source = outputs, let text = source.value.string, !text.isEmpty else { return nil }
    var message = ChatMessage(role: .assistant, path: JSONPath(steps: []))
    message.add(text: text)
    return Chat(messages: [message], key: source.key)
  }

  /// Why the model stopped: `stop`, `length`, `tool_calls`, `content_filter`, in the provider's own word; nil when that was
  /// not recorded.
  public var finishReason: String? {
    if let value = first(\.finishReasons)?.value {
      if let word = value.string ?? value[0]?.string { return word }
    }
    guard let outputs else { return nil }
    return ChatReader.finishReason(outputs.value)
      ?? ChatReader(isOutput: true).messages(outputs.value).lazy.compactMap(\.finishReason).first
  }

  /// The finish reason of a model call where it is none of those by which a model says that it is done, or wants a tool
  /// called: `length`, `content_filter`, `refusal`, ….
  public var unusualFinishReason: String? {
    guard isModelCall, let reason = finishReason, !reason.isEmpty else { return nil }
    let usual: Set<String> = [
      "stop", "end_turn", "stop_sequence", "tool_calls", "tool_use", "tool_call", "function_call", "tool-calls", "eos",
      "complete", "completed", "unknown", "finish_reason_unspecified", "none",
    ]
    return usual.contains(reason.lowercased()) ? nil : reason
  }

  /// Whether the model was cut off by a limit of tokens.
  public var isCutOff: Bool {
    ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "LENGTH"].contains(finishReason ?? "")
  }
}
