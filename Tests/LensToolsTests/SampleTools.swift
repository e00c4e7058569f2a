import Foundation
import JSONText
import LensTestSupport
import LensTools
import MCP
import TraceModel
import TraceStores

/// The tools on the bundled sample store, with a clock that stands still.
struct SampleTools {
  let manifest: [String: String]
  private let tools: [Tool]

  init(uri: String? = nil, face: LensContext.Face = .server, revealsSecrets: Bool = false) throws {
    manifest = try SampleManifest.substitutions()
    let locator = StoreLocator(
      option: uri ?? "sqlite:///Samples/mlflow.db", environment: [:], workingDirectory: PackageRoot.url.path)
    tools = AllTools.tools(
      context: LensContext(
        locator: locator, environment: [:], face: face, revealsSecrets: revealsSecrets,
        now: { Timestamp(milliseconds: 1_794_820_000_000) }))
  }

  var definitions: [ToolDefinition] { tools.map(\.definition) }

  func call(_ name: String, _ arguments: JSON) async -> ToolResult {
    guard let tool = tools.first(where: { $0.definition.name == name }) else { return .failure("no tool \(name)") }
    return await tool.call(arguments)
  }

  func trace(_ name: String) -> JSON { .string(manifest["TRACE:\(name)"] ?? "no such case: \(name)") }
}
