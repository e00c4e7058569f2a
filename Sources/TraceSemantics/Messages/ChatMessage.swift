public import JSONText

/// One message of a chat, whichever provider's shape it was recorded in.
public struct ChatMessage: Sendable {
  /// Who speaks. Other words than these are kept as they are.
  public struct Role: RawRepresentable, Hashable, Sendable {
    /// The word.
    public var rawValue: String

    /// A role by its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Instructions of the app.
    public static let system = Role(rawValue: "system")
    /// The user, or whoever calls.
    public static let user = Role(rawValue: "user")
    /// The model.
    public static let assistant = Role(rawValue: "assistant")
    /// What a tool gave back.
    public static let tool = Role(rawValue: "tool")
  }

  /// Who speaks.
  public var role: Role
  /// The words, of several parts joined by line feeds; nil when there are none.
  public var text: String?
  /// Parts that are no words: `image`, `audio`, `file`, ….
  public var attachments: [String] = []
  /// Tools that the model wants called.
  public var toolCalls: [ToolCall] = []
  /// What tools gave back.
  public var toolResults: [ToolResult] = []
  /// Why the model stopped, where it is said beside the message.
  public var finishReason: String?
  /// Where it stands in the payload; of a message that a ``MessageMemo`` knew, where it stood when it was first read.
  public var path: JSONPath
  /// Its number among the different messages that a ``MessageMemo`` has read; nil without one.
  public internal(set) var number: Int?

  init(role: Role, path: JSONPath) {
    self.role = role
    self.path = path
  }

  mutating func add(text more: String) {
    guard !more.isEmpty else { return }
    text = text.map { "\($0)\n\(more)" } ?? more
  }
}

extension ChatMessage {
  /// A call of a tool, as the model wrote it.
  public struct ToolCall: Sendable {
    /// The call's id, by which its result refers to it.
    public var id: String?
    /// The tool.
    public var name: String
    /// The arguments, decoded where they are JSON in a string; nil where there are none.
    public var arguments: JSONValue?
    /// Whether the arguments are a string that is no JSON.
    public var hasBrokenArguments = false
  }

  /// What a tool gave back, as the model was told.
  public struct ToolResult: Sendable {
    /// The id of the call.
    public var callID: String?
    /// The tool, where it is named.
    public var name: String?
    /// What it gave back.
    public var content: JSONValue?
    /// Whether it is marked as a failure.
    public var isError = false
  }
}
