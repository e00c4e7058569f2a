import ArgumentParser
import LensTools
import Logging
import MCP
import TraceStores

/// Speaks MCP on stdin and stdout until stdin ends.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the tools over MCP (JSON-RPC on stdin and stdout).",
    discussion: "Messages are one line of JSON each. Logs go to stderr. Ends when stdin does.")

  @OptionGroup var options: GlobalOptions

  func run() async throws { try await Self.serve(options.settings) }

  /// Serves the five tools on the standard streams.
  ///
  /// - Throws: when the standard streams are closed.
  static func serve(_ settings: Settings) async throws {
    let info = ServerInfo(name: "mlflow-lens", title: "MLflow traces", version: Version.current)
    let logger = settings.logger
    let server = Server(
      info: info, instructions: AllTools.instructions, tools: AllTools.tools(context: settings.context(face: .server)),
      logger: logger)
    let location = settings.locator.location
    logger.info("serving", metadata: ["store": "\(location.uri)", "why": "\(location.reason)"])
    await server.run(over: try StdioTransport.takeStandardStreams())
  }
}
