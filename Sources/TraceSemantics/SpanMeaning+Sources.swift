import TraceModel

extension SpanMeaning {
  /// What an attribute tells of a span.
  public enum Particular: String, Sendable, Hashable, CaseIterable {
    /// MLflow's span type.
    case type
    /// The model that answered, or was asked.
    case model
    /// Tokens of the call.
    case tokens
    /// Dollars that it cost.
    case cost
    /// How long the first token took.
    case timeToFirstToken = "time_to_first_token"
    /// Why the model stopped.
    case finishReason = "finish_reason"
    /// The name of the tool.
    case tool
    /// The agent at work.
    case agent
    /// The tools that the model was offered.
    case offeredTools = "offered_tools"
  }

  /// The attribute that each particular is read from, so that an answer can cite it; what is not recorded, or stands inside
  /// of a payload, is left out.
  public var sources: [(particular: Particular, key: String)] {
    func key(_ keys: KeyPath<Convention, [String]>) -> String? { first(keys)?.key }
    let tokens =
      span.attribute(ReservedKey.chatTokenUsage).map { _ in ReservedKey.chatTokenUsage }
      ?? key(\.inputTokens) ?? key(\.outputTokens) ?? key(\.totalTokens)
    let all: [(Particular, String?)] = [
      (.type, typeSource?.key), (.model, key(\.models)), (.tokens, tokenUsage == nil ? nil : tokens),
      (.cost, cost == nil ? nil : key(\.costs)), (.timeToFirstToken, key(\.timesToFirstToken)),
      (.finishReason, key(\.finishReasons)), (.tool, key(\.tools)), (.agent, key(\.agents)),
      (.offeredTools, key(\.toolDefinitions)),
    ]
    return all.compactMap { particular, key in key.map { (particular, $0) } }
  }
}
