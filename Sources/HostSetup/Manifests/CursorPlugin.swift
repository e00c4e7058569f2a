import JSONText

/// The plugin for Cursor, and the repository as a marketplace of it.
enum CursorPlugin {
  static let manifests = [
    Manifest(".cursor-plugin/plugin.json") { plugin($0) },
    Manifest(".cursor-plugin/marketplace.json") { marketplace($0) },
  ]

  private static func plugin(_ facts: PluginFacts) -> JSON {
    .object(
      facts.identity + [
        JSON.Member("displayName", .string(facts.title)), JSON.Member("skills", "./skills/"),
        JSON.Member("mcpServers", "./mcp.json"),
      ])
  }

  private static func marketplace(_ facts: PluginFacts) -> JSON {
    let entry: JSON = ["name": .string(facts.name), "source": "./", "description": .string(facts.description)]
    return [
      "name": .string(facts.name), "owner": ["name": .string(facts.author)],
      "metadata": ["description": .string(facts.description)], "plugins": [entry],
    ]
  }
}
