/// Proposes values for an argument of a prompt, or for a variable of a resource template.
public struct Completer: Sendable {
  /// What was given so far.
  public struct Question: Sendable {
    /// What the value begins with; empty at first.
    public var prefix: String
    /// The other arguments that are known already.
    public var others: [String: String]

    /// A question from its parts.
    public init(prefix: String, others: [String: String] = [:]) {
      self.prefix = prefix
      self.others = others
    }
  }

  /// Values in the order to show them.
  public struct Answer: Hashable, Sendable {
    /// At most ``maximum`` of them are sent.
    public var values: [String]
    /// Whether there are more than these.
    public var hasMore: Bool

    /// An answer from its parts.
    public init(_ values: [String], hasMore: Bool = false) {
      self.values = values
      self.hasMore = hasMore
    }
  }

  /// What an answer may hold at most (MCP).
  public static let maximum = 100

  let complete: @Sendable (Question) async throws(ToolError) -> Answer

  /// A completer.
  public init(_ complete: @escaping @Sendable (Question) async throws(ToolError) -> Answer) {
    self.complete = complete
  }

  /// What it proposes.
  public func answer(_ question: Question) async throws(ToolError) -> Answer { try await complete(question) }
}
