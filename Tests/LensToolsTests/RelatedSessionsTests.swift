import Foundation
import JSONText
import MCP
import Testing

@Suite("Sessions that belong together by their ids are told of") struct RelatedSessionsTests {
  /// The answer about one session of a store of exported traces, one for each id.
  private func answer(_ session: String, among ids: [String]) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("related-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, id) in ids.enumerated() {
      let trace: JSON = [
        "info": [
          "trace_id": .string("tr-\(String(repeating: "0", count: 31))\(number)"),
          "request_time": .string("2026-11-16T08:00:0\(number)Z"), "state": "OK", "execution_duration": "1s",
          "trace_location": ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "1"]],
          "trace_metadata": ["mlflow.trace.session": .string(id)], "tags": [:],
        ],
        "data": ["spans": []],
      ]
      try Data(trace.bytes).write(to: folder.appendingPathComponent("\(number).json"))
    }
    return await (try SampleTools(uri: folder.path)).call("analyze_session", ["session_id": .string(session)]).plainText
  }

  @Test func nestedAndBeside() async throws {
    let ids = ["user/1", "user/1/chat/2", "user/1/chat/3", "user/12/chat/2"]
    #expect(try await answer("user/1/chat/2", among: ids).contains("beside it under 'user/1/chat': 'user/1/chat/3'"))
    let parent = try await answer("user/1", among: ids)
    #expect(parent.contains("nested in it: 'user/1/chat/2', 'user/1/chat/3'"))
    #expect(!parent.contains("nested in it: 'user/12"))
    #expect(try await answer("run:7", among: ["run", "run:7"]).contains("it is nested in 'run'"))
  }

  @Test func othersAreNotTold() async throws {
    #expect(try await !answer("chat-1", among: ["chat-1", "chat-10", "chat-2"]).contains("by their ids"))
    #expect(try await !answer("a/1", among: ["a/1", "b/1"]).contains("by their ids"))
    #expect(try await !answer("it's/1", among: ["it's/1", "it's/2"]).contains("by their ids"))
  }
}
