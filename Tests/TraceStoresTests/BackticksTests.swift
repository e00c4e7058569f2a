import Testing
import TraceModel

@testable import TraceQuery

/// A scalar that combines with what comes behind it (U+0600) or before it (U+0301) makes one character of itself and a backtick.
@Suite("Backticks around a key are told by scalars") struct BackticksTests {
  private static let keys = ["a b", "\u{600}", "\u{301}x", "x\u{200d}", "\u{600}, \u{600}"]

  @Test(arguments: keys) func ordersAreReadAsTheyAreWritten(_ key: String) throws {
    let order = try TraceOrder.parse("tag.`\(key)` DESC, metadata.`\(key)`")
    #expect(order == [TraceOrder(.tag(key), isDescending: true), TraceOrder(.metadata(key), isDescending: false)])
    #expect(order.map(\.key.text) == ["tag.`\(key)`", "metadata.`\(key)`"])
  }

  @Test(arguments: keys) func groupsAndFiltersToo(_ key: String) throws {
    #expect(try TraceGrouping("tag.`\(key)`") == .tag(key))
    let info = TraceInfo(
      id: TraceID("tr-1"), clientRequestID: nil, experimentID: "1", requestTime: Timestamp(nanoseconds: 0),
      executionDurationMs: nil, state: .ok, requestPreview: nil, responsePreview: nil, metadata: [:], tags: [key: "v"],
      assessments: [])
    let filter = try TraceFilter("tag.`\(key)` = 'v'")
    #expect(FilterPredicate(filter, over: [info]).holds(for: info) { [] })
  }

  @Test(arguments: ["``", "`", "a`", "x"]) func nothingStandsBetween(_ text: String) {
    #expect(Backticks.content(of: text) == nil)
  }
}

@Suite("What is wrong about an expression is told where it stands") struct ExpressionErrorTests {
  @Test(arguments: ["(*LIMIT_MATCH=1", "(a", "[", "a**(", "(*"])
  func theOffsetIsInTheExpression(_ text: String) throws {
    do throws(RegularExpression.Failure) {
      _ = try RegularExpression(text)
      Issue.record("it was read")
    } catch {
      guard case .unreadable(let words, let offset) = error else { throw error }
      #expect(!words.isEmpty && (0...text.utf8.count).contains(offset))
    }
  }
}
