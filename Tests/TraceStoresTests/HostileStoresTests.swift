import Foundation
import JSONText
import LensTestSupport
import Synchronization
import Testing
import TraceModel
import TraceQuery

@testable import TraceStores

@Suite("Stores that somebody else made lead nowhere and do not go on for ever")
struct HostileStoresTests {
  // MARK: Files

  private static let export =
    #"{"info":{"trace_id":"ID","request_time":"2026-11-16T09:00:00Z","state":"OK"},"data":{"spans":[{"span_id":"0000000000000001","name":"root","start_time_unix_nano":1,"end_time_unix_nano":2,"attributes":{}}]}}"#

  private func inFolder(_ work: (URL) async throws -> Void) async throws {
    let folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("exports"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await work(folder)
  }

  @Test func exportsAreReadBeneathTheirFolderOnly() async throws {
    try await inFolder { folder in
      let exports = folder.appendingPathComponent("exports")
      func write(_ id: String, _ place: URL) throws {
        try Data(Self.export.replacingOccurrences(of: "ID", with: id).utf8).write(to: place)
      }
      try write("tr-inside", exports.appendingPathComponent("a.json"))
      try write("tr-outside", folder.appendingPathComponent("outside.json"))
      for (name, target) in [
        ("b.json", "../outside.json"), ("c.json", "a.json"), ("loop.json", "loop.json"),
        ("nowhere.json", "absent.json"),
      ] {
        try FileManager.default.createSymbolicLink(
          atPath: exports.appendingPathComponent(name).path, withDestinationPath: target)
      }
      for name in ["pipe.json", "pipe.jsonl.gz"] {
        let isMade = unsafe mkfifo(exports.appendingPathComponent(name).path, 0o600) == 0
        #expect(isMade)
      }
      let store = try StoreLocator(option: exports.path, environment: [:], workingDirectory: "/nowhere").open()
      let summary = try await store.summary()
      #expect(try await store.search(TraceQuery()).infos.map(\.id.rawValue) == ["tr-inside"])
      for words in [
        "b.json: it is a link that leads out of the folder", "loop.json: it is a link that leads out",
        "pipe.json: it is no file", "pipe.jsonl.gz: it is no file", "nowhere.json: it is a link",
      ] {
        #expect(summary.limitations.contains { $0.hasPrefix(words) }, "\(words): \(summary.limitations)")
      }
      // What the user names is read, by a link or not, but never waited for.
      let link = exports.appendingPathComponent("b.json").path
      let named = try StoreLocator(option: link, environment: [:], workingDirectory: "/nowhere").open()
      #expect(try await named.search(TraceQuery()).infos.map(\.id.rawValue) == ["tr-outside"])
      let pipe = exports.appendingPathComponent("pipe.jsonl.gz").path
      let waiting = try StoreLocator(option: pipe, environment: [:], workingDirectory: "/nowhere").open()
      await #expect(throws: StoreError.self) { try await waiting.experiments() }
    }
  }

  // MARK: Databases

  @Test func anotherFileUnderTheNameIsAnotherStore() async throws {
    let first = try ScratchDatabase(Self.tables + ["INSERT INTO trace_info VALUES ('tr-first', 1, 1, 1, 'OK')"])
    let second = try ScratchDatabase(Self.tables + ["INSERT INTO trace_info VALUES ('tr-second', 1, 1, 1, 'OK')"])
    let store = SQLiteStore(path: first.path, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"))
    func ids() async throws -> [String] { try await store.search(TraceQuery()).infos.map(\.id.rawValue) }
    #expect(try await ids() == ["tr-first"])
    try FileManager.default.removeItem(atPath: first.path)
    try FileManager.default.moveItem(atPath: second.path, toPath: first.path)
    #expect(try await ids() == ["tr-second"])
    try FileManager.default.removeItem(atPath: first.path)
    let error = await #expect(throws: StoreError.self) { try await ids() }
    #expect(error?.code == .noStore)
  }

  @Test func tablesThatAreChangedAreLookedAtAnew() async throws {
    let database = try ScratchDatabase(
      Self.tables + [
        "INSERT INTO trace_info VALUES ('tr-1', 1, 1, 1, 'OK')",
        "INSERT INTO trace_request_metadata VALUES ('mlflow.trace.session', 'chat', 'tr-1')",
      ])
    let store = SQLiteStore(path: database.path, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"))
    func count() async throws -> Int {
      try await store.search(TraceQuery(conditions: [.session("chat")])).totalCount
    }
    #expect(try await count() == 1)
    for statement in [
      "ALTER TABLE trace_info ADD COLUMN session_id TEXT", "UPDATE trace_info SET session_id = 'chat'",
      "DELETE FROM trace_request_metadata",
    ] { SQLiteTools.execute(statement, at: database.path) }
    #expect(try await count() == 1)
    SQLiteTools.execute("ALTER TABLE trace_info RENAME COLUMN timestamp_ms TO moved", at: database.path)
    let error = await #expect(throws: StoreError.self) { try await count() }
    #expect(error?.message.contains("not as MLflow makes them (no such column: t.timestamp_ms)") == true)
  }

  /// A pattern that tries the same letters in ever new ways, on a text that makes it do so: from a database and from files.
  @Test func anExpressionThatNeverEndsIsGivenUp() async throws {
    let name = String(repeating: "a", count: 200) + "!"
    let database = try ScratchDatabase(
      Self.tables + [
        "INSERT INTO trace_info VALUES ('tr-1', 1, 1, 1, 'OK')",
        "INSERT INTO trace_tags VALUES ('mlflow.traceName', '\(name)', 'tr-1')",
      ])
    try await inFolder { folder in
      let record = Self.export.replacingOccurrences(
        of: #""state""#, with: "\"tags\":{\"mlflow.traceName\":\"\(name)\"},\"state\"")
      let file = folder.appendingPathComponent("exports/a.json")
      try Data(record.utf8).write(to: file)
      for uri in ["sqlite:///\(database.path)", file.path] {
        let store = try StoreLocator(option: uri, environment: [:], workingDirectory: "/nowhere").open()
        let query = TraceQuery(filter: try TraceFilter("name RLIKE '^(a+)+$'"))
        let error = await #expect(throws: StoreError.self) { try await store.search(query) }
        #expect(error?.message.contains("given up") == true, "\(uri): \(String(describing: error))")
        #expect(try await store.search(TraceQuery()).totalCount == 1)
      }
    }
  }

  /// Each find may take a million steps, and a text may have as many finds as letters.
  @Test func aCancelledSearchEnds() async throws {
    let expression = try RegularExpression("a")
    let letters = Array(String(repeating: "a", count: 1_000).utf8)
    #expect(try expression.ranges(in: letters).count == 1_000)
    let outcome = await Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return Result { () throws(RegularExpression.Failure) in try expression.ranges(in: letters) }
    }.value
    #expect(throws: RegularExpression.Failure.tooManySteps) { try outcome.get() }
  }

  private static let tables = [
    "CREATE TABLE trace_info(request_id TEXT PRIMARY KEY, experiment_id INTEGER, timestamp_ms BIGINT, execution_time_ms BIGINT, status TEXT)",
    "CREATE TABLE trace_tags(key TEXT, value TEXT, request_id TEXT)",
    "CREATE TABLE trace_request_metadata(key TEXT, value TEXT, request_id TEXT)",
  ]

  // MARK: Servers

  /// Every answer has another token: only what comes with it tells that there is nothing more.
  @Test(arguments: [
    ("experiments/search", #""experiments":[]"#), ("experiments/search", #""experiments":[{"name":"no id"}]"#),
    ("traces/search", #""traces":[{"x":1}]"#),
  ])
  func pagesWithoutEndAreLeft(_ route: String, _ content: String) async throws {
    let fixture = RESTFixture()
    let count = Mutex(0)
    let server = try RESTServer { request in
      guard request.path.hasSuffix(route), !request.body.contains(#""locations":[]"#) else {
        return fixture.reply(request)
      }
      let number = count.withLock {
        $0 += 1
        return $0
      }
      // A page of many, so that the bounds are reached soon.
      let record = content.split(separator: "[")[1].dropLast()
      let many =
        record.isEmpty
        ? content
        : content.replacing("[\(record)]", with: "[\(Array(repeating: record, count: 1_000).joined(separator: ","))]")
      return .answer(200, "{\(many),\"next_page_token\":\"page-\(number)\"}")
    }
    let store = try StoreLocator.server(server.address)
    if route.hasPrefix("experiments") { #expect(try await store.experiments().isEmpty) }
    // A condition that is decided on our side needs all infos.
    _ = try await store.search(TraceQuery(conditions: [.containsText("100%")]))
    #expect(server.requests.count < 200)
  }

  @Test func countsThatDoNotFitAreNone() async throws {
    let fixture = RESTFixture()
    let server = try RESTServer { request in
      guard request.path.hasSuffix("traces/metrics") else { return fixture.reply(request) }
      guard request.body.contains("dimensions") else {
        return .answer(200, #"{"data_points":[{"values":{"COUNT":999999}}]}"#)
      }
      let points = (0..<9_999).map { #"{"dimensions":{"trace_status":"S\#($0)"},"values":{"COUNT":9.99e14}}"# }
      return .answer(200, "{\"data_points\":[\(points.joined(separator: ","))]}")
    }
    let store = try StoreLocator.server(server.address)
    for grouping in [nil, .status, .name] as [TraceGrouping?] {
      _ = try await store.groups(TraceQuery(), by: grouping)
    }
    #expect(RESTStore.integer(1e15) == nil)
    #expect(RESTStore.integer(.nan) == nil)
    #expect(RESTStore.integer(-1) == nil)
    #expect(RESTStore.integer(1e12) == 1_000_000_000_000)
  }

  /// Signed addresses of a workspace with encryption; those inside a cloud that hand out keys have none.
  @Test(arguments: [
    ("http://169.254.169.254/latest/meta-data/", false), ("http://storage.example/x", false),
    ("https://storage.example/x", true), ("file:///etc/passwd", false), ("HTTP://storage.example/x", false),
  ])
  func storageIsNotAskedInTheOpen(_ url: String, _ isAsked: Bool) async throws {
    let settings = UserSettings(variables: [:])
    let access = try ServerAccess(
      base: "https://workspace.example", credentials: .bearer("t0ken"), settings: settings, isDatabricks: true)
    let workspace = StubClient { _ in
      HTTPResponse(status: 200, body: Array(#"{"credential_info":{"signed_uri":"\#(url)"}}"#.utf8))
    }
    let storage = StubClient { _ in HTTPResponse(status: 200, body: Array(#"{"spans":[]}"#.utf8)) }
    let store = RESTStore(
      connection: RESTConnection(access: access, client: workspace), storageClient: storage,
      location: StoreLocation(uri: "databricks", reason: "test"))
    if isAsked {
      #expect(try await store.signedSpanRecords(TraceID("tr-1"))?.count == 0)
    } else {
      await #expect(throws: StoreError.self) { try await store.signedSpanRecords(TraceID("tr-1")) }
    }
    #expect(storage.urls == (isAsked ? [url] : []))
  }

  private final class StubClient: HTTPClient {
    private let asked = Mutex<[String]>([])
    private let reply: @Sendable (HTTPRequest) -> HTTPResponse

    var urls: [String] { asked.withLock { $0 } }

    init(_ reply: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.reply = reply }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      asked.withLock { $0.append(request.url) }
      return reply(request)
    }
  }
}
