import JSONText

/// The plugin for Claude Code, and the repository as its own marketplace.
enum ClaudeCodePlugin {
  static let manifests = [
    Manifest(".claude-plugin/plugin.json") { plugin($0) },
    Manifest(".claude-plugin/marketplace.json") { marketplace($0) },
  ]

  private static func plugin(_ facts: PluginFacts) -> JSON {
    let settings = PluginSetting.all
    // Inline: a file .mcp.json would be taken for a project's own when this repository is opened, without the root's variable.
    let server: JSON = [
      "command": .string("${CLAUDE_PLUGIN_ROOT}/\(facts.launcher)"), "args": ["serve"],
      "env": MCPBundle.placeholders(settings),
    ]
    return .object(
      facts.identity + [
        JSON.Member("displayName", .string(facts.title)),
        JSON.Member("mcpServers", .object([JSON.Member(facts.name, server)])),
        JSON.Member("userConfig", MCPBundle.options(settings)),
      ])
  }

  private static func marketplace(_ facts: PluginFacts) -> JSON {
    let entry: JSON = ["name": .string(facts.name), "source": "./", "description": .string(facts.description)]
    return ["name": .string(facts.name), "owner": ["name": .string(facts.author)], "plugins": [entry]]
  }
}
