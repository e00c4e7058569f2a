import JSONText

extension Method {
  @Sendable
  static func listPrompts(_ call: Call) throws(ProtocolError) -> MethodOutcome {
    try call.requireNoCursor()
    return MethodOutcome(["prompts": .array(call.server.prompts.map { call.revision.json($0) })], cache: .program)
  }

  @Sendable
  static func getPrompt(_ call: Call) async throws(ProtocolError) -> MethodOutcome {
    let name = try call.string("name", "the name of a prompt")
    guard let prompt = call.server.prompts.first(where: { $0.name == name }) else {
      throw .unknown("prompt", name, among: call.server.prompts.map(\.name))
    }
    let arguments = try strings(call.params?["arguments"], "arguments")
    let names = prompt.arguments.map(\.name)
    if let stranger = arguments.keys.sorted().first(where: { !names.contains($0) }) {
      throw .unknown("argument of prompt '\(name)'", stranger, among: names)
    }
    if let missing = prompt.arguments.first(where: { $0.isRequired && (arguments[$0.name] ?? "").isEmpty }) {
      throw ProtocolError(.invalidParams, "prompt '\(name)' needs '\(missing.name)': \(missing.description)")
    }
    do throws(ToolError) {
      let messages = try await prompt.messages(arguments)
      return MethodOutcome([
        "description": .string(prompt.description), "messages": .array(messages.map { call.revision.json($0) }),
      ])
    } catch {
      throw ProtocolError(error)
    }
  }

  @Sendable
  static func complete(_ call: Call) async throws(ProtocolError) -> MethodOutcome {
    guard let name = call.params?["argument"]?["name"]?.string, let prefix = call.params?["argument"]?["value"]?.string
    else { throw ProtocolError(.invalidParams, "'argument' must have a 'name' and a 'value', both strings") }
    let others = try strings(call.params?["context"]?["arguments"], "context.arguments")
    var answer = Completer.Answer([])
    if let completer = try completer(call, of: name) {
      do throws(ToolError) {
        answer = try await completer.complete(Completer.Question(prefix: prefix, others: others))
      } catch {
        throw ProtocolError(error)
      }
    }
    let values = answer.values.prefix(Completer.maximum)
    let hasMore = answer.hasMore || answer.values.count > values.count
    return MethodOutcome([
      "completion": .object(present: [
        "values": .array(values.map { .string($0) }), "total": hasMore ? nil : .int(Int64(values.count)),
        "hasMore": .bool(hasMore),
      ])
    ])
  }

  /// What completes an argument; nil when nothing is proposed for it.
  private static func completer(_ call: Call, of argument: String) throws(ProtocolError) -> Completer? {
    let reference = call.params?["ref"]
    switch reference?["type"]?.string {
    case "ref/prompt":
      let name = reference?["name"]?.string ?? ""
      guard let prompt = call.server.prompts.first(where: { $0.name == name }) else {
        throw .unknown("prompt", name, among: call.server.prompts.map(\.name))
      }
      guard let known = prompt.arguments.first(where: { $0.name == argument }) else {
        throw .unknown("argument of prompt '\(name)'", argument, among: prompt.arguments.map(\.name))
      }
      return known.completer
    case "ref/resource":
      let uri = reference?["uri"]?.string ?? ""
      let templates = call.server.resourceTemplates
      guard let template = templates.first(where: { $0.uriTemplate.description == uri }) else {
        throw .unknown("resource template", uri, among: templates.map(\.uriTemplate.description))
      }
      guard template.uriTemplate.variables.contains(argument) else {
        throw .unknown("variable of '\(uri.prefix(100))'", argument, among: template.uriTemplate.variables)
      }
      return template.completers[argument]
    default: throw ProtocolError(.invalidParams, "'ref.type' must be 'ref/prompt' or 'ref/resource'")
    }
  }

  /// An object of strings; absent and null are an empty one.
  private static func strings(_ value: JSONValue?, _ name: String) throws(ProtocolError) -> [String: String] {
    guard let value, !value.isNull else { return [:] }
    guard value.kind == .object else { throw ProtocolError(.invalidParams, "'\(name)' must be an object") }
    var strings: [String: String] = [:]
    for member in value.members {
      guard let text = member.value.string else {
        throw ProtocolError(.invalidParams, "'\(name).\(member.key.prefix(100))' must be a string")
      }
      strings[member.key] = text
    }
    return strings
  }
}
