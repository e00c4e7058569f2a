import JSONText

/// A file that tells a host of this plugin. All are made from ``PluginFacts``; none is written by hand.
public struct Manifest: Sendable {
  /// Where it belongs, from the plugin's root.
  public let path: String
  private let make: @Sendable (PluginFacts) -> JSON

  init(_ path: String, _ make: @escaping @Sendable (PluginFacts) -> JSON) {
    self.path = path
    self.make = make
  }

  /// The whole file.
  public func text(_ facts: PluginFacts) -> String { make(facts).prettyText() + "\n" }

  /// Every manifest there is: the one list.
  public static let all: [Manifest] =
    MCPBundle.manifests + ClaudeCodePlugin.manifests + AgentPlugin.manifests + CodexPlugin.manifests
    + CursorPlugin.manifests + GeminiExtension.manifests
}

extension PluginFacts {
  /// What most formats ask for, under the same names in all of them.
  var identity: [JSON.Member] {
    [
      JSON.Member("name", .string(name)), JSON.Member("version", .string(version)),
      JSON.Member("description", .string(description)), JSON.Member("author", ["name": .string(author)]),
      JSON.Member("license", .string(license)), JSON.Member("keywords", .array(keywords.map(JSON.string))),
    ]
  }

  /// What a host starts where nothing was built or unpacked for it: it finds the program and becomes it.
  var launcher: String { "scripts/launch" }
}
