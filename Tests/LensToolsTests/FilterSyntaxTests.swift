import JSONText
import MCP
import Testing
import TraceQuery

@testable import LensTools

@Suite("What the page on filters says is so") struct FilterSyntaxTests {
  @Test func theExamplesAreFilters() throws {
    let blocks = FilterSyntax.text.split(separator: "```")
    let examples = try #require(blocks.last { $0.hasPrefix("sql\n") }).split(separator: "\n").dropFirst()
    #expect(examples.count >= 5)
    for example in examples { _ = try TraceFilter(String(example)) }
  }

  /// Every key of the table with every comparator beside it.
  @Test func theTableIsTrue() throws {
    var count = 0
    for row in FilterSyntax.text.split(separator: "\n") where row.hasPrefix("| `") {
      let cells = row.split(separator: "|").map { $0.split(separator: "`").map { String($0) } }
      let keys = cells[0].filter { !$0.allSatisfy { " ,".contains($0) } }
      let comparators = cells[1].filter { !$0.allSatisfy { $0 == " " } }
      for key in keys {
        for comparator in comparators {
          let name = key.replacing("<key>", with: "k").replacing("<name>", with: "n")
          let isNumber = name.hasSuffix("_ms") || (name.contains(".n") && comparators.contains(">="))
          let value =
            comparator.hasPrefix("IS") ? "" : comparator.hasSuffix("IN") ? "('a', 'b')" : isNumber ? "5" : "'a/1'"
          _ = try TraceFilter("\(name) \(comparator) \(value)")
          count += 1
        }
      }
    }
    #expect(count > 60)
  }
}
