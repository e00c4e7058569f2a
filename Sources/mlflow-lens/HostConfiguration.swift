import JSONText
import LensTools

/// Configuration that makes an assistant start this server, in the form of each host.
enum HostConfiguration: String, CaseIterable {
  case claudeCode = "claude-code"
  case codex
  case cursor
  case vsCode = "vscode"
  case gemini

  /// Where the text belongs, for people.
  ///
  /// - Parameters:
  ///   - command: The path of this program.
  ///   - arguments: What it is started with.
  func advice(command: String, arguments: [String]) -> String {
    switch self {
    case .claudeCode:
      "for .mcp.json of the project; or run there: claude mcp add mlflow-lens -- "
        + ([command] + arguments).map { ShellWord.quoted($0) }.joined(separator: " ")
    case .codex: "for ~/.codex/config.toml"
    case .cursor: "for .cursor/mcp.json of the project, or ~/.cursor/mcp.json"
    case .vsCode: "for .vscode/mcp.json of the project"
    case .gemini: "for .gemini/settings.json of the project, or ~/.gemini/settings.json"
    }
  }

  /// The text, as it stands in a file of the host's.
  func text(command: String, arguments: [String]) -> String {
    let list = arguments.map { JSON.string($0) }
    switch self {
    case .claudeCode, .cursor, .gemini:
      return Self.pretty(["mcpServers": ["mlflow-lens": ["command": .string(command), "args": .array(list)]]])
    case .vsCode:
      let server: JSON = ["type": "stdio", "command": .string(command), "args": .array(list)]
      return Self.pretty(["servers": ["mlflow-lens": server]])
    case .codex:
      return """
        [mcp_servers.mlflow-lens]
        command = \(JSON.string(command).text)
        args = [\(list.map(\.text).joined(separator: ", "))]
        """
    }
  }

  /// JSON for people, each member on a line of its own.
  private static func pretty(_ json: JSON, indent: String = "") -> String {
    guard case .object(let members) = json else { return json.text }
    let inner = indent + "  "
    let lines = members.map { "\(inner)\(JSON.string($0.key).text): \(pretty($0.value, indent: inner))" }
    return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
  }
}
