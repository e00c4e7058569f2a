public import JSONText

/// A tool that the model was offered.
public struct OfferedTool: Sendable {
  /// Its name.
  public var name: String
  /// JSON Schema of its arguments, where it was recorded.
  public var schema: JSONValue?
}

extension SpanMeaning {
  /// The tools that the model could call; empty when none were recorded.
  public var offeredTools: [OfferedTool] {
    if let definitions = first(\.toolDefinitions)?.value { return Self.tools(definitions, 0) }
    for key in ["tools", "functions"] {
      if let list = inputs?.value[key] ?? inputs?.value["kwargs"]?[key] { return Self.tools(list, 0) }
    }
    return []
  }

  /// OpenAI's `{"type": "function", "function": {…}}`, Anthropic's `{"name", "input_schema"}`, Gemini's lists of
  /// `functionDeclarations`, and JSON in strings of any of them.
  private static func tools(_ value: JSONValue, _ depth: Int) -> [OfferedTool] {
    guard depth < 4 else { return [] }
    if let nested = value.nestedDocument() { return tools(nested.root, depth + 1) }
    switch value.kind {
    case .array: return value.elements.flatMap { tools($0, depth + 1) }
    case .object:
      if let list = value["functionDeclarations"] ?? value["function_declarations"] { return tools(list, depth + 1) }
      let function = value["function"] ?? value
      guard let name = function["name"]?.string else { return [] }
      let schema = ["parameters", "input_schema", "inputSchema", "json_schema"].lazy.compactMap { function[$0] }.first
      return [OfferedTool(name: name, schema: schema)]
    default: return []
    }
  }
}
