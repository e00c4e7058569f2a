import JSONText

/// `gemini-extension.json`, for the Gemini CLI.
enum GeminiExtension {
  static let manifests = [Manifest("gemini-extension.json") { extensionFile($0) }]

  private static func extensionFile(_ facts: PluginFacts) -> JSON {
    let path = (["${extensionPath}"] + facts.launcher.split(separator: "/").map(String.init)).joined(separator: "${/}")
    // Only declared settings reach the server, each under its own name and only when it was given.
    let settings = PluginSetting.all.map { setting -> JSON in
      [
        "name": .string(setting.title), "description": .string(setting.description),
        "envVar": .string(setting.variable), "sensitive": .bool(setting.isSecret),
      ]
    }
    return [
      "name": .string(facts.name), "version": .string(facts.version), "description": .string(facts.description),
      "mcpServers": .object([JSON.Member(facts.name, ["command": .string(path), "args": ["serve"]])]),
      "settings": .array(settings),
    ]
  }
}
