import Foundation
import JSONText
import LensTestSupport
import MCP
import Testing

@Suite("Suspects are shown at length, more of them where there is room") struct StepListTests {
  private func longLines(maxChars: Int64) async throws -> Int {
    var trace = MadeTrace()
    let root = trace.add("team", type: "AGENT", to: 1_000, inputs: "Find the year", outputs: "1999")
    for number in 1...24 {
      let place = Int64(number)
      let words = (1...120).map { "word\($0 * number)" }.joined(separator: " ")
      _ = trace.add(
        "expert_\(number % 3)", type: "AGENT", parent: root, from: place * 10, to: place * 10 + 9,
        outputs: .string("Step \(number): \(words)"))
    }
    let result = try await trace.tools().call("inspect_turn", ["trace_id": "tr-made", "max_chars": .int(maxChars)])
    #expect(!result.isError)
    let lines = result.plainText.split(separator: "\n")
    return lines.count { $0.hasPrefix("s") && $0.contains("expert") && $0.utf8.count > 600 }
  }

  @Test func moreRoomMoreSteps() async throws {
    let usual = try await longLines(maxChars: 8_000)
    let double = try await longLines(maxChars: 16_000)
    let whole = try await longLines(maxChars: 60_000)
    #expect(usual == 6)
    #expect((12...18).contains(double))
    #expect(whole == 24)
  }
}
