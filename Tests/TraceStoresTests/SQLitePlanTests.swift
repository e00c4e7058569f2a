import Foundation
import LensTestSupport
import Testing
import TraceModel
import TraceQuery

@testable import TraceStores

@Suite("Searches in a database use its indexes, and answer the same by either way")
struct SQLitePlanTests {
  private static let sample = PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path

  private func plan(_ query: TraceQuery, _ sql: (SQLTraceQuery) -> String) throws -> [String] {
    let database = try Database(path: Self.sample)
    let built = try SQLTraceQuery(query, schema: Schema(database))
    return try database.prepare("EXPLAIN QUERY PLAN \(sql(built))").bind(built.values).rows { $0.text(3) ?? "" }
  }

  @Test(arguments: [
    "span.status = 'ERROR'", "span.type IN ('TOOL', 'LLM') AND span.name = 'x'", "tag.env = 'prod'", "tag.env IS NULL",
    "metadata.`mlflow.trace.user` != 'u'", "metadata.`mlflow.trace.session` = 's'", "request_id = 'tr-1'",
    "run_id = 'r'",
    "prompt = 'p/1'", "issue.id = 'i'", "timestamp_ms > 5",
  ])
  func nothingIsReadWholeThatHasAnIndex(_ text: String) throws {
    let query = TraceQuery(experimentIDs: ["1"], filter: try TraceFilter(text))
    let lines = try plan(query) { "SELECT COUNT(*) FROM trace_info t\($0.filter)" }
    // The subquery of assessments about issues has an index of its own kind.
    #expect(!lines.contains { $0.hasPrefix("SCAN") }, "\(lines)")
  }

  /// MLflow before 3.3 had no table of spans; a value bound to no place is an error to SQLite.
  @Test func aDatabaseWithoutSpansHasNoneThatMatch() throws {
    let schema = Schema(columns: ["trace_info": ["request_id"], "trace_tags": ["key"]])
    let queries = [
      TraceQuery(filter: try TraceFilter("span.name = 'x'")),
      TraceQuery(filter: try TraceFilter("trace.text LIKE '%x%'")),
      TraceQuery(conditions: [.containsText("x")]), TraceQuery(conditions: [.attribute("k", "v")]),
      TraceQuery(conditions: [.hasErrorSpans(true)]),
    ]
    for query in queries {
      let built = try SQLTraceQuery(query, schema: schema)
      let count = try Database(path: Self.sample).prepare("SELECT COUNT(*) FROM trace_info t\(built.filter)")
        .bind(built.filterValues).rows { $0.integer(0) }
      #expect(count == [0])
    }
  }

  @Test func aRareSpanIsOnePassAndNotAProbeForEachTrace() throws {
    let query = TraceQuery(filter: try TraceFilter("span.name = 'x'"))
    let lines = try plan(query) { "SELECT COUNT(*) FROM trace_info t\($0.filter)" }
    #expect(lines.contains { $0.hasPrefix("SCAN s") }, "\(lines)")
    #expect(!lines.contains { $0.contains("CORRELATED") }, "\(lines)")
  }

  @Test func aCommonSpanIsProbedTraceByTrace() throws {
    let query = TraceQuery(filter: try TraceFilter("span.name = 'x'"))
    let lines = try plan(query) { $0.probing(200) }
    #expect(!lines.contains { $0.hasPrefix("SCAN s") }, "\(lines)")
    #expect(lines.contains { $0.contains("SEARCH s USING") && $0.contains("trace_id=?") }, "\(lines)")
  }

  /// 600 traces of 50 spans; every one has `common`, every sixth `frequent`, two have `rare`.
  private func largeStore() throws -> (SQLiteStore, URL) {
    let folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent("mlflow.db").path
    try DatabaseWriter(path).copySchema(from: Self.sample)
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)"
    SQLiteTools.execute(
      "INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status, db_payload_generation)"
        + " \(numbers) SELECT printf('tr-%032d', i), 1, i, 'OK', 0 FROM n", at: path)
    SQLiteTools.execute(
      "INSERT INTO spans (trace_id, experiment_id, span_id, name, status, start_time_unix_nano, content)"
        + " \(numbers), k(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM k WHERE j < 49)"
        + " SELECT printf('tr-%032d', i), 1, printf('%016d', j), CASE WHEN j = 0 THEN 'common'"
        + " WHEN j = 1 AND i % 6 = 0 THEN 'frequent' WHEN j = 2 AND i IN (3, 5) THEN 'rare' ELSE 'other' END,"
        + " 'OK', 0, '{}' FROM n, k", at: path)
    return (SQLiteStore(path: path, location: StoreLocation(uri: "sqlite:///", reason: "test")), folder)
  }

  @Test(arguments: [("common", 600, false), ("frequent", 100, false), ("rare", 2, true), ("none", 0, true)])
  func pagesAreCompleteHoweverTheyAreFound(_ name: String, _ count: Int, _ isCounted: Bool) async throws {
    let (store, folder) = try largeStore()
    defer { try? FileManager.default.removeItem(at: folder) }
    var query = TraceQuery(filter: try TraceFilter("span.name = '\(name)'"), limit: 20)
    var found: [TraceInfo] = []
    var isFirst = true
    while true {
      let page = try await store.search(query)
      if isFirst { #expect(page.isCountExact == isCounted) }
      #expect(page.isCountExact ? page.totalCount == count : page.totalCount <= count)
      found += page.infos
      isFirst = false
      guard let token = page.nextPageToken else { break }
      query.offset = token.offset
    }
    #expect(found.count == count)
    #expect(Set(found.map(\.id)).count == count)
    #expect(found.map(\.requestTime) == found.map(\.requestTime).sorted(by: >))
  }
}
