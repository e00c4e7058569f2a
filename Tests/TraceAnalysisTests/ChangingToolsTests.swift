import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Tools that change something are told by the records, whatever they are called") struct ChangingToolsTests {
  /// Calls of tools, one after the other: name, arguments, what came back.
  private func signs(_ calls: [(name: String, arguments: String, result: String)]) throws -> [String: ChangingTools
    .Sign]
  {
    var spans = [try TraceFixture.span(1, name: "chat", end: 1_000)]
    for (place, call) in calls.enumerated() {
      spans.append(
        try TraceFixture.span(
          UInt64(place + 2), parent: 1, name: call.name, start: Int64(place + 1),
          attributes: [
            "mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": call.arguments, "mlflow.spanOutputs": call.result,
          ]))
    }
    return ChangingTools(TraceFacts(TraceFixture.trace(spans)).toolUses).signs
  }

  private let pending = #"{"id": "W-17", "status": "pending", "total": 30, "city": "Ulm"}"#
  private let gone = #"{"id": "W-17", "status": "cancelled", "total": 30, "city": "Ulm"}"#

  @Test func whatGivesARecordBackInAnotherStateHasChangedIt() throws {
    let signs = try signs([
      ("lesen", #"{"order": "W-17"}"#, pending), ("stornieren", #"{"order": "W-17"}"#, gone),
      ("lesen", #"{"order": "W-17"}"#, gone),
    ])
    #expect(signs == ["stornieren": .changes])
  }

  @Test func whoWasCalledBetweenTwoReadingsHasChangedTheRecord() throws {
    let signs = try signs([
      ("lesen", #"{"order": "W-17"}"#, pending), ("stornieren", #"{"order": "W-17"}"#, #""ok""#),
      ("lesen", #"{"order": "W-17"}"#, gone),
    ])
    #expect(signs == ["stornieren": .changes])
  }

  @Test func aFailedCallWithMoreThanANameActsOnWhatWasRead() throws {
    let signs = try signs([
      ("lesen", #"{"order": "W-17"}"#, pending),
      ("aendern", #"{"order": "W-17", "items": ["a", "b"]}"#, #""Error: not available""#),
    ])
    #expect(signs == ["aendern": .acts])
  }

  @Test(arguments: [
    // Read again while something else went on.
    [
      ("lesen", #"{"job": "J-1"}"#, #"{"id": "J-1", "state": "runs", "a": 1, "b": 2}"#),
      ("lesen", #"{"job": "J-1"}"#, #"{"id": "J-1", "state": "done", "a": 1, "b": 2}"#),
    ],
    // Another view of the same thing.
    [
      ("lesen", #"{"order": "W-17"}"#, #"{"id": "W-17", "status": "pending", "total": 30, "city": "Ulm"}"#),
      ("versand", #"{"order": "W-17"}"#, #"{"id": "W-17", "carrier": "x", "eta": "soon"}"#),
    ],
    // A search among a customer's things.
    [
      ("kunde", #"{"user": "u-5"}"#, #"{"id": "u-5", "name": "A", "city": "Ulm"}"#),
      ("suche", #"{"user": "u-5", "text": "blue shoes"}"#, #"[{"id": "W-17"}]"#),
    ],
    // The name says that it reads.
    [
      ("lesen", #"{"order": "W-17"}"#, #"{"id": "W-17", "status": "pending", "total": 30, "city": "Ulm"}"#),
      ("check_stock", #"{"order": "W-17", "items": ["a"]}"#, #"{"ok": true}"#),
    ],
  ])
  func readingChangesNothing(_ calls: [(String, String, String)]) throws {
    #expect(try signs(calls.map { (name: $0.0, arguments: $0.1, result: $0.2) }).isEmpty)
  }
}
