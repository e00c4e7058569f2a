import Foundation
import JSONText
import LensTestSupport
import Logging
import MCP
import Testing
import TraceModel
import TraceStores

@testable import LensTools

@Suite("A further tool is one file and one line") struct SixthToolTests {
  /// The line.
  private static let types = AllTools.types + [CountSpans.self]

  @Test func itIsListedAndAnswers() async throws {
    let locator = StoreLocator(
      option: "sqlite:///Samples/mlflow.db", environment: [:], workingDirectory: PackageRoot.url.path)
    let context = LensContext(
      locator: locator, environment: [:], face: .server, revealsSecrets: false,
      now: { Timestamp(milliseconds: 1_794_820_000_000) })
    let server = Server(
      info: ServerInfo(name: "six", title: "Six", version: "1"), instructions: "",
      tools: AllTools.tools(Self.types, context: context),
      logger: Logger(label: "six") { _ in SwiftLogNoOpLogHandler() })
    let player = TranscriptPlayer(
      .inProcess { input, output in await server.run(reading: input, writing: output) },
      substitutions: try SampleManifest.substitutions())
    let transcript = try Transcript(
      """
      {"send": {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}}
      {"expect": {"id":1}}
      {"send": {"jsonrpc":"2.0","id":2,"method":"tools/list"}}
      {"expect": {"id":2,"result":{"tools":[{},{},{},{},{},{"name":"count_spans","inputSchema":{"required":["trace_id"]}}]}}}
      {"send": {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"count_spans","arguments":{"trace_id":"${TRACE:healthy_agent}"}}}}
      {"expect": {"id":3,"result":{"content":[{"text":{"$contains":" spans in ${TRACE:healthy_agent}"}}]}}}
      {"send": {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"count_spans","arguments":{"trace":"x"}}}}
      {"expect": {"id":4,"result":{"isError":true,"content":[{"text":{"$contains":"trace_id"}}]}}}
      """, substitutions: try SampleManifest.substitutions())
    #expect(try await player.play(transcript) == [])
  }
}
