import CSQLite
import Dispatch
import Foundation
import LensTestSupport
import Synchronization
import Testing
import TraceModel
import TraceQuery

@testable import TraceStores

/// Writing to databases, which the product cannot.
enum SQLiteTools {
  static func execute(_ sql: String, at path: String) {
    var handle: OpaquePointer?
    #expect(unsafe sqlite3_open(path, &handle) == SQLITE_OK)
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    #expect(code == SQLITE_OK, "\(sql)")
    unsafe sqlite3_close(handle)
  }
}

/// A database made by hand, in a folder of its own.
final class ScratchDatabase {
  let folder: URL
  var path: String { folder.appendingPathComponent("mlflow.db").path }

  init(_ statements: [String] = []) throws {
    folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for statement in statements { SQLiteTools.execute(statement, at: path) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var store: SQLiteStore {
    SQLiteStore(path: path, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"))
  }
}

private final class Counter: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .relaxed) }
  func add() { value.add(1, ordering: .relaxed) }
}

@Suite("MLflow's own database is read")
struct SQLiteStoreTests {
  /// There are as many threads for all tasks as the machine has cores: a database that makes its readers wait holds none of them.
  @Test func readersWaitOnThreadsOfTheirOwn() async throws {
    let store = SQLiteStore(path: Self.samplePath, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"))
    let readers = ProcessInfo.processInfo.activeProcessorCount + 2
    let (waiting, goOn) = (Counter(), DispatchSemaphore(value: 0))
    let results = try await withThrowingTaskGroup(of: DispatchTimeoutResult.self) { group in
      for _ in 0..<readers {
        group.addTask {
          try await store.read { _, _ in
            waiting.add()
            return goOn.wait(timeout: .now() + 30)
          }
        }
      }
      // A task like any other: it gets on while all of them wait.
      group.addTask {
        while waiting.count < readers { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<readers { goOn.signal() }
        return .success
      }
      var results: [DispatchTimeoutResult] = []
      for try await result in group { results.append(result) }
      return results
    }
    #expect(results.count == readers + 1)
    #expect(results.allSatisfy { $0 == .success })
  }

  private static let samplePath = PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path
  private let store = SQLiteStore(path: samplePath, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"))
  private let manifest: [String: String]

  init() throws { manifest = try SampleManifest.substitutions() }

  private func sample(_ name: String) throws -> TraceID { TraceID(try #require(manifest["TRACE:\(name)"])) }

  @Test func promotedColumnsAreMetadataAndTags() async throws {
    let info = try await store.trace(sample("healthy_agent")).info
    #expect(info.name == "order_support_agent")
    #expect(info.tokenUsage?.total == 211)
    #expect(
      info.metadata[ReservedKey.tokenUsage] == #"{"input_tokens": 143, "output_tokens": 68, "total_tokens": 211}"#)
    #expect(info.metadata[ReservedKey.cost]?.hasPrefix(#"{"input_cost": "#) == true)
  }

  @Test func spansAreWhole() async throws {
    let trace = try await store.trace(sample("failing_agent"))
    #expect(trace.spans.count == 8)
    #expect(trace.diagnostics.isEmpty)
    #expect(trace.spans.filter { $0.status == .error }.count == 5)
  }

  @Test func assessmentsKeepValidityErrorAndSession() async throws {
    let session = try await store.search(TraceQuery(conditions: [.session("chat-refund-42")], limit: 10))
    let all = session.infos.flatMap(\.assessments)
    #expect(all.count == 9)
    #expect(all.filter { !$0.isValid }.count == 1)
    #expect(all.filter { $0.scorerError != nil }.map(\.name) == ["politeness"])
    #expect(all.filter { $0.sessionID != nil }.map(\.name) == ["conversation_correctness"])
  }

  @Test(
    arguments: [
      ([], 10), ([.state([.error])], 1), ([.state([.ok, .error])], 10), ([.session("chat-refund-42")], 5),
      ([.session("' OR 1=1 --")], 0), ([.user("u-ana")], 5), ([.hasErrorSpans(true)], 2), ([.hasErrorSpans(false)], 8),
      ([.durationAtLeast(1_700)], 2), ([.since(Timestamp(milliseconds: 1_794_819_900_000))], 2),
      ([.until(Timestamp(milliseconds: 1_794_819_600_000))], 0), ([.state([.error]), .user("u-ana")], 0),
    ] as [([TraceCondition], Int)])
  func conditions(_ conditions: [TraceCondition], _ count: Int) async throws {
    let page = try await store.search(TraceQuery(conditions: conditions, limit: 100))
    #expect(page.totalCount == count)
    #expect(page.infos.count == count)
  }

  @Test(
    arguments: TraceOrder.Key.plain + [.tag("environment"), .metadata("mlflow.trace.user"), .tag("none")],
    [true, false])
  func ordersAndPagesAgree(_ key: TraceOrder.Key, _ isDescending: Bool) async throws {
    let order = [TraceOrder(key, isDescending: isDescending)]
    let whole = try await store.search(TraceQuery(order: order, limit: 100)).infos.map(\.id)
    var paged: [TraceID] = []
    var offset = 0
    while true {
      let page = try await store.search(TraceQuery(order: order, limit: 3, offset: offset))
      paged += page.infos.map(\.id)
      guard let next = page.nextPageToken else { break }
      offset = next.offset
    }
    #expect(paged == whole)
    #expect(Set(whole).count == 10)
  }

  @Test func prefixesAreLiteral() async throws {
    let id = try sample("healthy_agent")
    #expect(try await store.traceIDs(withPrefix: String(id.rawValue.prefix(9)), limit: 5) == [id])
    #expect(try await store.traceIDs(withPrefix: "tr-", limit: 3).count == 3)
    for prefix in ["%", "_r-", "'", "zz", "tr-\u{10ffff}"] {
      #expect(try await store.traceIDs(withPrefix: prefix, limit: 5).isEmpty)
    }
  }

  @Test func unknownTracesAreSaidToBeUnknown() async throws {
    await #expect {
      try await store.trace(TraceID("tr-nope"))
    } throws: { error in
      (error as? StoreError)?.code == .notFound
    }
    #expect(try await store.traces([TraceID("tr-nope")]).isEmpty)
    await #expect(throws: StoreError.self) { try await store.search(TraceQuery(experimentIDs: ["abc"])) }
  }

  @Test func readingChangesNothing() async throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: Self.samplePath))
    let neighbours = try FileManager.default.contentsOfDirectory(
      atPath: PackageRoot.url.appendingPathComponent("Samples").path)
    _ = try await store.summary()
    _ = try await store.search(TraceQuery())
    #expect(try Data(contentsOf: URL(fileURLWithPath: Self.samplePath)) == before)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: PackageRoot.url.appendingPathComponent("Samples").path)
        .sorted()
        == neighbours.sorted())
  }

  @Test func manyQuestionsAtOnceAreAnswered() async throws {
    let ids = try await store.search(TraceQuery(limit: 100)).infos.map(\.id)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { for id in ids { group.addTask { try await store.trace(id).spans.count } } }
      return try await group.reduce(0, +)
    }
    #expect(counts == 20 * 38)
  }
}

@Suite("What is no readable database is told from what is")
struct UnreadableStoreTests {
  private func failure(_ store: SQLiteStore) async -> StoreError? {
    do {
      _ = try await store.summary()
      return nil
    } catch {
      return error
    }
  }

  @Test func aMissingFileIsNamedAndNotCreated() async throws {
    let scratch = try ScratchDatabase()
    let error = await failure(scratch.store)
    #expect(error?.code == .noStore)
    #expect(error?.message.contains(scratch.path) == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
  }

  @Test func aFileThatIsNoDatabase() async throws {
    let scratch = try ScratchDatabase()
    try Data("this is a text, and a long one, not a database at all".utf8).write(to: URL(fileURLWithPath: scratch.path))
    let error = await failure(scratch.store)
    #expect(error?.message.contains("is not a SQLite database") == true)
  }

  @Test func aDatabaseOfSomebodyElse() async throws {
    let scratch = try ScratchDatabase(["CREATE TABLE t(x)"])
    let error = await failure(scratch.store)
    #expect(error?.message.contains("no table trace_info") == true)
  }

  @Test func aTruncatedDatabase() async throws {
    let scratch = try ScratchDatabase()
    let sample = try Data(contentsOf: PackageRoot.url.appendingPathComponent("Samples/mlflow.db"))
    try sample.prefix(200_000).write(to: URL(fileURLWithPath: scratch.path))
    #expect(await failure(scratch.store)?.code == .unreadable)
  }

  @Test func theStoreMayAppearLater() async throws {
    let scratch = try ScratchDatabase()
    let store = scratch.store
    #expect(await failure(store)?.code == .noStore)
    try FileManager.default.copyItem(
      at: PackageRoot.url.appendingPathComponent("Samples/mlflow.db"), to: URL(fileURLWithPath: scratch.path))
    #expect(await failure(store) == nil)
  }

  @Test func aSpanThatCannotBeReadIsToldNotLost() async throws {
    let scratch = try ScratchDatabase()
    try FileManager.default.copyItem(
      at: PackageRoot.url.appendingPathComponent("Samples/mlflow.db"), to: URL(fileURLWithPath: scratch.path))
    let manifest = try SampleManifest.substitutions()
    let id = try #require(manifest["TRACE:healthy_agent"])
    let spoil =
      "UPDATE spans SET content = '{broken' WHERE span_id = (SELECT min(span_id) FROM spans WHERE trace_id = '\(id)')"
    SQLiteTools.execute(spoil, at: scratch.path)
    let trace = try await scratch.store.trace(TraceID(id))
    #expect(trace.spans.count == 8)
    #expect(trace.diagnostics.contains { $0.contains("unreadable") })
    #expect(trace.diagnostics.contains { $0.contains("8 of 9 spans") })
  }

  /// When MLflow's export queue overflows, spans are in the database and the record that ends a trace is not.
  @Test func aTraceWithoutItsEndIsToldToBePartial() async throws {
    let scratch = try ScratchDatabase()
    try FileManager.default.copyItem(
      at: PackageRoot.url.appendingPathComponent("Samples/mlflow.db"), to: URL(fileURLWithPath: scratch.path))
    let manifest = try SampleManifest.substitutions()
    let id = try #require(manifest["TRACE:healthy_agent"])
    #expect(try await scratch.store.trace(TraceID(id)).diagnostics.isEmpty)
    SQLiteTools.execute("DELETE FROM trace_request_metadata WHERE request_id = '\(id)'", at: scratch.path)
    let told = try await scratch.store.trace(TraceID(id)).diagnostics
    #expect(told.count == 1)
    #expect(told.first?.contains("spans may be missing") == true)
    let openTelemetry = try #require(manifest["TRACE:genai"])
    #expect(try await scratch.store.trace(TraceID(openTelemetry)).diagnostics.isEmpty, "OTLP has no such record")
  }

  /// The tables of MLflow 2.14, the first release with traces.
  @Test func anOldSchemaIsReadAsFarAsItGoes() async throws {
    let scratch = try ScratchDatabase([
      "CREATE TABLE trace_info(request_id VARCHAR(50) PRIMARY KEY, experiment_id INTEGER, timestamp_ms BIGINT, execution_time_ms BIGINT, status VARCHAR(50))",
      "CREATE TABLE trace_tags(key VARCHAR(250), value VARCHAR(8000), request_id VARCHAR(50))",
      "CREATE TABLE trace_request_metadata(key VARCHAR(250), value VARCHAR(8000), request_id VARCHAR(50))",
      "INSERT INTO trace_info VALUES ('abc', 1, 1700000000000, NULL, 'TRACE_STATUS_UNSPECIFIED')",
      "INSERT INTO trace_tags VALUES ('mlflow.traceName', 'old one', 'abc')",
      "INSERT INTO trace_request_metadata VALUES ('mlflow.trace.session', 's-1', 'abc')",
    ])
    let page = try await scratch.store.search(
      TraceQuery(conditions: [.session("s-1"), .state([.unspecified])], order: [TraceOrder(.name)]))
    #expect(page.infos.map(\.name) == ["old one"])
    #expect(page.infos.first?.executionDurationMs == nil)
    #expect(try await scratch.store.trace(TraceID("abc")).diagnostics.isEmpty == false)
    #expect(try await scratch.store.summary().limitations.count == 3)
  }
}
