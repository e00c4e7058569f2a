import Foundation
import LensTestSupport
import JSONText
import Testing
import TraceModel
import TraceQuery
import TraceStores

/// A folder `mlruns` made by hand.
final class ScratchFileStore {
  let folder: URL
  var root: URL { folder.appendingPathComponent("mlruns") }
  var store: FileStore { FileStore(path: root.path, location: StoreLocation(uri: "./mlruns", reason: "test")) }

  /// The new layout, the old one, and what a store gathers over the years.
  static let v3 = "tr-00000000000000000000000000000001"
  static let failed = "tr-00000000000000000000000000000002"
  static let v2 = "0123456789abcdef0123456789abcdef"
  static let trashed = "tr-00000000000000000000000000000003"

  init() throws {
    folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try write("1/meta.yaml", "experiment_id: '1'\nlifecycle_stage: active\nname: 'shop: one'\n")
    try write(".trash/22/meta.yaml", "experiment_id: '22'\nlifecycle_stage: deleted\nname: 2026\n")
    try addVersion3(Self.v3, time: "2026-11-21T10:00:00.250Z", state: "OK", code: "OK")
    try addVersion3(Self.failed, time: "2026-11-21T10:00:01Z", state: "OK", code: "ERROR")
    try addVersion3(Self.trashed, experiment: ".trash/22", time: "2026-11-21T09:00:00Z", state: "ERROR", code: "OK")
    try write("1/traces/\(Self.v3)/request_metadata/mlflow.trace.session", "s-1")
    try write("1/traces/\(Self.failed)/request_metadata/mlflow.trace.session", "s-1")
    try write("1/traces/\(Self.v3)/request_metadata/mlflow.trace.user", "ana")
    try write("1/traces/\(Self.v3)/tags/mlflow.traceName", "agent")
    try write("1/traces/\(Self.v3)/tags/team/area/name", "support\n")
    try write("1/traces/\(Self.v3)/tags/empty", "")
    try write(
      "1/traces/\(Self.v3)/assessments/a-1.yaml",
      """
      assessment_id: a-1
      assessment_name: right
      create_time: '2026-11-21T10:01:00Z'
      feedback:
        value: 4.0
      last_update_time: '2026-11-21T10:01:00Z'
      metadata:
        k: 'yes'
      rationale: "first line\\nsecond:\\
        \\ line"
      source:
        source_id: ana
        source_type: HUMAN
      trace_id: \(Self.v3)
      valid: false
      """)
    let old = "1/traces/\(Self.v2)"
    try write(
      "\(old)/trace_info.yaml",
      "assessments: []\nexecution_time_ms: null\nexperiment_id: '1'\nrequest_id: \(Self.v2)\n"
        + "status: TRACE_STATUS_UNSPECIFIED\ntimestamp_ms: 1731752400123\n")
    try write("\(old)/tags/mlflow.traceName", "old")
    try write(
      "\(old)/artifacts/traces.json",
      #"{"spans":[{"name":"old","context":{"span_id":"0x00000000000000a1","trace_id":"0x0"},"parent_id":null,"#
        + #""start_time":1731752400123456789,"end_time":1731752400135456789,"status_code":"OK","status_message":"","#
        + #""attributes":{},"events":[]}],"request":"{}","response":null}"#)
    // Neither a trace nor an experiment: a run, the model registry, a trace that was never finished.
    try write("1/0123456789abcdef/meta.yaml", "run_id: x\n")
    try write("models/m/meta.yaml", "name: m\n")
    try write("1/traces/tr-unfinished/tags/x", "y")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

  func write(_ path: String, _ data: Data) throws {
    let file = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func remove(_ path: String) throws { try FileManager.default.removeItem(at: root.appendingPathComponent(path)) }

  func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: root.appendingPathComponent(path).path, withDestinationPath: target)
  }

  private func addVersion3(
    _ id: String, experiment: String = "1", time: String, state: String, code: String
  ) throws {
    let folder = "\(experiment)/traces/\(id)"
    try write(
      "\(folder)/trace_info.yaml",
      """
      client_request_id: 'req: 1'
      execution_duration_ms: 42
      request_preview: '{"q": "it''s long,
        and folded"}'
      request_time: '\(time)'
      state: \(state)
      trace_id: \(id)
      trace_location:
        mlflow_experiment:
          experiment_id: '\(experiment.split(separator: "/").last ?? "")'
        type: MLFLOW_EXPERIMENT
      """)
    try write("\(folder)/tags/mlflow.artifactLocation", "file:///etc")
    try write(
      "\(folder)/artifacts/traces.json",
      #"{"spans": [{"trace_id": "AAAAAAAAAAAAAAAAAAAAAQ==", "span_id": "AAAAAAAAAAE=", "parent_span_id": null, "#
        + #""name": "root", "start_time_unix_nano": 1794819600000000001, "end_time_unix_nano": null, "events": [], "#
        + #""status": {"code": "STATUS_CODE_\#(code)", "message": ""}, "attributes": {}, "links": []}, "#
        + #"{"span_id": "AAAAAAAAAAI=", "parent_span_id": "AAAAAAAAAAE=", "name": "child", "#
        + #""start_time_unix_nano": 1794819600000000000, "attributes": {}}]}"#)
  }
}

@Suite("A file store is read")
struct FileStoreTests {
  private let scratch: ScratchFileStore
  private var store: FileStore { scratch.store }

  init() throws { scratch = try ScratchFileStore() }

  @Test func experimentsOfFolderAndTrash() async throws {
    let experiments = try await store.experiments()
    #expect(
      experiments == [
        Experiment(id: "1", name: "shop: one", isDeleted: false), Experiment(id: "22", name: "2026", isDeleted: true),
      ])
  }

  @Test func theNewLayout() async throws {
    let trace = try await store.trace(TraceID(ScratchFileStore.v3))
    #expect(trace.diagnostics.isEmpty)
    #expect(trace.info.experimentID == "1")
    #expect(trace.info.clientRequestID == "req: 1")
    #expect(trace.info.requestTime.rfc3339 == "2026-11-21T10:00:00.250Z")
    #expect(trace.info.executionDurationMs == 42)
    #expect(trace.info.requestPreview == #"{"q": "it's long, and folded"}"#)
    #expect(trace.info.sessionID == "s-1")
    #expect(
      trace.info.tags == [
        "mlflow.traceName": "agent", "team/area/name": "support\n", "empty": "",
        "mlflow.artifactLocation": "file:///etc",
      ])
    #expect(trace.spans.map(\.name) == ["child", "root"])
    let assessment = try #require(trace.info.assessments.first)
    #expect(assessment.rationale == "first line\nsecond: line")
    #expect(assessment.value?.numberText == "4.0")
    #expect(assessment.metadata?["k"]?.string == "yes")
    #expect(!assessment.isValid)
  }

  @Test func theOldLayout() async throws {
    let trace = try await store.trace(TraceID(ScratchFileStore.v2))
    #expect(trace.info.state == .unspecified)
    #expect(trace.info.executionDurationMs == nil)
    #expect(trace.info.requestTime.milliseconds == 1_731_752_400_123)
    #expect(trace.spans.map(\.name) == ["old"])
    #expect(trace.spans.first?.id == SpanID(value: 0xA1))
    #expect(trace.diagnostics.isEmpty)
  }

  @Test(
    arguments: [
      ([], 4), ([.state([.error])], 1), ([.state([.unspecified])], 1), ([.session("s-1")], 2), ([.session("s-2")], 0),
      ([.user("ana")], 1), ([.hasErrorSpans(true)], 1), ([.hasErrorSpans(false)], 3), ([.durationAtLeast(42)], 3),
      ([.since(Timestamp(milliseconds: 1_794_000_000_000))], 3), ([.session("s-1"), .user("ana")], 1),
    ] as [([TraceCondition], Int)])
  func conditions(_ conditions: [TraceCondition], _ count: Int) async throws {
    let page = try await store.search(TraceQuery(conditions: conditions, limit: 100))
    #expect(page.totalCount == count)
    #expect(page.infos.count == count)
  }

  @Test func infosOfAPageAreWhole() async throws {
    let page = try await store.search(TraceQuery(conditions: [.user("ana")]))
    #expect(page.infos.first?.tags.count == 4)
    #expect(page.infos.first?.assessments.count == 1)
    #expect(page.infos.first?.rootSpanName == nil)
    let nameless = try await store.search(TraceQuery(conditions: [.hasErrorSpans(true)]))
    #expect(nameless.infos.first?.displayName == "root")
  }

  @Test func ordersPagesAndExperiments() async throws {
    let byName = try await store.search(TraceQuery(order: [TraceOrder(.name)])).infos
    #expect(byName.prefix(2).map(\.name) == ["agent", "old"])
    let first = try await store.search(TraceQuery(limit: 3))
    #expect(first.infos.map(\.id.rawValue).first == ScratchFileStore.failed)
    #expect(first.nextPageToken == PageToken(offset: 3))
    let second = try await store.search(TraceQuery(limit: 3, offset: 3))
    #expect(second.infos.map(\.id.rawValue) == [ScratchFileStore.v2])
    #expect(second.nextPageToken == nil)
    #expect(
      try await store.search(TraceQuery(experimentIDs: ["22"])).infos.map(\.id.rawValue) == [
        ScratchFileStore.trashed
      ])
    await #expect(throws: StoreError.self) { try await store.search(TraceQuery(experimentIDs: ["5"])) }
  }

  @Test func idsArePlainNames() async throws {
    #expect(try await store.traceIDs(withPrefix: "tr-", limit: 2).count == 2)
    #expect(try await store.traceIDs(withPrefix: "0123", limit: 5) == [TraceID(ScratchFileStore.v2)])
    #expect(try await store.traceIDs(withPrefix: "tr-unf", limit: 5).isEmpty)
    for id in ["", ".", "..", "../traces/\(ScratchFileStore.v3)", "\(ScratchFileStore.v3)/", "a\0b", "tr-unfinished"] {
      #expect(try await store.traces([TraceID(id)]).isEmpty, "\(id)")
    }
    await #expect {
      try await store.trace(TraceID("../1"))
    } throws: { error in
      (error as? StoreError)?.code == .notFound
    }
  }

  @Test func theSummaryCounts() async throws {
    let summary = try await store.summary()
    #expect(summary.experimentCount == 2)
    #expect(summary.traceCount == 4)
    #expect(summary.sessionCount == 1)
    #expect(summary.spanCount == 7)
    #expect(summary.newestTrace?.id.rawValue == ScratchFileStore.failed)
    #expect(summary.limitations.isEmpty)
  }

  @Test func manyQuestionsAtOnceAreAnswered() async throws {
    let store = store
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { try await store.trace(TraceID(ScratchFileStore.v3)).spans.count } }
      return try await group.reduce(0, +)
    }
    #expect(counts == 100)
  }

  @Test func theLocatorFindsIt() async throws {
    for uri in ["file://\(scratch.root.path)", scratch.root.path, "mlruns", nil] as [String?] {
      let locator = StoreLocator(option: uri, environment: [:], workingDirectory: scratch.folder.path)
      #expect(try await locator.open().experiments().count == 2, "\(uri ?? "none")")
    }
    try scratch.remove("1")
    let locator = StoreLocator(option: scratch.root.path, environment: [:], workingDirectory: "/")
    #expect(try await locator.open().experiments().count == 1)
  }

  @Test func aStoreThatIsNotThere() async throws {
    let store = FileStore(path: "/no/such", location: StoreLocation(uri: "/no/such", reason: "test"))
    await #expect {
      try await store.experiments()
    } throws: { error in
      (error as? StoreError)?.code == .noStore
    }
  }
}

@Suite("What is broken in a file store is named, and the rest is read")
struct FileStoreDamageTests {
  private let scratch: ScratchFileStore
  private let path = "1/traces/\(ScratchFileStore.v3)"

  init() throws { scratch = try ScratchFileStore() }

  private func trace() async throws -> Trace { try await scratch.store.trace(TraceID(ScratchFileStore.v3)) }

  @Test func brokenPieces() async throws {
    try scratch.write("\(path)/assessments/a-2.yaml", "a: 1\nb: [\n")
    try scratch.write("\(path)/assessments/a-3.yaml", "just text")
    try scratch.write("\(path)/tags/bad", Data([0xFF, 0x00]))
    try scratch.write("\(path)/artifacts/traces.json", #"{"spans": [1, {"span_id": "AAAAAAAAAAE="}]}"#)
    let trace = try await trace()
    #expect(trace.info.assessments.map(\.id) == ["a-1"])
    #expect(trace.info.tags["bad"] == nil)
    #expect(trace.info.tags.count == 4)
    for words in ["a-2.yaml, line 3", "a-3.yaml holds no mapping", "tags/bad is not UTF-8", "span 1 of", "span 2 of"] {
      #expect(trace.diagnostics.contains { $0.contains(words) }, "\(words): \(trace.diagnostics)")
    }
  }

  @Test(arguments: [
    (nil, "The spans are in a file that is not there"), ("{", "not JSON"), (#"{"spans": 5}"#, "no list of spans"),
    ("[]", "no list of spans"),
  ])
  func spansThatAreNotThere(_ content: String?, _ words: String) async throws {
    try scratch.remove("\(path)/artifacts")
    if let content { try scratch.write("\(path)/artifacts/traces.json", content) }
    let trace = try await trace()
    #expect(trace.spans.isEmpty)
    #expect(trace.diagnostics.contains { $0.contains(words) }, "\(trace.diagnostics)")
    #expect(trace.info.sessionID == "s-1")
  }

  /// A tag is trace content: it finds the store's artifacts, and no file elsewhere.
  @Test func spansInAnArtifactStore() async throws {
    let outside = scratch.root.deletingLastPathComponent().appendingPathComponent("outside-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: outside) }
    try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
    let spans = scratch.root.appendingPathComponent("\(path)/artifacts/traces.json")
    try FileManager.default.moveItem(at: spans, to: outside.appendingPathComponent("traces.json"))
    try scratch.write("\(path)/tags/mlflow.artifactLocation", outside.absoluteString)
    #expect(try await trace().diagnostics.contains { $0.contains("outside the experiment's artifact folder") })
    #expect(try await trace().spans.isEmpty)
    try scratch.write("1/meta.yaml", "name: shop\nartifact_location: \(outside.absoluteString)\n")
    #expect(try await trace().spans.count == 2)
    #expect(try await scratch.store.summary().spanCount == 7)
  }

  @Test func fewerSpansThanWereCounted() async throws {
    try scratch.write("\(path)/request_metadata/mlflow.trace.sizeStats", #"{"num_spans": 5}"#)
    #expect(try await trace().diagnostics == ["2 of 5 spans have arrived: the trace is incomplete."])
  }

  @Test func aBrokenInfoHidesNoOtherTrace() async throws {
    try scratch.write("\(path)/trace_info.yaml", "trace_id: [\n")
    await #expect {
      try await trace()
    } throws: { error in
      "\(error)".contains("trace_info.yaml, line 2")
    }
    let page = try await scratch.store.search(TraceQuery())
    #expect(page.totalCount == 3)
    #expect(page.remarks.contains { $0.contains("\(ScratchFileStore.v3): trace_info.yaml, line 2") })
    #expect(try await scratch.store.summary().limitations.contains { $0.hasPrefix("1 trace cannot be read") })
  }

  @Test func aBrokenExperimentGoesByItsID() async throws {
    try scratch.write("1/meta.yaml", "name: '\n")
    #expect(try await scratch.store.experiments().first?.name == "1")
    #expect(try await scratch.store.summary().limitations.contains { $0.contains("meta.yaml of experiment 1") })
    #expect(try await scratch.store.search(TraceQuery()).totalCount == 4)
  }

  @Test func anInfoOfAnotherTrace() async throws {
    try scratch.write("\(path)/trace_info.yaml", "trace_id: tr-x\nrequest_time: '2026-11-21T10:00:00Z'\nstate: OK\n")
    let trace = try await trace()
    #expect(trace.info.id.rawValue == ScratchFileStore.v3)
    #expect(trace.diagnostics.contains { $0.contains("is of 'tr-x'") })
  }

  @Test func linksOutOfTheStoreAreNotFollowed() async throws {
    let outside = scratch.folder.appendingPathComponent("outside")
    try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
    for name in ["secret", "traces.json", "trace_info.yaml", "meta.yaml"] {
      try Data("secret: 1".utf8).write(to: outside.appendingPathComponent(name))
    }
    try scratch.link("\(path)/tags/leak", to: outside.appendingPathComponent("secret").path)
    try scratch.link("\(path)/tags/relative", to: "../../../../../outside/secret")
    try scratch.link("\(path)/tags/folder", to: outside.path)
    try scratch.link("\(path)/tags/circle", to: "circle")
    try scratch.link("\(path)/tags/up", to: "..")
    try scratch.link("\(path)/tags/inside", to: "empty")
    try scratch.link("\(path)/assessments/a-9.yaml", to: outside.appendingPathComponent("secret").path)
    try scratch.remove("\(path)/artifacts")
    try scratch.link("\(path)/artifacts", to: outside.path)
    try scratch.link("1/traces/tr-linked", to: outside.path)
    try scratch.link("7", to: outside.path)
    let trace = try await trace()
    #expect(
      Set(trace.info.tags.keys) == ["mlflow.traceName", "mlflow.artifactLocation", "team/area/name", "empty", "inside"])
    #expect(trace.info.assessments.count == 1)
    #expect(trace.spans.isEmpty)
    for words in [
      "tags/leak", "tags/relative", "tags/folder", "tags/circle", "tags/up", "a-9.yaml", "artifacts is a link",
    ] {
      #expect(trace.diagnostics.contains { $0.contains(words) }, "\(words): \(trace.diagnostics)")
    }
    #expect(try await scratch.store.search(TraceQuery()).totalCount == 4)
    #expect(try await scratch.store.experiments().map(\.id) == ["1", "22"])
    #expect(try await scratch.store.traces([TraceID("tr-linked")]).isEmpty)
  }

  /// Somebody's `mlruns` is often a link to another disk.
  @Test func theStoreItselfMayBeALink() async throws {
    let link = scratch.folder.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.root.path)
    #expect(FileStore.isFileStore(link))
    let store = FileStore(path: link, location: StoreLocation(uri: link, reason: "test"))
    #expect(try await store.trace(TraceID(ScratchFileStore.v3)).spans.count == 2)
  }

  @Test func whatIsNoFileIsNotWaitedFor() async throws {
    try scratch.remove("\(path)/artifacts/traces.json")
    let pipe = unsafe mkfifo(scratch.root.appendingPathComponent("\(path)/artifacts/traces.json").path, 0o600)
    #expect(pipe == 0)
    #expect(try await trace().diagnostics.contains { $0.contains("is no file") })
  }
}
