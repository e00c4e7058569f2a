import TraceSemantics

/// What a tool does to the world, as its name tells.
enum ToolEffect: Sendable {
  /// It changes something.
  case writes
  /// It hands over to a person.
  case handsOver

  private static let reading: Set<String> = [
    "get", "find", "list", "search", "calc", "calculate", "think", "lookup", "check", "read", "query", "fetch",
  ]
  private static let writing: Set<String> = [
    "modify", "cancel", "return", "exchange", "book", "update", "refund", "delete", "create", "send", "transfer", "add",
    "set", "pay", "submit", "place", "change", "remove", "issue", "apply",
  ]
  private static let persons: Set<String> = ["human", "agent", "agents", "operator", "person", "support"]

  /// Reads a name, such as `cancel_order`; nil for one that does not say that it changes anything.
  init?(ofToolNamed name: String) {
    let words = IdentifierWords.of(name)
    guard let verb = words.first, !Self.reading.contains(verb) else { return nil }
    if words.contains("transfer"), !Self.persons.isDisjoint(with: words) {
      self = .handsOver
    } else if !Self.writing.isDisjoint(with: words) {
      self = .writes
    } else {
      return nil
    }
  }
}
