public import JSONText
import Synchronization

/// A tool as its author writes it: a struct with ``Parameter`` properties and a body.
public protocol ParameterizedTool<Context>: Sendable {
  /// What the tools of a program share, such as a store.
  associatedtype Context: Sendable

  /// The name it is called by: letters, digits, `_` and `-`.
  static var name: String { get }
  /// The name shown to people.
  static var title: String { get }
  /// What it does and when to use it; the description that the model reads.
  static var summary: String { get }
  /// Hints about its effects. The default is ``ToolAnnotations/readOnlyClosedWorld``.
  static var annotations: ToolAnnotations { get }
  /// `_meta` of the definition. The default is none.
  static var metadata: JSON? { get }
  /// Calls worth knowing, for the documentation of the command line. The default is none.
  static var examples: [ToolExample] { get }

  /// The tool with the defaults of its parameters.
  init()

  /// Answers one call. The parameters hold the arguments, which have been checked.
  func run(in context: Context) async throws(ToolError) -> ToolResult
}

extension ParameterizedTool {
  /// Read-only, in a closed world.
  public static var annotations: ToolAnnotations { .readOnlyClosedWorld }
  /// None.
  public static var metadata: JSON? { nil }
  /// None.
  public static var examples: [ToolExample] { [] }
}

/// A call worth knowing.
public struct ToolExample: Hashable, Sendable {
  /// What it is for.
  public var purpose: String
  /// Its arguments in order, with the values of the sample store.
  public var arguments: [JSON.Member]

  /// An example from its parts.
  public init(_ purpose: String, _ arguments: KeyValuePairs<String, JSON>) {
    self.purpose = purpose
    self.arguments = arguments.map { JSON.Member($0.key, $0.value) }
  }
}

/// A tool as a server holds it: what it says about itself, and the way to call it.
public struct Tool: Sendable {
  /// What `tools/list` says about it.
  public var definition: ToolDefinition { described() }
  /// The name it is called by.
  public let name: String
  private let described: @Sendable () -> ToolDefinition
  private let body: @Sendable (JSONValue?) async throws(ToolError) -> ToolResult

  /// A tool from its declaration and what its calls work on.
  public init<T: ParameterizedTool>(_ type: T.Type, context: T.Context) {
    name = T.name
    // Reflection takes longer than the whole of a start, and a start does not need it.
    let cached = Once { Self.definition(of: type) }
    described = { cached.value }
    let spare = Spare<T>(describedBy: cached)
    body = { arguments async throws(ToolError) in
      let (tool, binding) = spare.take()
      try binding.bind(arguments)
      // Nobody need wait for the next call's.
      defer { Task.detached { spare.refill() } }
      return try await tool.run(in: context)
    }
  }

  /// A tool as one value, for those whose arguments are not declared as ``Parameter``s.
  ///
  /// - Parameter body: Gets the arguments, an object, as they came: nothing has been checked.
  public init(
    definition: ToolDefinition, body: @escaping @Sendable (JSONValue?) async throws(ToolError) -> ToolResult
  ) {
    name = definition.name
    described = { definition }
    self.body = body
  }

  /// What a tool says about itself, without anything to work on.
  public static func definition<T: ParameterizedTool>(of type: T.Type) -> ToolDefinition {
    let parameters = ArgumentBinding(of: T()).descriptors
    return ToolDefinition(
      name: T.name, title: T.title, description: T.summary,
      inputSchema: ParameterDescriptor.inputSchema(of: parameters), annotations: T.annotations, metadata: T.metadata,
      parameters: parameters)
  }

  /// Calls the tool. Mistakes in the arguments and the tool's own errors come back as failures.
  public func call(_ arguments: JSONValue?) async -> ToolResult {
    do throws(ToolError) {
      return try await attempt(arguments)
    } catch {
      return .failure(error.text)
    }
  }

  /// Calls the tool with arguments that have been built, an object.
  public func call(_ arguments: JSON) async -> ToolResult {
    do throws(ToolError) {
      return try await attempt(arguments)
    } catch {
      return .failure(error.text)
    }
  }

  /// Calls the tool and throws what ``call(_:)-(JSONValue?)`` would make a failure of, for callers that want its code.
  public func attempt(_ arguments: JSONValue?) async throws(ToolError) -> ToolResult {
    if let arguments, arguments.kind != .object, !arguments.isNull {
      throw ToolError(.invalidArguments, "the arguments must be an object")
    }
    return try await body(arguments)
  }

  /// The same with arguments that have been built, an object.
  public func attempt(_ arguments: JSON) async throws(ToolError) -> ToolResult {
    let document: JSONDocument
    do {
      document = try JSONDocument(arguments.bytes)
    } catch {
      throw ToolError(.invalidArguments, "the arguments cannot be written as JSON (\(error))")
    }
    return try await attempt(document.root)
  }
}

/// A tool without arguments and the way to fill it, a fresh one for each call: its parameters are its own. Finding them takes as
/// long as a small question to a store, so that one is made in advance.
private final class Spare<T: ParameterizedTool>: Sendable {
  private let made = Mutex<(tool: T, binding: ArgumentBinding)?>(nil)
  private let definition: Once<ToolDefinition>

  init(describedBy definition: Once<ToolDefinition>) { self.definition = definition }

  func take() -> (tool: T, binding: ArgumentBinding) {
    let spare = made.withLock { made in
      defer { made = nil }
      return made
    }
    return spare ?? make()
  }

  func refill() {
    let spare = make()
    made.withLock { $0 = spare }
  }

  private func make() -> (tool: T, binding: ArgumentBinding) {
    let tool = T()
    return (tool, ArgumentBinding(of: tool, describedBy: definition.value.parameters))
  }
}

/// A value made when it is first asked for.
private final class Once<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)
  private let make: @Sendable () -> Value

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  var value: Value {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }
}
