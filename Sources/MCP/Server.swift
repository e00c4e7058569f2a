import Dispatch
import JSONText
public import Logging

/// Who the server is.
public struct ServerInfo: Hashable, Sendable {
  /// The name that programs use.
  public var name: String
  /// The name shown to people.
  public var title: String
  /// The version of the program.
  public var version: String

  /// The three.
  public init(name: String, title: String, version: String) {
    self.name = name
    self.title = title
    self.version = version
  }
}

/// A server of the Model Context Protocol over a pair of file descriptors.
public struct Server: Sendable {
  let info: ServerInfo
  let instructions: String
  let tools: [Tool]
  let resources: [Resource]
  let resourceTemplates: [ResourceTemplate]
  let prompts: [Prompt]
  let logger: Logger
  let whenQuiet: @Sendable () -> Void

  /// A server.
  ///
  /// - Parameters:
  ///   - info: Who it is.
  ///   - instructions: What it is for and in which order to call its tools; hosts cut this at 2 KB.
  ///   - tools: Its tools, in the order of the list.
  ///   - resources: What can be read under an address.
  ///   - resourceTemplates: Addresses with variable parts; the first that fits an address is asked.
  ///   - prompts: Questions that people pick.
  ///   - logger: Where it reports. Payloads are never logged.
  ///   - whenQuiet: Called when requests have been worked on, and none has come for a while.
  public init(
    info: ServerInfo, instructions: String, tools: [Tool], resources: [Resource] = [],
    resourceTemplates: [ResourceTemplate] = [], prompts: [Prompt] = [], logger: Logger,
    whenQuiet: @escaping @Sendable () -> Void = {}
  ) {
    self.info = info
    self.instructions = instructions
    self.tools = tools
    self.resources = resources
    self.resourceTemplates = resourceTemplates
    self.prompts = prompts
    self.logger = logger
    self.whenQuiet = whenQuiet
  }

  /// What the server can do, in the words of the newest revision. What it has nothing of it does not offer.
  var capabilities: JSON {
    let hasResources = !resources.isEmpty || !resourceTemplates.isEmpty
    return .object(present: [
      "tools": tools.isEmpty ? nil : [:], "resources": hasResources ? [:] : nil, "prompts": prompts.isEmpty ? nil : [:],
      "completions": prompts.isEmpty && resourceTemplates.isEmpty ? nil : [:],
    ])
  }
}

extension Server {
  /// Serves until the input ends or the output is closed, then returns; by then work in flight has ended or, after a
  /// grace of less than a second, been cancelled.
  ///
  /// Files will do as well as pipes. The descriptors are left open. SIGPIPE is ignored from here on.
  ///
  /// - Parameters:
  ///   - input: Descriptor that messages are read from.
  ///   - output: Descriptor that messages are written to.
  public func run(reading input: Int32, writing output: Int32) async {
    await run(reading: input, writing: output, limits: Session.Limits(), interrupt: Interrupt())
  }

  /// Serves over the standard streams. SIGTERM, SIGINT and SIGHUP end it as the end of the input does; a second one kills.
  public func run(over transport: StdioTransport) async {
    let interrupt = Interrupt()
    interrupt.raiseOnTermination()
    await run(reading: transport.input, writing: transport.output, limits: Session.Limits(), interrupt: interrupt)
  }

  func run(reading input: Int32, writing output: Int32, limits: Session.Limits, interrupt: Interrupt) async {
    let session = Session(server: self, input: input, output: output, limits: limits, interrupt: interrupt)
    // A serial queue has a thread of its own: reading blocks, which the threads that tasks share must not.
    let reader = DispatchQueue(label: "mcp.reader", qos: .userInitiated)
    await withCheckedContinuation { continuation in
      reader.async {
        session.serve()
        continuation.resume()
      }
    }
  }
}
