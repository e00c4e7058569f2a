import JSONText

/// `manifest.json` of a bundle (MCPB 0.3), for Claude Desktop and others.
enum MCPBundle {
  static let manifests = [Manifest("manifest.json") { bundle($0) }]

  private static func bundle(_ facts: PluginFacts) -> JSON {
    let settings = PluginSetting.all
    let command = "bin/\(facts.name)"
    return [
      "manifest_version": "0.3", "name": .string(facts.name), "display_name": .string(facts.title),
      "version": .string(facts.version), "description": .string(facts.description),
      "long_description": .string(facts.longDescription), "author": ["name": .string(facts.author)],
      "server": [
        "type": "binary", "entry_point": .string(command),
        "mcp_config": [
          "command": .string("${__dirname}/\(command)"), "args": ["serve"], "env": placeholders(settings),
        ],
      ],
      "tools": .array(
        facts.tools.map { ["name": .string($0.name), "description": .string($0.description)] }),
      "prompts": .array(
        facts.prompts.map { prompt in
          [
            "name": .string(prompt.name), "description": .string(prompt.description),
            "arguments": .array(prompt.arguments.map(JSON.string)), "text": .string(prompt.text ?? ""),
          ]
        }),
      "keywords": .array(facts.keywords.map(JSON.string)), "license": .string(facts.license),
      "compatibility": ["platforms": ["darwin", "linux"]], "user_config": options(settings),
    ]
  }

  /// Each setting's variable, to be filled in by the host.
  static func placeholders(_ settings: [PluginSetting]) -> JSON {
    .object(settings.map { JSON.Member($0.ownVariable, .string("${user_config.\($0.key)}")) })
  }

  /// What the host asks people for.
  static func options(_ settings: [PluginSetting]) -> JSON {
    .object(
      settings.map { setting in
        var option: JSON = [
          "type": "string", "title": .string(setting.title), "description": .string(setting.description),
          "required": false,
        ]
        if setting.isSecret { option["sensitive"] = true }
        return JSON.Member(setting.key, option)
      })
  }
}
