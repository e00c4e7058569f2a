import JSONText

/// The open format (Agent Plugins 1.0.0), which several hosts read: `plugin.json` and `mcp.json` at the root.
enum AgentPlugin {
  static let manifests = [
    Manifest("plugin.json") { plugin($0) },
    Manifest("mcp.json") { servers($0) },
  ]

  private static let schemas = "https://agent-plugins.org/schemas/1.0.0"

  private static func plugin(_ facts: PluginFacts) -> JSON {
    .object([JSON.Member("$schema", .string("\(schemas)/plugin.schema.json"))] + facts.identity)
  }

  /// The format asks people for nothing: the server reads the variables that it is started with.
  private static func servers(_ facts: PluginFacts) -> JSON {
    let server: JSON = ["type": "stdio", "command": .string("./\(facts.launcher)"), "args": ["serve"]]
    return [
      "$schema": .string("\(schemas)/mcp.schema.json"), "mcpServers": .object([JSON.Member(facts.name, server)]),
    ]
  }
}
