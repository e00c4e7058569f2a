import JSONText

/// Messages as a revision may have them: what it does not know is left out.
extension ProtocolRevision {
  /// What a method came to: in a stateless revision with its kind, who answers, and how long it may be kept.
  func json(_ outcome: MethodOutcome, from info: ServerInfo) -> JSON {
    guard features.contains(.stateless) else { return outcome.json }
    var json = outcome.json
    json["resultType"] = "complete"
    if let cache = outcome.cache {
      json["ttlMs"] = .int(cache.milliseconds)
      json["cacheScope"] = cache.isPrivate ? "private" : "public"
    }
    json["_meta"] = .object([
      JSON.Member(
        RequestMetadata.serverInfoKey, ["name": .string(info.name), "version": .string(info.version)])
    ])
    return json
  }

  /// The server's entry in `serverInfo`.
  func json(_ info: ServerInfo) -> JSON {
    .object(present: [
      "name": .string(info.name), "title": title(info.title), "version": .string(info.version),
    ])
  }

  /// The capabilities, given in full.
  func json(capabilities: JSON) -> JSON {
    var allowed = capabilities
    if !features.contains(.completionsCapability) { allowed["completions"] = nil }
    return allowed
  }

  /// Whether a method may be called in this revision.
  func has(_ method: Method) -> Bool { !method.isStatelessOnly || features.contains(.stateless) }

  // MARK: Tools

  /// A tool's entry in the list.
  func json(_ tool: ToolDefinition) -> JSON {
    .object(present: [
      "name": .string(tool.name), "title": title(tool.title), "description": .string(tool.description),
      "inputSchema": tool.inputSchema,
      "annotations": features.contains(.toolAnnotations) ? json(tool.annotations) : nil, "_meta": tool.metadata,
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
      "readOnlyHint": .bool(annotations.readOnly), "destructiveHint": .bool(annotations.destructive),
      "idempotentHint": .bool(annotations.idempotent), "openWorldHint": .bool(annotations.openWorld),
    ]
  }

  // MARK: Resources

  /// A resource's entry in the list.
  func json(_ resource: Resource) -> JSON {
    .object(present: [
      "uri": .string(resource.uri), "name": .string(resource.name), "title": title(resource.title),
      "description": .string(resource.description), "mimeType": .string(resource.mimeType),
    ])
  }

  /// A template's entry in the list.
  func json(_ template: ResourceTemplate) -> JSON {
    .object(present: [
      "uriTemplate": .string(template.uriTemplate.description), "name": .string(template.name),
      "title": title(template.title), "description": .string(template.description),
      "mimeType": .string(template.mimeType),
    ])
  }

  /// What was read.
  func json(_ contents: ResourceContents) -> JSON {
    let body =
      switch contents.body {
      case .text(let text): JSON.Member("text", .string(text))
      case .blob(let base64): JSON.Member("blob", .string(base64))
      }
    return .object([
      JSON.Member("uri", .string(contents.uri)), JSON.Member("mimeType", .string(contents.mimeType)), body,
    ])
  }

  // MARK: Prompts

  /// A prompt's entry in the list.
  func json(_ prompt: Prompt) -> JSON {
    .object(present: [
      "name": .string(prompt.name), "title": title(prompt.title), "description": .string(prompt.description),
      "arguments": prompt.arguments.isEmpty ? nil : .array(prompt.arguments.map(json)),
    ])
  }

  /// A message of a prompt.
  func json(_ message: Prompt.Message) -> JSON {
    ["role": .string(message.role.rawValue), "content": json(message.content)]
  }

  private func json(_ argument: Prompt.Argument) -> JSON {
    .object(present: [
      "name": .string(argument.name), "title": title(argument.title), "description": .string(argument.description),
      "required": argument.isRequired ? true : nil,
    ])
  }

  // MARK: Blocks

  private func json(_ block: ContentBlock) -> JSON {
    switch block {
    case .text(let text): ["type": "text", "text": .string(text)]
    case .image(let base64, let mimeType):
      ["type": "image", "data": .string(base64), "mimeType": .string(mimeType)]
    case .audio(let base64, let mimeType):
      features.contains(.audio)
        ? ["type": "audio", "data": .string(base64), "mimeType": .string(mimeType)]
        : ["type": "text", "text": .string("[audio, \(mimeType)]")]
    case .resource(let contents): ["type": "resource", "resource": json(contents)]
    case .resourceLink(let uri, let name):
      features.contains(.resourceLinks)
        ? ["type": "resource_link", "uri": .string(uri), "name": .string(name)]
        : ["type": "text", "text": .string("\(name): \(uri)")]
    }
  }

  private func title(_ text: String) -> JSON? { features.contains(.titles) ? .string(text) : nil }
}
