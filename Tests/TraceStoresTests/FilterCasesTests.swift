import Foundation
import JSONText
import LensTestSupport
import Testing
import TraceModel
import TraceQuery
import TraceStores

/// 680 filters whose verdicts, kinds of mistake and matches were taken from MLflow 3.18 itself.
@Suite("Filters are read and answered as MLflow does")
struct FilterCasesTests {
  struct Case {
    var filter: String
    var matches: Set<String>?
    var category: String?
  }

  private let cases: [Case]
  private let fixture: FilterFixture

  init() throws {
    fixture = try FilterFixture()
    cases = try FilterFixture.json("cases.json").elements.map { record in
      Case(
        filter: record["filter"]?.string ?? "",
        matches: record["matches"].map { Set($0.elements.compactMap(\.string)) },
        category: record["error_category"]?.string)
    }
    #expect(cases.count == 680)
  }

  /// How MLflow's tokenizer cuts up what it does not understand decides between these; nobody can act on the difference.
  private static let alike: Set<String> = [
    "invalid_clause", "invalid_comparison", "string_value_expected", "empty_span_attribute",
  ]

  @Test func verdictsAndKindsOfMistake() {
    for example in cases {
      do throws(FilterError) {
        _ = try TraceFilter(example.filter)
        #expect(example.category == nil, "\(example.filter) is valid to us, \(example.category ?? "") to MLflow")
      } catch {
        let (ours, theirs) = (error.category.rawValue, example.category ?? "valid")
        let isAlike = ours == theirs || (Self.alike.contains(ours) && Self.alike.contains(theirs))
        #expect(isAlike, "\(example.filter): \(error), and to MLflow \(theirs)")
        #expect((0...example.filter.unicodeScalars.count).contains(error.offset))
      }
    }
  }

  @Test func matchesInADatabase() async throws { try await check(fixture.database) { _ in false } }

  /// A database takes é for another text than e with an accent.
  @Test func textsAreTheSameByteByByte() async throws {
    let record = #"{"trace_id":"tr-1","request_time":"2026-11-16T09:00:00Z","tags":{"word":"caf\u00e9"}}"#
    let info = try TraceInfo(record: try JSONDocument(record).root)
    for (filter, count) in [
      ("tag.word = 'caf\u{e9}'", 1), ("tag.word = 'cafe\u{301}'", 0), ("tag.word != 'cafe\u{301}'", 1),
    ] {
      let query = TraceQuery(filter: try TraceFilter(filter))
      #expect(try query.page(of: [info]) { _ in false }.totalCount == count, "\(filter)")
    }
  }

  /// Files know no links from traces to runs and prompts.
  @Test func matchesInFiles() async throws {
    try await check(fixture.files) { $0.contains("run-bbb") || $0.contains("greet/2") }
  }

  private func check(_ store: any TraceStore, except: (String) -> Bool) async throws {
    var count = 0
    for example in cases {
      guard let matches = example.matches, !except(example.filter), let filter = try? TraceFilter(example.filter) else {
        continue
      }
      count += 1
      let page = try await store.search(TraceQuery(experimentIDs: ["1"], filter: filter, limit: 100))
      let found = Set(page.infos.map { fixture.aliases[$0.id.rawValue] ?? $0.id.rawValue })
      #expect(found == matches, "\(example.filter)")
      #expect(page.totalCount == matches.count)
    }
    #expect(count > 440)
  }
}
