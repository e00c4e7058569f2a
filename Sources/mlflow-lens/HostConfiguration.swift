public import ArgumentParser
public import HostSetup
import LensTools

extension Client: ExpressibleByArgument {}
extension Client.Scope: ExpressibleByArgument {}

extension Client {
  /// Where the printed text belongs, for people.
  ///
  /// - Parameter server: How the server is started.
  func advice(_ server: ServerEntry) -> String {
    switch self {
    case .claudeCode:
      "for .mcp.json of the project; or run there: claude mcp add mlflow-lens -- "
        + ([server.command] + server.arguments).map { ShellWord.quoted($0) }.joined(separator: " ")
    case .claudeDesktop: "for claude_desktop_config.json (Settings, Developer, Edit Config)"
    case .codex: "for ~/.codex/config.toml"
    case .cursor: "for .cursor/mcp.json of the project, or ~/.cursor/mcp.json"
    case .vsCode: "for .vscode/mcp.json of the project"
    case .gemini: "for .gemini/settings.json of the project, or ~/.gemini/settings.json"
    }
  }
}

extension Settings {
  /// How a client starts a server with these settings.
  var serverEntry: ServerEntry {
    ServerEntry(name: "mlflow-lens", command: ExecutablePath.current, arguments: serverArguments)
  }

  /// What is said when the store's address is not written down.
  static let secretNotice =
    "The store's address holds a password and is left out: set MLFLOW_TRACKING_URI for the server.\n"
}
