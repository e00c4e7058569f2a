import JSONText

/// What a request of the stateless revision says of itself in `params._meta`.
struct RequestMetadata: Sendable {
  private static let prefix = "io.modelcontextprotocol/"
  private static let versionKey = prefix + "protocolVersion"
  private static let capabilitiesKey = prefix + "clientCapabilities"
  private static let logLevelKey = prefix + "logLevel"
  static let serverInfoKey = prefix + "serverInfo"
  private static let logLevels: Set<String> = [
    "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency",
  ]

  /// The revision that the request is in.
  let revision: ProtocolRevision

  /// Whether a request claims to be of such a revision, rightly or not.
  static func isClaimed(by params: JSONValue?) -> Bool { params?["_meta"]?[versionKey] != nil }

  /// Reads it.
  ///
  /// - Throws: what is missing, or which revisions there are.
  init(_ params: JSONValue?) throws(ProtocolError) {
    guard let metadata = params?["_meta"], metadata.kind == .object else {
      throw ProtocolError(
        .invalidParams, "'params._meta' must be an object with '\(Self.versionKey)' and '\(Self.capabilitiesKey)'")
    }
    guard let version = metadata[Self.versionKey]?.string else {
      throw ProtocolError(.invalidParams, "'params._meta' must have '\(Self.versionKey)', a string")
    }
    guard metadata[Self.capabilitiesKey]?.kind == .object else {
      throw ProtocolError(.invalidParams, "'params._meta' must have '\(Self.capabilitiesKey)', an object")
    }
    guard let revision = ProtocolRevision.stateless.first(where: { $0.name == version }) else {
      throw ProtocolError(
        .unsupportedProtocolVersion, "Unsupported protocol version",
        data: [
          "supported": .array(ProtocolRevision.stateless.map { .string($0.name) }),
          "requested": .string(String(version.prefix(100))),
        ])
    }
    self.revision = revision
  }

  /// Refuses a level that there is not. Checked when the method is known, as the order of the checks has it.
  static func checkLogLevel(_ params: JSONValue?) throws(ProtocolError) {
    guard let level = params?["_meta"]?[logLevelKey] else { return }
    guard let word = level.string, logLevels.contains(word) else {
      throw ProtocolError(
        .invalidParams, "'\(logLevelKey)' must be one of \(logLevels.sorted().joined(separator: ", "))")
    }
  }
}
