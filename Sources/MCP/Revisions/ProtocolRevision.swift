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
    /// `title` of tools, resources, prompts and of the server.
    static let titles = Features(rawValue: 1 << 2)
    /// `structuredContent` and `outputSchema`.
    static let structuredContent = Features(rawValue: 1 << 3)
    /// Several messages on a line, as an array.
    static let batches = Features(rawValue: 1 << 4)
    /// Blocks of audio.
    static let audio = Features(rawValue: 1 << 5)
    /// Blocks that are links to resources.
    static let resourceLinks = Features(rawValue: 1 << 6)
    /// `message` of a progress notification.
    static let progressMessage = Features(rawValue: 1 << 7)
    /// No session: every request says what it needs, every result says of what kind it is and how long it may be kept.
    static let stateless = Features(rawValue: 1 << 8)
  }

  static let november2024 = ProtocolRevision(name: "2024-11-05", features: [])
  static let march2025 = ProtocolRevision(
    name: "2025-03-26",
    features: [.toolAnnotations, .completionsCapability, .batches, .audio, .progressMessage])
  static let june2025 = ProtocolRevision(
    name: "2025-06-18",
    features: [
      .toolAnnotations, .completionsCapability, .titles, .structuredContent, .audio, .resourceLinks, .progressMessage,
    ])
  static let november2025 = ProtocolRevision(name: "2025-11-25", features: june2025.features)
  static let july2026 = ProtocolRevision(name: "2026-07-28", features: november2025.features.union(.stateless))

  /// The revisions that begin with `initialize`.
  static let withHandshake = [november2024, march2025, june2025, november2025]
  /// The revisions that are named by every request.
  static let stateless = [july2026]

  /// The revision to answer to `initialize`: the one asked for or, when it is unknown, the newest with a handshake. The
  /// client then decides whether to stay.
  static func negotiated(for requested: String) -> ProtocolRevision {
    withHandshake.first { $0.name == requested } ?? november2025
  }
}
