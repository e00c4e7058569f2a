public import JSONText

/// The words a person would quote from an input or an output, and the way to them.
public struct Gist: Sendable {
  /// The words, whole.
  public var text: String
  /// Where they stand in the value, in the sense of ``JSONPath``.
  public var path: JSONPath
  /// Whether they are one message of a chat: the last of the side looked for.
  public var isLastMessage = false

  /// Whose words are looked for in a list of messages.
  public enum Side: Sendable {
    /// What the user, or the caller, asked: the last user message.
    case input
    /// What the app answered: the last assistant message.
    case output
  }

  /// Finds the words in a value of any of the usual shapes: a string, a chat (OpenAI, Anthropic, GenAI parts, LangChain),
  /// an object with a telling key. Nil when there are no words, only structure.
  public init?(of value: JSONValue, side: Side) {
    if let found = GistReader(side: side).read(value, steps: [], depth: 0) {
      self = found
      return
    }
    // A message without words may still call a tool, in a shape that only the reader of chats knows.
    guard let message = ChatReader(isOutput: side == .output).messages(value).last, let call = message.toolCalls.first
    else { return nil }
    let arguments = call.arguments.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) } ?? ""
    self.init(text: "call \(call.name)(\(arguments))", path: message.path)
  }
}

private struct GistReader {
  let side: Gist.Side

  /// Chats nest (`choices` in `response` in `output`); further down there is no answer, only data.
  private static let maximumDepth = 8

  private static let inputKeys = [
    "messages", "question", "query", "user_message", "user_input", "input", "inputs", "prompt", "message", "text",
    "content", "request", "task", "contents",
  ]
  private static let outputKeys = [
    "choices", "messages", "answer", "output", "outputs", "response", "assistant_message", "final_answer", "content",
    "text", "message", "result", "completion", "summary", "candidates", "generations",
  ]

  func read(_ value: JSONValue, steps: [String], depth: Int) -> Gist? {
    guard depth < Self.maximumDepth else { return nil }
    switch value.kind {
    case .string:
      if let nested = value.nestedDocument(), let found = read(nested.root, steps: steps, depth: depth + 1) {
        return found
      }
      return value.string.flatMap { $0.isEmpty ? nil : Gist(text: $0, steps: steps) }
    case .array: return readArray(value, steps: steps, depth: depth)
    case .object: return readObject(value, steps: steps, depth: depth)
    case .null, .true, .false, .number: return nil
    }
  }

  private func readArray(_ value: JSONValue, steps: [String], depth: Int) -> Gist? {
    let elements = Array(value.elements.enumerated())
    let wanted = side == .input ? "user" : "assistant"
    var isChat = false
    // From the back: the last message is mostly the one, and the speakers of the others are then not read.
    for (place, message) in elements.reversed() {
      guard let role = Self.role(of: message) else { continue }
      isChat = true
      guard role == wanted else { continue }
      if var found = readMessage(message, steps: steps + ["\(place)"], depth: depth + 1) {
        found.isLastMessage = true
        return found
      }
    }
    if isChat {
      for (place, message) in elements.reversed() {
        if var found = readMessage(message, steps: steps + ["\(place)"], depth: depth + 1) {
          found.isLastMessage = false
          return found
        }
      }
      return nil
    }
    // Content parts are one text; a list in a list is a batch of chats.
    let texts = elements.compactMap { readPart($0.element) }
    if !texts.isEmpty { return Gist(text: texts.joined(separator: "\n"), steps: steps) }
    let order = side == .input ? elements : Array(elements.reversed())
    for (place, element) in order where element.isContainer {
      if let found = read(element, steps: steps + ["\(place)"], depth: depth + 1) { return found }
    }
    return nil
  }

  private func readObject(_ value: JSONValue, steps: [String], depth: Int) -> Gist? {
    if Self.role(of: value) != nil, let found = readMessage(value, steps: steps, depth: depth) { return found }
    for key in side == .input ? Self.inputKeys : Self.outputKeys {
      if let member = value[key], let found = read(member, steps: steps + [key], depth: depth + 1) { return found }
    }
    if let call = Self.toolCall(in: value) { return Gist(text: call, steps: steps) }
    let members = Array(value.members.prefix(2))
    if members.count == 1, let only = members.first {
      return read(only.value, steps: steps + [only.key], depth: depth + 1)
    }
    return nil
  }

  private func readMessage(_ message: JSONValue, steps: [String], depth: Int) -> Gist? {
    if message.kind == .array {
      // LangChain's short form: ["user", "words"].
      return message[1].flatMap { read($0, steps: steps + ["1"], depth: depth + 1) }
    }
    for key in ["content", "parts", "text", "kwargs", "data"] {
      if let member = message[key], let found = read(member, steps: steps + [key], depth: depth + 1) { return found }
    }
    return Self.toolCall(in: message).map { Gist(text: $0, steps: steps) }
  }

  /// One part of a message's content: `{"type": "text", "text": …}`, `{"type": "text", "content": …}`.
  private func readPart(_ part: JSONValue) -> String? {
    guard part.kind == .object, let type = part["type"]?.string else { return nil }
    if let text = part["text"]?.string ?? part["content"]?.string, !text.isEmpty { return text }
    switch type {
    case "tool_use", "tool_call", "function_call":
      return Self.callText(name: part["name"], arguments: part["input"] ?? part["arguments"])
    case "image_url", "image", "input_image", "file", "audio", "input_audio": return "[\(type)]"
    default: return nil
    }
  }

  /// `user` or `assistant` (or another role's own name), in any of the words in use; nil when this is no message.
  private static func role(of message: JSONValue) -> String? {
    let word: String?
    switch message.kind {
    case .object:
      let typed = message["type"]?.string
      let isLangChain = typed.map { ["human", "ai", "system", "tool"].contains($0) } ?? false
      word = message["role"]?.string ?? (isLangChain && (message["content"] ?? message["data"]) != nil ? typed : nil)
    case .array:
      word = message.count == 2 && message[1]?.kind == .string ? message[0]?.string : nil
    default: word = nil
    }
    switch word {
    case "human", "user": return "user"
    case "ai", "assistant", "model": return "assistant"
    case "system", "developer", "tool", "function": return word
    default: return message.kind == .object ? word : nil
    }
  }

  private static func toolCall(in message: JSONValue) -> String? {
    guard let call = message["tool_calls"]?[0] else {
      return message["tool_call"].flatMap { callText(name: $0, arguments: message["args"] ?? message["arguments"]) }
    }
    let function = call["function"] ?? call
    return callText(name: function["name"], arguments: function["arguments"] ?? function["args"])
  }

  private static func callText(name: JSONValue?, arguments: JSONValue?) -> String? {
    guard let name = name?.string else { return nil }
    let text = arguments.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) } ?? ""
    return "call \(name)(\(text))"
  }
}

extension Gist {
  fileprivate init(text: String, steps: [String]) {
    self.init(text: text, path: JSONPath(steps: steps))
  }

  private init(text: String, path: JSONPath) {
    self.text = text
    self.path = path
  }
}
