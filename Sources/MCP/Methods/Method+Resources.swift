import JSONText

extension Method {
  @Sendable
  static func listResources(_ call: Call) throws(ProtocolError) -> MethodOutcome {
    try call.requireNoCursor()
    return MethodOutcome(["resources": .array(call.server.resources.map { call.revision.json($0) })], cache: .program)
  }

  @Sendable
  static func listTemplates(_ call: Call) throws(ProtocolError) -> MethodOutcome {
    try call.requireNoCursor()
    let templates = call.server.resourceTemplates.map { call.revision.json($0) }
    return MethodOutcome(["resourceTemplates": .array(templates)], cache: .program)
  }

  @Sendable
  static func readResource(_ call: Call) async throws(ProtocolError) -> MethodOutcome {
    let uri = try call.string("uri", "the address of a resource")
    // Older revisions had a code of their own for an address that leads nowhere; the newest forbids it, and clients of
    // every age take this one.
    let data: JSON = ["uri": .string(String(uri.prefix(500)))]
    let found: ResourceContents?
    do throws(ToolError) {
      found = try await read(uri, call.server)
    } catch {
      throw ProtocolError(error, data: data)
    }
    guard let found else {
      let known = call.server.resources.map(\.uri) + call.server.resourceTemplates.map(\.uriTemplate.description)
      throw .unknown("resource", uri, among: known, data: data)
    }
    return MethodOutcome(["contents": [call.revision.json(found)]], cache: found.cache)
  }

  /// Nil when nothing has such an address.
  private static func read(_ uri: String, _ server: Server) async throws(ToolError) -> ResourceContents? {
    if let resource = server.resources.first(where: { $0.uri == uri }) { return try await resource.read() }
    for template in server.resourceTemplates {
      if let variables = template.uriTemplate.match(uri) { return try await template.read(uri, variables) }
    }
    return nil
  }
}
