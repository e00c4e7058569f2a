import ArgumentParser
import HostSetup
import LensTools
import MCP

/// Prints the files that tell hosts of this plugin, for `scripts/manifests`; nobody else needs it.
struct Manifests: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", abstract: "Print a manifest of the plugin, or the paths of all.", shouldDisplay: false)

  @Argument(help: "Path of the manifest, from the plugin's root.")
  var path: String?

  func run() async throws {
    guard let path else {
      try Console.answer(Manifest.all.map { $0.path + "\n" }.joined())
      return
    }
    guard let manifest = Manifest.all.first(where: { $0.path == path }) else {
      throw ValidationError(
        "There is no manifest '\(path)'. Manifests: \(Manifest.all.map(\.path).joined(separator: ", "))")
    }
    try Console.answer(manifest.text(try await Self.facts()))
  }

  /// What the program says of itself elsewhere.
  private static func facts() async throws -> PluginFacts {
    let context = Settings().context(face: .server)
    let names = AllTools.types.map { $0.name }
    var prompts: [PluginFacts.Offer] = []
    for prompt in AllTools.prompts(context: context, offering: names) {
      let arguments = prompt.arguments.map(\.name)
      let given = Dictionary(uniqueKeysWithValues: arguments.map { ($0, "${arguments.\($0)}") })
      let text = try await prompt.conversation(given).map { message in
        if case .text(let text) = message.content { text } else { "" }
      }.joined(separator: "\n\n")
      prompts.append(
        PluginFacts.Offer(name: prompt.name, description: prompt.description, arguments: arguments, text: text))
    }
    return PluginFacts(
      name: "mlflow-lens", title: "MLflow traces", version: Version.current,
      description: MLflowLens.configuration.abstract,
      longDescription: """
        Gives an assistant \(names.count) tools over the traces that MLflow recorded of an LLM app: find runs, read one, \
        learn how an app's data is shaped, see what went wrong in a run or a chat turn, and where a conversation went \
        wrong. Every answer is short, cites the steps it speaks of and names the next call. The store is opened read-only, \
        beside a running MLflow server if there is one.
        """,
      author: "mlflow-lens contributors", license: "Apache-2.0",
      keywords: ["mlflow", "traces", "observability", "debugging", "agents"],
      tools: AllTools.types.map { PluginFacts.Offer(name: $0.name, description: $0.summary.firstClause) },
      prompts: prompts)
  }
}

extension String {
  /// A summary up to where its details begin.
  var firstClause: String { prefix { $0 != "." && $0 != ":" } + "." }
}
