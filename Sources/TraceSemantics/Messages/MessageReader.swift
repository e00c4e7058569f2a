import JSONText

/// Reads one message.
enum MessageReader {
  /// Nil when the value is no message. A role that is given is the speaker of what names none.
  static func message(_ value: JSONValue, _ steps: [String], role given: ChatMessage.Role?) -> ChatMessage? {
    switch value.kind {
    case .string:
      guard let given, let text = value.string, !text.isEmpty else { return nil }
      var message = ChatMessage(role: given, path: JSONPath(steps: steps))
      message.add(text: text)
      return message
    case .array:
      // The parts of a message whose speaker is known.
      guard let given else { return nil }
      var message = ChatMessage(role: given, path: JSONPath(steps: steps))
      read(value, into: &message)
      return message.isEmpty ? nil : message
    case .object: return object(value, steps, given)
    default: return nil
    }
  }

  /// LangChain's short form: `["user", "words"]`.
  static func pair(_ value: JSONValue, _ steps: [String]) -> ChatMessage? {
    guard value.count == 2, let role = value[0]?.string.flatMap({ roles[$0] }), value[1]?.kind == .string else {
      return nil
    }
    return value[1].flatMap { message($0, steps, role: role) }
  }

  private static func object(_ value: JSONValue, _ steps: [String], _ given: ChatMessage.Role?) -> ChatMessage? {
    // LangChain's serialised form: {"lc": 1, "id": […, "HumanMessage"], "kwargs": {…}}.
    if let fields = value["kwargs"], let name = value["id"].flatMap({ $0[$0.count - 1] })?.string {
      for (prefix, speaker) in classes where name.hasPrefix(prefix) {
        return message(fields, steps + ["kwargs"], role: speaker)
      }
      return nil
    }
    // LangChain's messages as dictionaries: {"type": "ai", "data": {…}}.
    if let fields = value["data"], fields.kind == .object, let speaker = value["type"]?.string.flatMap({ roles[$0] }) {
      return message(fields, steps + ["data"], role: speaker)
    }
    if let item = responseItem(value, steps) { return item }
    guard let named = speaker(of: value) else {
      guard let given else { return nil }
      return read(value, spokenBy: given, steps)
    }
    return read(value, spokenBy: named, steps)
  }

  private static func read(_ value: JSONValue, spokenBy role: ChatMessage.Role, _ steps: [String]) -> ChatMessage {
    var message = ChatMessage(role: role, path: JSONPath(steps: steps))
    for key in ["content", "parts", "text", "contents"] {
      if let member = value[key], !member.isNull {
        read(member, into: &message)
        break
      }
    }
    if let calls = value["tool_calls"] ?? value["toolCalls"] {
      for element in calls.elements {
        if let call = toolCall(element) { message.toolCalls.append(call) }
      }
    }
    if let element = value["function_call"], let call = toolCall(element) { message.toolCalls.append(call) }
    if role == .tool {
      // Its words are what the tool gave back.
      let content = value["content"] ?? value["parts"]
      if message.toolResults.isEmpty {
        let id = value["tool_call_id"]?.string ?? value["toolCallId"]?.string
        let hasFailed = value["status"]?.string == "error"
        message.toolResults.append(
          ChatMessage.ToolResult(callID: id, name: value["name"]?.string, content: content, isError: hasFailed))
      }
    }
    message.finishReason = ChatReader.finishReason(value)
    return message
  }

  /// Items of OpenAI's responses: calls and their results stand beside the messages.
  private static func responseItem(_ value: JSONValue, _ steps: [String]) -> ChatMessage? {
    switch value["type"]?.string {
    case "function_call"?, "custom_tool_call"?:
      var message = ChatMessage(role: .assistant, path: JSONPath(steps: steps))
      message.toolCalls = toolCall(value).map { [$0] } ?? []
      return message.toolCalls.isEmpty ? nil : message
    case "function_call_output"?, "custom_tool_call_output"?:
      var message = ChatMessage(role: .tool, path: JSONPath(steps: steps))
      message.toolResults = [
        ChatMessage.ToolResult(callID: value["call_id"]?.string, name: nil, content: value["output"])
      ]
      return message
    default: return nil
    }
  }

  // MARK: Speakers

  private static let roles: [String: ChatMessage.Role] = [
    "system": .system, "developer": .system, "user": .user, "human": .user, "assistant": .assistant, "ai": .assistant,
    "model": .assistant, "AIMessageChunk": .assistant, "tool": .tool, "function": .tool,
  ]
  private static let classes: [String: ChatMessage.Role] = [
    "SystemMessage": .system, "HumanMessage": .user, "AIMessage": .assistant, "ToolMessage": .tool,
    "FunctionMessage": .tool,
  ]

  private static func speaker(of value: JSONValue) -> ChatMessage.Role? {
    if let word = value["role"]?.string { return roles[word] ?? ChatMessage.Role(rawValue: word) }
    guard let word = value["type"]?.string, value["content"] != nil || value["tool_calls"] != nil else { return nil }
    return ["human", "ai", "system", "tool", "function", "AIMessageChunk"].contains(word) ? roles[word] : nil
  }

  // MARK: Parts

  private static func read(_ content: JSONValue, into message: inout ChatMessage) {
    switch content.kind {
    case .string: message.add(text: content.string ?? "")
    case .array: for part in content.elements { readPart(part, into: &message) }
    case .object:
      if content["parts"] != nil || content["content"] != nil {
        (content["parts"] ?? content["content"]).map { read($0, into: &message) }
      } else {
        readPart(content, into: &message)
      }
    default: break
    }
  }

  private static func readPart(_ part: JSONValue, into message: inout ChatMessage) {
    guard part.kind == .object else { return message.add(text: part.string ?? "") }
    if let call = part["functionCall"] ?? part["function_call"] {
      if let call = toolCall(call) { message.toolCalls.append(call) }
      return
    }
    if let result = part["functionResponse"] ?? part["function_response"] {
      message.toolResults.append(
        ChatMessage.ToolResult(callID: result["id"]?.string, name: result["name"]?.string, content: result["response"]))
      return
    }
    switch part["type"]?.string {
    case "tool_use"?, "tool_call"?, "tool-call"?, "server_tool_use"?, "function_call"?:
      if let call = toolCall(part) { message.toolCalls.append(call) }
    case "tool_result"?, "tool_call_response"?, "tool-result"?:
      let id = part["tool_use_id"] ?? part["toolCallId"] ?? part["id"]
      let content = part["content"] ?? part["response"] ?? part["result"] ?? part["output"]
      message.toolResults.append(
        ChatMessage.ToolResult(
          callID: id?.string, name: (part["toolName"] ?? part["name"])?.string, content: content,
          isError: part["is_error"]?.bool ?? part["isError"]?.bool ?? false))
    case "reasoning"?, "thinking"?, "redacted_thinking"?: break
    default:
      if let text = (part["text"] ?? part["content"])?.string {
        message.add(text: text)
      } else if let type = part["type"]?.string {
        message.attachments.append(type)
      } else if part["inlineData"] != nil || part["inline_data"] != nil || part["fileData"] != nil {
        message.attachments.append("file")
      }
    }
  }

  private static func toolCall(_ call: JSONValue) -> ChatMessage.ToolCall? {
    let function = call["function"] ?? call
    guard let name = (function["name"] ?? function["toolName"] ?? function["tool_name"])?.string else { return nil }
    let stored = function["arguments"] ?? function["args"] ?? function["input"] ?? function["parameters"]
    let id = call["id"] ?? call["call_id"] ?? call["toolCallId"] ?? call["tool_call_id"]
    let isText = stored?.kind == .string
    let nested = stored.flatMap { $0.nestedDocument()?.root }
    return ChatMessage.ToolCall(
      id: id?.string, name: name, arguments: nested ?? stored,
      hasBrokenArguments: isText && nested == nil && stored?.encodedStringLength != 0)
  }
}

extension ChatMessage {
  var isEmpty: Bool { text == nil && attachments.isEmpty && toolCalls.isEmpty && toolResults.isEmpty }
}
