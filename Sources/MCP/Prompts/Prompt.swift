/// A ready-made question that a person picks, with a few arguments.
public struct Prompt: Sendable {
  /// One argument.
  public struct Argument: Sendable {
    /// The name it is given by.
    public let name: String
    /// The name shown to people.
    public let title: String
    /// What to give.
    public let description: String
    /// Whether the prompt needs it.
    public let isRequired: Bool
    let completer: Completer?

    /// An argument.
    public init(
      _ name: String, title: String, description: String, isRequired: Bool = false, completer: Completer? = nil
    ) {
      self.name = name
      self.title = title
      self.description = description
      self.isRequired = isRequired
      self.completer = completer
    }
  }

  /// One message of the conversation that the prompt begins.
  public struct Message: Hashable, Sendable {
    /// Who speaks.
    public enum Role: String, Sendable {
      case user
      case assistant
    }

    /// Who speaks.
    public var role: Role
    /// What is said.
    public var content: ContentBlock

    /// A message from its parts.
    public init(_ role: Role, _ content: ContentBlock) {
      self.role = role
      self.content = content
    }
  }

  /// The name it is picked by.
  public let name: String
  /// The name shown to people.
  public let title: String
  /// What it is for.
  public let description: String
  /// Its arguments; hosts take them in this order.
  public let arguments: [Argument]
  let messages: @Sendable ([String: String]) async throws(ToolError) -> [Message]

  /// A prompt.
  ///
  /// - Parameter messages: Gets the arguments that were given, the required ones among them.
  public init(
    name: String, title: String, description: String, arguments: [Argument] = [],
    messages: @escaping @Sendable ([String: String]) async throws(ToolError) -> [Message]
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.arguments = arguments
    self.messages = messages
  }

  /// The conversation that it begins with these arguments.
  public func conversation(_ arguments: [String: String]) async throws(ToolError) -> [Message] {
    try await messages(arguments)
  }
}
