import JSONText

/// Messages as a revision may have them: what it does not know is left out.
extension ProtocolRevision {
  /// The server's entry in `serverInfo`.
  func json(_ info: ServerInfo) -> JSON {
    .object(present: [
      "name": .string(info.name),
      "title": features.contains(.titles) ? .string(info.title) : nil,
      "version": .string(info.version),
    ])
  }

  /// The capabilities, given in full.
  func json(capabilities: JSON) -> JSON {
    var allowed = capabilities
    if !features.contains(.completionsCapability) { allowed["completions"] = nil }
    return allowed
  }

  /// A tool's entry in the list.
  func json(_ tool: ToolDefinition) -> JSON {
    .object(present: [
      "name": .string(tool.name),
      "title": features.contains(.titles) ? .string(tool.title) : nil,
      "description": .string(tool.description),
      "inputSchema": tool.inputSchema,
      "annotations": features.contains(.toolAnnotations) ? json(tool.annotations) : nil,
      "_meta": tool.metadata,
    ])
  }

  /// A tool's answer. A failure never has structured content: clients differ in which of the two they then show.
  func json(_ result: ToolResult) -> JSON {
    .object(present: [
      "content": .array(result.content.map(json)),
      "structuredContent": features.contains(.structuredContent) && !result.isError ? result.structuredContent : nil,
      "isError": result.isError ? true : nil,
    ])
  }

  private func json(_ annotations: ToolAnnotations) -> JSON {
    [
      "readOnlyHint": .bool(annotations.readOnly),
      "destructiveHint": .bool(annotations.destructive),
      "idempotentHint": .bool(annotations.idempotent),
      "openWorldHint": .bool(annotations.openWorld),
    ]
  }

  private func json(_ block: ContentBlock) -> JSON {
    switch block {
    case .text(let text): ["type": "text", "text": .string(text)]
    }
  }
}
