/// A revision of the Model Context Protocol. Revisions are members of a set; their names are compared for equality only.
struct ProtocolRevision: Hashable, Sendable {
  /// The name on the wire.
  let name: String
  /// What messages of this revision may hold.
  let features: Features

  /// Parts of messages that not every revision knows.
  struct Features: OptionSet, Hashable, Sendable {
    let rawValue: Int

    /// `annotations` of tools.
    static let toolAnnotations = Features(rawValue: 1 << 0)
    /// The capability `completions`; the method is older.
    static let completionsCapability = Features(rawValue: 1 << 1)
    /// `title` of tools and of the server.
    static let titles = Features(rawValue: 1 << 2)
    /// `structuredContent` and `outputSchema`.
    static let structuredContent = Features(rawValue: 1 << 3)
  }

  static let november2024 = ProtocolRevision(name: "2024-11-05", features: [])
  static let march2025 = ProtocolRevision(name: "2025-03-26", features: [.toolAnnotations, .completionsCapability])
  static let june2025 = ProtocolRevision(
    name: "2025-06-18", features: [.toolAnnotations, .completionsCapability, .titles, .structuredContent])
  static let november2025 = ProtocolRevision(name: "2025-11-25", features: june2025.features)

  /// The revisions that begin with `initialize`.
  static let withHandshake = [november2024, march2025, june2025, november2025]

  /// The revision to answer to `initialize`: the one asked for or, when it is unknown, the newest with a handshake. The
  /// client then decides whether to stay.
  static func negotiated(for requested: String) -> ProtocolRevision {
    withHandshake.first { $0.name == requested } ?? november2025
  }
}
