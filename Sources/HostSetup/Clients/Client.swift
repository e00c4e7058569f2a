import JSONText

/// An assistant that starts the server, and where it keeps its configuration.
///
/// A further one is a case here, its file in ``places``, and its form in ``form``.
public enum Client: String, CaseIterable, Sendable {
  case claudeCode = "claude-code"
  case claudeDesktop = "claude-desktop"
  case codex
  case cursor
  case vsCode = "vscode"
  case gemini

  /// For whom a configuration counts.
  public enum Scope: String, CaseIterable, Sendable {
    /// Whoever works in this folder.
    case project
    /// This user, everywhere.
    case user
  }

  /// A file of the user's: its path from where it begins.
  struct Place: Sendable {
    enum Start: Sendable {
      case project
      case home
      /// Where the system keeps what programs are configured by.
      case configuration
    }

    var start: Start
    var path: String
  }

  /// How a file names servers.
  enum Form: Sendable {
    /// JSON, servers as members of the object of that name.
    case json(String, isTyped: Bool)
    /// TOML, a table for each server below that one.
    case toml(String)
  }

  var places: [Scope: Place] {
    switch self {
    case .claudeCode:
      [.project: Place(start: .project, path: ".mcp.json"), .user: Place(start: .home, path: ".claude.json")]
    case .claudeDesktop: [.user: Place(start: .configuration, path: "Claude/claude_desktop_config.json")]
    case .codex: [.user: Place(start: .home, path: ".codex/config.toml")]
    case .cursor: both(".cursor/mcp.json")
    case .vsCode:
      [
        .project: Place(start: .project, path: ".vscode/mcp.json"),
        .user: Place(start: .configuration, path: "Code/User/mcp.json"),
      ]
    case .gemini: both(".gemini/settings.json")
    }
  }

  private func both(_ path: String) -> [Scope: Place] {
    [.project: Place(start: .project, path: path), .user: Place(start: .home, path: path)]
  }

  var form: Form {
    switch self {
    case .claudeCode, .claudeDesktop, .cursor, .gemini: .json("mcpServers", isTyped: false)
    case .vsCode: .json("servers", isTyped: true)
    case .codex: .toml("mcp_servers")
    }
  }

  /// The scope that is meant when none is named: the project where the client has such a file, for a store belongs to one.
  public var usualScope: Scope { places[.project] == nil ? .user : .project }

  /// The scopes that this client has a file for.
  public var scopes: [Scope] { Scope.allCases.filter { places[$0] != nil } }
}

/// The folders that configuration files lie in.
public struct ClientFolders: Sendable {
  /// The project's folder.
  public var project: String
  /// The user's home.
  public var home: String
  /// Where programs keep their configuration.
  public var configuration: String
  /// Codex's own folder, if it was moved.
  public var codex: String?

  /// Reads them of the environment.
  ///
  /// - Parameters:
  ///   - project: The folder that the user stands in.
  ///   - environment: Environment variables; `HOME` among them.
  ///   - isApple: Whether the system keeps configuration where Apple's do.
  public init(project: String, environment: [String: String], isApple: Bool) {
    func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    self.project = project
    home = given("HOME") ?? "/"
    configuration =
      isApple ? "\(home)/Library/Application Support" : given("XDG_CONFIG_HOME") ?? "\(home)/.config"
    codex = given("CODEX_HOME")
  }

  /// The file of a client's, or nil when it has none for that scope.
  public func file(of client: Client, _ scope: Client.Scope) -> String? {
    guard let place = client.places[scope] else { return nil }
    if client == .codex, let codex { return "\(codex)/config.toml" }
    switch place.start {
    case .project: return "\(project)/\(place.path)"
    case .home: return "\(home)/\(place.path)"
    case .configuration: return "\(configuration)/\(place.path)"
    }
  }
}

/// How a client is told to start the server.
public struct ServerEntry: Sendable {
  /// The name that the client knows it by.
  public var name: String
  /// The program.
  public var command: String
  /// Its arguments.
  public var arguments: [String]

  /// An entry from its parts.
  public init(name: String, command: String, arguments: [String]) {
    self.name = name
    self.command = command
    self.arguments = arguments
  }

  /// The same as a client's file has it.
  func json(isTyped: Bool) -> JSON {
    let members: [JSON.Member] = isTyped ? [JSON.Member("type", "stdio")] : []
    return .object(
      members + [
        JSON.Member("command", .string(command)), JSON.Member("args", .array(arguments.map(JSON.string))),
      ])
  }

  /// The same as a table. JSON's strings are TOML's.
  func toml(in table: String) -> String {
    func list(_ words: [String]) -> String { "[\(words.map { JSON.string($0).text }.joined(separator: ", "))]" }
    return """
      [\(table).\(name)]
      command = \(JSON.string(command).text)
      args = \(list(arguments))
      env_vars = \(list(CodexPlugin.variables))

      """
  }

  /// A whole file that holds nothing else.
  public func file(for client: Client) -> String {
    switch client.form {
    case .json(let member, let isTyped):
      JSON.object([JSON.Member(member, .object([JSON.Member(name, json(isTyped: isTyped))]))]).prettyText() + "\n"
    case .toml(let table): toml(in: table)
    }
  }
}
