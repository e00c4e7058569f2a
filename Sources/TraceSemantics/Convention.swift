/// How one instrumentation names things: a table. A new convention is one file with such a value and one line in ``all``.
///
/// Keys are listed in order of preference; the first that holds something wins. The tables follow MLflow's own
/// translators (release 3.18), which fill the `mlflow.*` attributes at ingestion; older data and exports have only these.
///
/// A class, for a struct of so many lists would be copied for every attribute that is looked at.
public final class Convention: Sendable {
  /// The convention's name, as people call it.
  public let name: String
  /// A span that has an attribute whose key begins like one of these follows this convention.
  public let markers: [StaticString]
  /// Attributes that tell the span's type, each with what its values mean.
  public let types: [TypeKey]
  /// Attributes that tell the type by being there, their keys' beginnings.
  public let presentTypes: [(key: StaticString, type: String)]
  /// Attributes that hold the input, or of a tool the output.
  public let contextKeys: [String]
  /// Attributes that hold the input.
  public let inputs: [String]
  /// Attributes that hold the output.
  public let outputs: [String]
  /// Events that hold the input or the output, where no attribute does.
  public let events: [EventKey]
  /// Messages that are spread over attributes, one for each of their parts.
  public let spreadMessages: [SpreadMessages]
  /// Attributes that name the model, the one that answered before the one that was asked.
  public let models: [String]
  /// Attributes that count tokens read.
  public let inputTokens: [String]
  /// Attributes that count tokens written.
  public let outputTokens: [String]
  /// Attributes that count both.
  public let totalTokens: [String]
  /// Attributes that count tokens read from a cache.
  public let cachedTokens: [String]
  /// Attributes that count tokens written while reasoning.
  public let reasoningTokens: [String]
  /// Attributes that name the session.
  public let sessions: [String]
  /// Attributes that name the app's user.
  public let users: [String]
  /// Attributes that say why the model stopped.
  public let finishReasons: [String]
  /// Attributes that name the agent.
  public let agents: [String]
  /// Attributes that name the tool that is called.
  public let tools: [String]
  /// Attributes that hold the id of the call of the tool.
  public let toolCallIDs: [String]
  /// Attributes that define the tools that the model may call.
  public let toolDefinitions: [String]
  /// Attributes that hold instructions apart from the messages.
  public let systemPrompts: [String]
  /// Attributes that hold parameters of the call of the model, their keys up to the parameter's name.
  public let parameterPrefixes: [String]
  /// Attributes that say how long the first token took.
  public let timesToFirstToken: [String]
  /// Attributes that say what the call cost, in USD: a number, or an object with a total.
  public let costs: [String]

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

  init(
    name: String, markers: [StaticString], types: [TypeKey] = [],
    presentTypes: [(key: StaticString, type: String)] = [],
    contextKeys: [String] = [],
    inputs: [String] = [],
    outputs: [String] = [],
    events: [EventKey] = [],
    spreadMessages: [SpreadMessages] = [],
    models: [String] = [],
    inputTokens: [String] = [],
    outputTokens: [String] = [],
    totalTokens: [String] = [],
    cachedTokens: [String] = [],
    reasoningTokens: [String] = [],
    sessions: [String] = [],
    users: [String] = [],
    finishReasons: [String] = [],
    agents: [String] = [],
    tools: [String] = [],
    toolCallIDs: [String] = [],
    toolDefinitions: [String] = [],
    systemPrompts: [String] = [],
    parameterPrefixes: [String] = [],
    timesToFirstToken: [String] = [],
    costs: [String] = []
  ) {
    self.name = name
    self.markers = markers
    self.types = types
    self.presentTypes = presentTypes
    self.contextKeys = contextKeys
    self.inputs = inputs
    self.outputs = outputs
    self.events = events
    self.spreadMessages = spreadMessages
    self.models = models
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.totalTokens = totalTokens
    self.cachedTokens = cachedTokens
    self.reasoningTokens = reasoningTokens
    self.sessions = sessions
    self.users = users
    self.finishReasons = finishReasons
    self.agents = agents
    self.tools = tools
    self.toolCallIDs = toolCallIDs
    self.toolDefinitions = toolDefinitions
    self.systemPrompts = systemPrompts
    self.parameterPrefixes = parameterPrefixes
    self.timesToFirstToken = timesToFirstToken
    self.costs = costs
  }

  /// All conventions, in the order in which MLflow asks them. MLflow's own comes first.
  public static let all: [Convention] = [
    .mlflow, .openInference, .claudeCode, .genAI, .springAI, .traceloop, .googleADK, .vercelAI, .voltAgent, .liveKit,
    .laminar, .langfuse,
  ]

  /// The markers by the first byte of a key, with the place of their convention: most keys begin none.
  static let markersByFirstByte: [[(marker: StaticString, place: Int)]] = {
    var table: [[(marker: StaticString, place: Int)]] = Array(repeating: [], count: 256)
    for (place, convention) in all.enumerated() {
      for marker in convention.markers {
        if let first = marker.description.utf8.first { table[Int(first)].append((marker, place)) }
      }
    }
    return table
  }()
}
