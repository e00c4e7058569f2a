import JSONText

extension Method {
  @Sendable
  static func listTools(_ call: Call) throws(ProtocolError) -> MethodOutcome {
    try call.requireNoCursor()
    return MethodOutcome(
      ["tools": .array(call.server.tools.map { call.revision.json($0.definition) })], cache: .program)
  }

  @Sendable
  static func callTool(_ call: Call) async throws(ProtocolError) -> MethodOutcome {
    let name = try call.string("name", "the name of a tool")
    let arguments = call.params?["arguments"].flatMap { $0.isNull ? nil : $0 }
    if let arguments, arguments.kind != .object {
      throw ProtocolError(.invalidParams, "'arguments' must be an object")
    }
    guard let tool = call.server.tools.first(where: { $0.name == name }) else {
      throw .unknown("tool", name, among: call.server.tools.map(\.name))
    }
    return MethodOutcome(call.revision.json(await tool.call(arguments)))
  }
}
