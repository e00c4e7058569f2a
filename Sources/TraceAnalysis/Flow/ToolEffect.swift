import TraceSemantics

/// What a tool does to the world, as its name tells.
enum ToolEffect: Sendable {
  /// It changes something.
  case writes
  /// It hands over to a person.
  case handsOver

  private static let reading: Set<String> = [
    "get", "find", "list", "search", "calc", "calculate", "think", "lookup", "check", "read", "query", "fetch", "show",
    "view",
    "describe", "validate", "verify", "compute", "count", "compare", "estimate", "preview", "retrieve", "browse", "is",
    "has",
    "can",
  ]
  private static let writing: Set<String> = [
    "modify", "cancel", "return", "exchange", "book", "update", "refund", "delete", "create", "send", "transfer", "add",
    "set", "pay", "submit", "place", "change", "remove", "issue", "apply",
  ]
  /// Words that are verbs at the beginning of a name or at its end, and elsewhere may be others.
  private static let writingAtEdges: Set<String> = [
    "amend", "edit", "void", "revoke", "reserve", "swap", "switch", "adjust", "grant", "assign", "approve", "reject",
    "confirm", "activate", "deactivate", "enable", "disable", "close", "reopen", "schedule", "reschedule", "rename",
    "replace", "move", "upgrade", "downgrade", "redeem", "register", "unregister", "enroll", "subscribe", "unsubscribe",
    "purchase", "buy", "sell", "withdraw", "deposit", "charge", "ship", "dispatch", "publish", "archive", "restore",
    "reset", "lock", "unlock", "block", "unblock", "insert", "upsert", "patch", "write", "save", "notify", "make",
  ]
  private static let persons: Set<String> = ["human", "agent", "agents", "operator", "person", "support"]

  /// Whether the name says that it only looks something up.
  static func reads(toolNamed name: String) -> Bool {
    IdentifierWords.of(name).first.map { reading.contains($0) } ?? false
  }

  /// Reads a name, such as `cancel_order`; nil for one that does not say that it changes anything.
  init?(ofToolNamed name: String) {
    let words = IdentifierWords.of(name)
    guard let verb = words.first, !Self.reading.contains(verb) else { return nil }
    if words.contains("transfer"), !Self.persons.isDisjoint(with: words) {
      self = .handsOver
    } else if !Self.writing.isDisjoint(with: words) || Self.writingAtEdges.contains(verb)
      || words.last.map({ Self.writingAtEdges.contains($0) }) ?? false
    {
      self = .writes
    } else {
      return nil
    }
  }
}
