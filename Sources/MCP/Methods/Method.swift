import JSONText

/// A method of the protocol: how it is answered, and when it may be called.
struct Method: Sendable {
  /// How a method comes to its result.
  enum Handler: Sendable {
    /// At once, on the reader's thread: nothing read later can overtake it.
    case immediate(@Sendable (Call) throws(ProtocolError) -> MethodOutcome)
    /// In a task of its own.
    case concurrent(@Sendable (Call) async throws(ProtocolError) -> MethodOutcome)
  }

  /// What a handler works on.
  struct Call: Sendable {
    let server: Server
    let revision: ProtocolRevision
    let params: JSONValue?
  }

  let handler: Handler
  /// The member of the capabilities without which the method is not there; nil for one that every server has.
  var capability: String?
  /// Whether it came with the stateless revision.
  var isStatelessOnly = false

  /// The methods of both eras. `initialize` and `ping` are the session's own, and gone in the stateless revision.
  static let table: [String: Method] = [
    "server/discover": Method(handler: .immediate(discover), isStatelessOnly: true),
    "tools/list": Method(handler: .immediate(listTools), capability: "tools"),
    "tools/call": Method(handler: .concurrent(callTool), capability: "tools"),
    "resources/list": Method(handler: .immediate(listResources), capability: "resources"),
    "resources/templates/list": Method(handler: .immediate(listTemplates), capability: "resources"),
    "resources/read": Method(handler: .concurrent(readResource), capability: "resources"),
    "prompts/list": Method(handler: .immediate(listPrompts), capability: "prompts"),
    "prompts/get": Method(handler: .concurrent(getPrompt), capability: "prompts"),
    "completion/complete": Method(handler: .concurrent(complete), capability: "completions"),
  ]

  /// Methods that only the stateless revision has, served here or not. A request for one of them needs its metadata.
  static let statelessOnly: Set<String> = ["server/discover", "subscriptions/listen"]

  @Sendable
  private static func discover(_ call: Call) throws(ProtocolError) -> MethodOutcome {
    MethodOutcome(
      [
        "supportedVersions": .array(ProtocolRevision.stateless.map { .string($0.name) }),
        "capabilities": call.revision.json(capabilities: call.server.capabilities),
        "instructions": .string(call.server.instructions),
      ], cache: .program)
  }
}

/// What a method came to.
struct MethodOutcome: Sendable {
  /// The result, without what a stateless revision adds.
  var json: JSON
  /// For how long it may be kept; nil for results of which that is not said.
  var cache: CacheHint?

  init(_ json: JSON, cache: CacheHint? = nil) {
    self.json = json
    self.cache = cache
  }
}

extension Method.Call {
  /// Everything is on the first page, so that no cursor is one of ours.
  func requireNoCursor() throws(ProtocolError) {
    if let cursor = params?["cursor"], !cursor.isNull {
      throw ProtocolError(.invalidParams, "unknown cursor; everything is on the first page")
    }
  }

  /// A parameter that must be there and a string.
  func string(_ name: String, _ meaning: String) throws(ProtocolError) -> String {
    guard let text = params?[name]?.string else {
      throw ProtocolError(.invalidParams, "'\(name)' must be a string, \(meaning)")
    }
    return text
  }
}

extension ProtocolError {
  /// One among several that is not there.
  static func unknown(_ what: String, _ name: String, among names: [String], data: JSON? = nil) -> ProtocolError {
    let suggestion = nearest(name, among: names).map { "; did you mean '\($0)'?" } ?? "."
    return ProtocolError(
      .invalidParams, "Unknown \(what): \(name.prefix(100))\(suggestion) There are: \(names.joined(separator: ", "))",
      data: data)
  }

  /// A tool's error where no tool's answer can carry it.
  init(_ error: ToolError, data: JSON? = nil) {
    let isOfClient = error.code == .notFound || error.code == .invalidArguments
    self.init(isOfClient ? .invalidParams : .internalError, error.text, data: data)
  }
}
