/// How one instrumentation names things: a table. A new convention is one file with such a value and one line in ``all``.
///
/// Keys are listed in order of preference; the first that holds something wins. The tables follow MLflow's own
/// translators (release 3.18), which fill the `mlflow.*` attributes at ingestion; older data and exports have only these.
public struct Convention: Sendable {
  /// The convention's name, as people call it.
  public var name: String
  /// A span that has an attribute whose key begins like one of these follows this convention.
  public var markers: [StaticString]
  /// Attributes that tell the span's type, each with what its values mean.
  public var types: [TypeKey]
  /// Attributes that tell the type by being there, their keys' beginnings.
  public var presentTypes: [(key: StaticString, type: String)] = []
  /// Attributes that hold the input, or of a tool the output.
  public var contextKeys: [String] = []
  /// Attributes that hold the input.
  public var inputs: [String] = []
  /// Attributes that hold the output.
  public var outputs: [String] = []
  /// Events that hold the input or the output, where no attribute does.
  public var events: [EventKey] = []
  /// Messages that are spread over attributes, one for each of their parts.
  public var spreadMessages: [SpreadMessages] = []
  /// Attributes that name the model, the one that answered before the one that was asked.
  public var models: [String] = []
  /// Attributes that count tokens read.
  public var inputTokens: [String] = []
  /// Attributes that count tokens written.
  public var outputTokens: [String] = []
  /// Attributes that count both.
  public var totalTokens: [String] = []
  /// Attributes that count tokens read from a cache.
  public var cachedTokens: [String] = []
  /// Attributes that count tokens written while reasoning.
  public var reasoningTokens: [String] = []
  /// Attributes that name the session.
  public var sessions: [String] = []
  /// Attributes that name the app's user.
  public var users: [String] = []
  /// Attributes that say why the model stopped.
  public var finishReasons: [String] = []
  /// Attributes that name the agent.
  public var agents: [String] = []
  /// Attributes that name the tool that is called.
  public var tools: [String] = []
  /// Attributes that hold the id of the call of the tool.
  public var toolCallIDs: [String] = []
  /// Attributes that define the tools that the model may call.
  public var toolDefinitions: [String] = []
  /// Attributes that hold instructions apart from the messages.
  public var systemPrompts: [String] = []
  /// Attributes that hold parameters of the call of the model, their keys up to the parameter's name.
  public var parameterPrefixes: [String] = []
  /// Attributes that say how long the first token took.
  public var timesToFirstToken: [String] = []

  /// An attribute whose value tells the type of the span.
  public struct TypeKey: Sendable {
    /// The attribute.
    public var key: String
    /// MLflow's span type for each value.
    public var values: [String: String]

    init(_ key: String, _ values: [String: String]) {
      self.key = key
      self.values = values
    }
  }

  /// An event, and the attribute of it that holds words.
  public struct EventKey: Sendable {
    /// The event's name.
    public var name: String
    /// The attributes that may hold them, the first that does wins.
    public var keys: [String]
    /// Whose words they are: `system`, `user`, `assistant`, `tool`; nil when the value says it, or is no message.
    public var role: String?
    /// Whether they came out of the span.
    public var isOutput: Bool

    init(_ name: String, _ keys: [String], role: String? = nil, isOutput: Bool = false) {
      self.name = name
      self.keys = keys
      self.role = role
      self.isOutput = isOutput
    }
  }

  /// Messages spread over attributes: `<prefix><n>.<infix>role`, `…content`, `…tool_calls.<m>.…`.
  public struct SpreadMessages: Sendable {
    /// What the keys begin with, up to the number.
    public var prefix: String
    /// What stands between the number and the name of the part.
    public var infix: String
    /// What stands between the number of a call and the names of its parts.
    public var callInfix: String
    /// Whether they came out of the span.
    public var isOutput: Bool
  }

  init(name: String, markers: [StaticString], types: [TypeKey]) {
    self.name = name
    self.markers = markers
    self.types = types
  }

  /// All conventions, in the order in which MLflow asks them. MLflow's own comes first.
  public static let all: [Convention] = [
    .mlflow, .openInference, .claudeCode, .genAI, .springAI, .traceloop, .googleADK, .vercelAI, .voltAgent, .liveKit,
    .laminar, .langfuse,
  ]
}
