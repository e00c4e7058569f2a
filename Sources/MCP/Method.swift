import JSONText

/// A method of the protocol: how it is answered, and when it may be called.
struct Method: Sendable {
  /// How a method comes to its result.
  enum Handler: Sendable {
    /// At once, on the reader's thread: nothing read later can overtake it.
    case immediate(@Sendable (Call) throws(ProtocolError) -> JSON)
    /// In a task of its own.
    case concurrent(@Sendable (Call) async throws(ProtocolError) -> JSON)
  }

  /// What a handler works on.
  struct Call: Sendable {
    let server: Server
    let revision: ProtocolRevision
    let params: JSONValue?
  }

  let handler: Handler

  /// The methods of a session that `initialize` has opened. `initialize` and `ping` are the session's own.
  static let table: [String: Method] = [
    "tools/list": Method(handler: .immediate(listTools)),
    "tools/call": Method(handler: .concurrent(callTool)),
  ]

  @Sendable
  private static func listTools(_ call: Call) throws(ProtocolError) -> JSON {
    if let cursor = call.params?["cursor"], !cursor.isNull {
      throw ProtocolError(.invalidParams, "unknown cursor; all tools are on the first page")
    }
    return ["tools": .array(call.server.tools.map { call.revision.json($0.definition) })]
  }

  @Sendable
  private static func callTool(_ call: Call) async throws(ProtocolError) -> JSON {
    guard let name = call.params?["name"]?.string else {
      throw ProtocolError(.invalidParams, "'name' must be a string, the name of a tool")
    }
    let arguments = call.params?["arguments"].flatMap { $0.isNull ? nil : $0 }
    if let arguments, arguments.kind != .object {
      throw ProtocolError(.invalidParams, "'arguments' must be an object")
    }
    guard let tool = call.server.tools.first(where: { $0.name == name }) else {
      let names = call.server.tools.map(\.name)
      let suggestion = nearest(name, among: names).map { "; did you mean '\($0)'?" } ?? "."
      throw ProtocolError(
        .invalidParams, "Unknown tool: \(name.prefix(100))\(suggestion) Tools: \(names.joined(separator: ", "))")
    }
    return call.revision.json(await tool.call(arguments))
  }
}
