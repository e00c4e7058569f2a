import Foundation
import LensTestSupport
import JSONText
import MCP
import Testing
import TraceModel

/// Recorded numbers are whatever an app wrote: none of them may end the server, or come out as its opposite.
@Suite("Numbers at the limits are answered") struct ExtremeNumbersTests {
  private static let numbers: [Int64] = [.min, -1, 0, 1_794_819_600_000_000_000, .max]

  /// A session of two turns, each of two spans, in MLflow's export format.
  private func export(first: Int64, last: Int64) -> [String] {
    [first, last].enumerated().map { turn, time in
      let usage = "{\"input_tokens\": \(first), \"output_tokens\": \(last)}"
      let attributes: JSON = ["mlflow.chat.tokenUsage": .string(usage), "mlflow.spanType": "\"LLM\""]
      func span(_ id: String, parent: JSON, _ start: Int64, _ end: Int64) -> JSON {
        [
          "span_id": .string(id), "parent_span_id": parent, "name": .string("step"),
          "start_time_unix_nano": .int(start), "end_time_unix_nano": .int(end),
          "status": ["code": "STATUS_CODE_OK", "message": ""], "attributes": attributes, "events": [], "links": [],
        ]
      }
      let info: JSON = [
        "trace_id": .string("tr-0000000000000000000000000000000\(turn)"),
        "trace_location": ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "1"]],
        "request_time": .int(time), "execution_duration_ms": .int(last), "state": "OK",
        "trace_metadata": ["mlflow.trace.session": "limits", "mlflow.trace.tokenUsage": .string(usage)], "tags": [:],
        "assessments": [],
      ]
      let spans: JSON = [
        span("0000000000000001", parent: .null, first, last),
        span("0000000000000002", parent: "0000000000000001", first, last),
        span("0000000000000003", parent: "0000000000000001", last, first),
      ]
      return JSON.object([JSON.Member("info", info), JSON.Member("data", ["spans": spans])]).text
    }
  }

  @Test(arguments: numbers, numbers)
  func isAnswered(first: Int64, last: Int64) async throws {
    let folder = TestFolder.root.appendingPathComponent("limits-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, text) in export(first: first, last: last).enumerated() {
      try Data(text.utf8).write(to: folder.appendingPathComponent("\(number).json"))
    }
    let tools = try SampleTools(uri: folder.path)
    let id: JSON = "tr-00000000000000000000000000000001"
    for format: JSON in ["text", "json"] {
      let questions: [(String, JSON)] = [
        ("search_traces", ["format": format]), ("search_traces", ["min_duration_ms": 1, "format": format]),
        ("get_trace", ["trace_id": id, "format": format]),
        ("get_trace", ["trace_id": id, "span_ids": ["s2"], "fields": ["attributes"], "format": format]),
        ("inspect_turn", ["trace_id": id, "format": format]), ("discover_schema", ["format": format]),
        ("analyze_session", ["session_id": "limits", "format": format]),
      ]
      for (tool, arguments) in questions {
        let answer = await tools.call(tool, arguments)
        #expect(!answer.isError, "\(tool) \(arguments.text): \(answer.plainText)")
      }
    }
  }
}
