import Foundation
import JSONText
import LensTestSupport
import MCP
import Testing
import TraceModel
import TraceQuery
import TraceStores

@testable import LensTools

/// The traces of the sample store as exported files, in a folder of their own.
final class ExportedSample: Sendable {
  let folder: URL

  init() async throws {
    folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = SQLiteStore(
      path: PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path,
      location: StoreLocation(uri: "sqlite:///Samples/mlflow.db", reason: "test"))
    let ids = try await store.search(TraceQuery(limit: 100)).infos.map(\.id)
    let traces = try await store.traces(ids)
    // One in a file of its own, the rest as lines of one.
    try Data(TraceExport.json(traces[0])).write(to: folder.appendingPathComponent("one.json"))
    let lines = traces.dropFirst().map { String(decoding: TraceExport.json($0), as: UTF8.self) }
    try Data(lines.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("rest.jsonl"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

@Suite("Every store answers the same question with the same answer")
struct ConformanceTests {
  private static let questions: [(String, JSON)] = [
    ("search_traces", [:]), ("search_traces", ["status": "ERROR"]), ("search_traces", ["session_id": "chat-refund-42"]),
    ("search_traces", ["user_id": "u-ana", "order_by": "execution_time_ms DESC"]),
    ("search_traces", ["has_error_spans": true]),
    ("search_traces", ["min_duration_ms": 1_000, "order_by": "name, status DESC"]),
    ("search_traces", ["since": "2026-11-16T09:02:00Z", "until": "2026-11-16T09:04:00Z", "max_results": 2]),
    ("search_traces", ["columns": ["start", "state", "tokens", "session", "experiment", "output", "tag.release"]]),
    ("search_traces", ["columns": ["none"]]), ("search_traces", ["group_by": "session"]),
    ("search_traces", ["group_by": "name", "max_results": 2]),
    ("search_traces", ["group_by": "user", "status": "OK"]), ("search_traces", ["group_by": "tag.release"]),
    ("search_traces", ["group_by": "metadata.mlflow.trace.user", "filter": "status = 'OK'"]),
    ("search_traces", ["group_by": "hour"]), ("search_traces", ["group_by": "status"]),
    ("search_traces", ["text": "4712"]), ("search_traces", ["text": "nobody said this"]),
    ("search_traces", ["failed_assessment": "any"]), ("search_traces", ["failed_assessment": "correctness"]),
    ("search_traces", ["filter": "span.type = 'TOOL' AND span.status = 'ERROR'", "text": "Norway"]),
    ("search_traces", ["filter": "trace.text LIKE '%refund%' AND status = 'ERROR'"]),
    ("search_traces", ["filter": "feedback.correctness = 'no' AND tag.release IS NULL"]),
    ("search_traces", ["filter": "span.attributes.question RLIKE 'Nor[a-z]+'"]),
    ("analyze_session", ["session_id": "chat-refund-42"]),
    ("inspect_turn", ["session_id": "chat-refund-42", "turn": 3]),
    ("discover_schema", ["session_id": "chat-refund-42"]), ("search_traces", ["session_id": "none"]),
  ]

  /// Exported files do not know the names of experiments; everything else has to be the same.
  private func withoutExperimentNames(_ text: String) -> String {
    ["(shop-assistant)", "(otel-apps)", "(exported)"].reduce(text) { text, name in
      text.replacingOccurrences(of: name, with: "")
    }
    .split(separator: "\n").filter { !$0.hasPrefix("experiments here") }.joined(separator: "\n")
  }

  @Test func exportedFilesAnswerAsTheDatabase() async throws {
    let exported = try await ExportedSample()
    let database = try SampleTools()
    let files = try SampleTools(uri: exported.folder.path)
    var questions = Self.questions
    for name in ["healthy_agent", "failing_agent", "swallowed_error", "openinference", "genai"] {
      questions += [
        ("get_trace", ["trace_id": database.trace(name)]), ("inspect_turn", ["trace_id": database.trace(name)]),
      ]
      questions.append(("get_trace", ["trace_id": database.trace(name), "raw": true, "max_chars": 200_000]))
    }
    for (tool, arguments) in questions {
      let expected = await database.call(tool, arguments).plainText
      let answer = await files.call(tool, arguments).plainText
      if withoutExperimentNames(answer) != withoutExperimentNames(expected) {
        Issue.record("\(tool) \(arguments.text)\n\(LineDiff.describe(expected: expected, actual: answer))")
      }
    }
  }

  @Test func aBrokenFileIsNamedAndTheOthersAreServed() async throws {
    let exported = try await ExportedSample()
    try Data("{\"info\": ".utf8).write(to: exported.folder.appendingPathComponent("broken.json"))
    let store = ExportedFiles(path: exported.folder.path, location: StoreLocation(uri: "folder", reason: "test"))
    let summary = try await store.summary()
    #expect(summary.traceCount == 10)
    #expect(summary.limitations.count == 1)
    #expect(summary.limitations.first?.hasPrefix("broken.json: not JSON at byte") == true)
    // A change is seen at the next question.
    try FileManager.default.removeItem(at: exported.folder.appendingPathComponent("rest.jsonl"))
    #expect(try await store.summary().traceCount == 1)
  }
}
