import ArgumentParser
import CMalloc
import HostSetup
import LensTools
import Logging
import MCP
import TraceStores

/// Speaks MCP on stdin and stdout until stdin ends.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the tools over MCP (JSON-RPC on stdin and stdout).",
    usage: "mlflow-lens serve [<options>]",
    discussion: """
      Messages are one line of JSON each. Logs go to stderr. Ends when stdin does.

      EXAMPLES:
        mlflow-lens serve --tracking-uri sqlite:////home/me/app/mlflow.db
        mlflow-lens serve --tools search_traces,inspect_turn
        mlflow-lens serve --print-config claude-code

      \(ExitStatus.help([.answered, .failed, .wrongUse]))
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "Offer only these tools, separated by commas.")
  var tools: String?

  @Option(
    help: ArgumentHelp(
      "Print what makes an assistant start this server, and end.",
      discussion: "With the other options as they are given here.", valueName: "host"))
  var printConfig: Client?

  func run() async throws {
    var settings = options.settings
    settings.tools = tools
    if let printConfig {
      _ = try Self.offered(tools)
      let entry = settings.serverEntry
      Console.write(printConfig.advice(entry) + "\n", to: .standardError)
      if settings.hasSecretURI { Console.write(Settings.secretNotice, to: .standardError) }
      try Console.answer(entry.file(for: printConfig))
    } else {
      try await Self.serve(settings)
    }
  }

  /// Serves the tools on the standard streams.
  ///
  /// - Throws: when the standard streams are closed, or a tool is asked for that there is not.
  static func serve(_ settings: Settings) async throws {
    let info = ServerInfo(name: "mlflow-lens", title: "MLflow traces", version: Version.current)
    let logger = settings.logger
    let context = settings.context(face: .server)
    let offered = try offered(settings.tools)
    let server = Server(
      info: info, instructions: AllTools.instructions(offering: offered),
      tools: AllTools.tools(context: context).filter { offered.contains($0.name) }, resources: AllTools.resources,
      resourceTemplates: AllTools.resourceTemplates(context: context),
      prompts: AllTools.prompts(context: context, offering: offered), logger: logger,
      whenQuiet: { lens_release_free_memory() })
    let location = settings.locator.location
    logger.info("serving", metadata: ["store": "\(location.uri)", "why": "\(location.reason)"])
    await server.run(over: try StdioTransport.takeStandardStreams())
  }

  /// The tools that were asked for, or all.
  static func offered(_ list: String?) throws -> [String] {
    let all = AllTools.types.map { $0.name }
    guard let list else { return all }
    let names = list.split(separator: ",").map { String($0.replacing(" ", with: "")) }
    if let stranger = names.first(where: { !all.contains($0) }) {
      let meant = nearest(stranger, among: all).map { "; did you mean \($0)?" } ?? "."
      throw ValidationError(
        "--tools: there is no tool '\(stranger.prefix(60))'\(meant) Tools: \(all.joined(separator: ", "))")
    }
    guard !names.isEmpty else { throw ValidationError("--tools names no tool. Tools: \(all.joined(separator: ", "))") }
    return all.filter { names.contains($0) }
  }
}
