import JSONText
import TraceModel

/// Payloads that are spread over several attributes or events, put together as the messages they are.
extension SpanMeaning {
  /// The messages that events hold, one event each; or the value of the one event that holds it whole.
  func fromEvents(isOutput: Bool) -> Sourced? {
    let keys = present.flatMap(\.events).filter { $0.isOutput == isOutput }
    guard !keys.isEmpty else { return nil }
    var messages: [JSON] = []
    var names: [String] = []
    for event in span.events {
      let name = event.name
      for key in keys where key.name == name {
        guard let (word, value) = Self.held(event, key.keys) else { continue }
        guard let role = key.role else { return Sourced(value: value, key: "event \(name)") }
        // A whole message may stand in it, role and all.
        if value["role"] != nil {
          messages.append(JSON(value))
        } else {
          var members = [
            JSON.Member("role", .string(role)), JSON.Member(word == "message" ? "content" : word, JSON(value)),
          ]
          if let id = event.attribute("id")?.string { members.append(JSON.Member("tool_call_id", .string(id))) }
          messages.append(.object(members))
        }
        if !names.contains(name) { names.append(name) }
        break
      }
    }
    guard !messages.isEmpty, let document = try? JSONDocument(JSON.array(messages).bytes) else { return nil }
    return Sourced(value: document.root, key: "events \(names.joined(separator: ", "))")
  }

  private static func held(_ event: SpanEvent, _ keys: [String]) -> (key: String, value: JSONValue)? {
    for key in keys {
      guard let stored = event.attribute(key) else { continue }
      let value = AttributeValue(stored: stored)
      if !value.isEmpty, !value.isRedacted { return (key, value.decoded) }
    }
    return nil
  }

  /// The messages whose parts are attributes of their own: `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, ….
  func spreadMessages(isOutput: Bool) -> Sourced? {
    for convention in present {
      for spread in convention.spreadMessages where spread.isOutput == isOutput {
        if let found = messages(of: spread) { return found }
      }
    }
    return nil
  }

  private func messages(of spread: Convention.SpreadMessages) -> Sourced? {
    var tree = Branch()
    for (key, value) in span.attributes where key.hasPrefix(spread.prefix) {
      tree.insert(key.dropFirst(spread.prefix.count).split(separator: ".").map { String($0) }[...], value.decoded)
    }
    guard !tree.children.isEmpty else { return nil }
    let messages = tree.numbered.map { message -> JSON in
      let parts = spread.infix.isEmpty ? message : message.descendant(spread.infix)
      return .object(present: [
        "role": parts.children["role"]?.json, "content": parts.children["content"]?.json ?? parts.contents,
        "tool_call_id": parts.children["tool_call_id"]?.json, "finish_reason": parts.children["finish_reason"]?.json,
        "tool_calls": parts.calls(spread.callInfix),
      ])
    }
    guard let document = try? JSONDocument(JSON.array(messages).bytes) else { return nil }
    return Sourced(value: document.root, key: spread.prefix + "*")
  }
}

/// Attributes by the steps of their keys.
private struct Branch {
  var value: JSONValue?
  var children: [String: Branch] = [:]

  mutating func insert(_ steps: ArraySlice<String>, _ value: JSONValue) {
    guard let step = steps.first else {
      self.value = value
      return
    }
    children[step, default: Branch()].insert(steps.dropFirst(), value)
  }

  var json: JSON? { value.map { JSON($0) } }

  /// Those under numbers, in their order.
  var numbered: [Branch] {
    children.compactMap { key, child in Int(key).map { ($0, child) } }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The branch at the end of dotted steps; an empty one where there is none.
  func descendant(_ path: String) -> Branch {
    path.split(separator: ".").reduce(self) { branch, step in branch.children[String(step)] ?? Branch() }
  }

  /// OpenInference's parts: `contents.0.message_content.type`, `….text`.
  var contents: JSON? {
    let parts = children["contents"]?.numbered.compactMap { part -> JSON? in
      let content = part.descendant("message_content")
      return content.children["type"]?.json.map { type in
        .object(present: ["type": type, "text": content.children["text"]?.json])
      }
    }
    return parts.flatMap { $0.isEmpty ? nil : .array($0) }
  }

  func calls(_ infix: String) -> JSON? {
    let calls = children["tool_calls"]?.numbered.map { call -> JSON in
      let function = infix.isEmpty ? call : call.descendant(infix)
      return .object(present: [
        "id": (call.children["id"] ?? call.children["tool_call"]?.children["id"])?.json,
        "name": function.children["name"]?.json, "args": function.children["arguments"]?.json,
      ])
    }
    return calls.flatMap { $0.isEmpty ? nil : .array($0) }
  }
}
