import JSONText

/// The plugin for Codex, and the repository as a marketplace of it.
enum CodexPlugin {
  static let manifests = [
    Manifest(".codex-plugin/plugin.json") { plugin($0) },
    Manifest(".codex-plugin/mcp.json") { servers($0) },
    Manifest(".agents/plugins/marketplace.json") { marketplace($0) },
  ]

  /// Codex hands a server only what it is told to of the user's environment.
  static let variables = [
    "MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_EXPERIMENT_NAME",
  ]

  private static func plugin(_ facts: PluginFacts) -> JSON {
    let interface: JSON = [
      "displayName": .string(facts.title), "shortDescription": .string(facts.description),
      "longDescription": .string(facts.longDescription), "developerName": .string(facts.author),
      "category": "Developer Tools", "capabilities": ["Read"],
      "defaultPrompt": ["Why did the last failed run of my LLM app go wrong?"],
    ]
    return .object(
      facts.identity + [
        JSON.Member("skills", "./skills/"), JSON.Member("mcpServers", "./.codex-plugin/mcp.json"),
        JSON.Member("interface", interface),
      ])
  }

  private static func servers(_ facts: PluginFacts) -> JSON {
    let server: JSON = [
      "command": .string("./\(facts.launcher)"), "args": ["serve"], "env_vars": .array(variables.map(JSON.string)),
    ]
    return ["mcpServers": .object([JSON.Member(facts.name, server)])]
  }

  private static func marketplace(_ facts: PluginFacts) -> JSON {
    let entry: JSON = [
      "name": .string(facts.name), "source": ["source": "local", "path": "./"],
      "policy": ["installation": "AVAILABLE", "authentication": "ON_USE"], "category": "Developer Tools",
    ]
    return ["name": .string(facts.name), "interface": ["displayName": .string(facts.title)], "plugins": [entry]]
  }
}
