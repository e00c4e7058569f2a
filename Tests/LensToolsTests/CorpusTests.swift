import Foundation
import JSONText
import LensTestSupport
import LensTools
import MCP
import Testing

/// The answers to recorded traces of every instrumentation, whole.
@Suite("Answers to the recorded traces are what was read")
struct CorpusTests {
  private static let folder = "Tests/LensToolsTests/Corpus"

  private static let names: JSONValue = {
    let data = try? Data(contentsOf: PackageRoot.url.appendingPathComponent("\(folder)/cases.json"))
    return (try? JSONDocument(Array(data ?? Data())))?.root ?? .null
  }()

  private static func keys(_ part: String) -> [String] { names[part]?.members.map(\.key) ?? [] }

  private let tools: SampleTools

  init() throws {
    tools = try SampleTools(uri: PackageRoot.url.appendingPathComponent("\(Self.folder)/Traces").path)
  }

  private func answer(_ tool: String, _ arguments: JSON) async -> String {
    let result = await tools.call(tool, arguments)
    #expect(!result.isError)
    #expect(result.plainText.utf8.count <= 8_000)
    return result.plainText
  }

  @Test func thereAreCases() { #expect(Self.keys("traces").count > 70 && Self.keys("sessions").count >= 10) }

  @Test(arguments: keys("traces"))
  func trace(_ name: String) async throws {
    let id = Self.names["traces"]?[name]?.string ?? ""
    for tool in ["get_trace", "inspect_turn"] {
      try Golden.check(
        await answer(tool, ["trace_id": .string(id)]), "\(tool)-\(name).txt", in: "\(Self.folder)/Answers")
    }
  }

  @Test(arguments: keys("sessions"))
  func session(_ name: String) async throws {
    let id = Self.names["sessions"]?[name]?.string ?? ""
    for tool in ["discover_schema", "analyze_session"] {
      try Golden.check(
        await answer(tool, ["session_id": .string(id)]), "\(tool)-\(name).txt", in: "\(Self.folder)/Answers")
    }
  }
}
