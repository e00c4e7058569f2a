import Foundation
import LensTestSupport
import Testing
import TraceModel
import TraceStores

/// A database of a release that kept spans in files, with a file that may be anywhere.
private struct ArtifactScratch {
  let database: ScratchDatabase
  let outside: URL
  static let id = "tr-1"
  private static let spans =
    #"{"spans":[{"span_id":"rmYRu3HN1X4=","parent_span_id":"","name":"root","start_time_unix_nano":1,"end_time_unix_nano":2,"status":{"code":"OK"},"attributes":{}}]}"#

  init(location: String) throws {
    database = try ScratchDatabase([
      "CREATE TABLE trace_info(request_id TEXT PRIMARY KEY, experiment_id INTEGER, timestamp_ms BIGINT, execution_time_ms BIGINT, status TEXT)",
      "CREATE TABLE trace_tags(key TEXT, value TEXT, request_id TEXT)",
      "CREATE TABLE trace_request_metadata(key TEXT, value TEXT, request_id TEXT)",
      "CREATE TABLE experiments(experiment_id INTEGER, name TEXT, lifecycle_stage TEXT, artifact_location TEXT)",
      "INSERT INTO trace_info VALUES ('tr-1', 1, 1700000000000, 5, 'OK')",
      "INSERT INTO experiments VALUES (1, 'one', 'active', '/elsewhere/1')",
    ])
    outside = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    let place = location.replacingOccurrences(of: "DB", with: database.folder.path)
      .replacingOccurrences(of: "OUTSIDE", with: outside.path)
    SQLiteTools.execute(
      "INSERT INTO trace_tags VALUES ('mlflow.artifactLocation', '\(place)', 'tr-1')", at: database.path)
  }

  func write(in folder: String) throws {
    let url = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Data(Self.spans.utf8).write(to: url.appendingPathComponent("traces.json"))
  }

  func read(destination: String? = nil) async throws -> Trace {
    try await SQLiteStore(
      path: database.path, location: StoreLocation(uri: "sqlite:///mlflow.db", reason: "test"),
      artifactsDestination: destination
    ).trace(TraceID(Self.id))
  }

  func remove() { try? FileManager.default.removeItem(at: outside) }
}

@Suite("Spans in files are found, and no other file is read")
struct ArtifactSpansTests {
  @Test(arguments: [
    ("DB/mlruns/1/traces/tr-1/artifacts", "mlruns/1/traces/tr-1/artifacts"),
    ("file://DB/mlruns/1/traces/tr-1/artifacts", "mlruns/1/traces/tr-1/artifacts"),
    ("mlflow-artifacts:/1/traces/tr-1/artifacts", "mlartifacts/1/traces/tr-1/artifacts"),
    ("mlflow-artifacts://host:5000/1/traces/tr-1/artifacts", "mlruns/1/traces/tr-1/artifacts"),
    ("/old/machine/mlruns/1/traces/tr-1/artifacts", "mlruns/1/traces/tr-1/artifacts"),
    ("file:///old/machine/mlruns/1/traces/tr-1/artifacts", "mlartifacts/1/traces/tr-1/artifacts"),
  ])
  func areFound(_ location: String, _ folder: String) async throws {
    let scratch = try ArtifactScratch(location: location)
    try scratch.write(in: "\(scratch.database.folder.path)/\(folder)")
    let trace = try await scratch.read()
    #expect(trace.spans.map(\.name) == ["root"])
    #expect(trace.diagnostics.isEmpty)
  }

  @Test func areFoundWhereTheUserSays() async throws {
    let scratch = try ArtifactScratch(location: "mlflow-artifacts:/1/traces/tr-1/artifacts")
    defer { scratch.remove() }
    try scratch.write(in: "\(scratch.outside.path)/1/traces/tr-1/artifacts")
    #expect(try await scratch.read().spans.isEmpty)
    #expect(try await scratch.read(destination: scratch.outside.path).spans.count == 1)
  }

  /// The tag is trace content: whoever wrote the trace chose it.
  @Test(arguments: [
    "OUTSIDE", "file://OUTSIDE", "DB/../OUTSIDE_NAME", "mlflow-artifacts:/../OUTSIDE_NAME",
    "file://DB/%2e%2e/OUTSIDE_NAME",
    "mlflow-artifacts://host/x/../../OUTSIDE_NAME", "//OUTSIDE", "DB/./../OUTSIDE_NAME/.",
  ])
  func areNotFollowedOutOfTheFolders(_ location: String) async throws {
    let named = try ArtifactScratch(location: location)
    defer { named.remove() }
    try named.write(in: named.outside.path)
    let place = location.replacingOccurrences(of: "OUTSIDE_NAME", with: named.outside.lastPathComponent)
      .replacingOccurrences(of: "OUTSIDE", with: named.outside.path)
      .replacingOccurrences(of: "DB", with: named.database.folder.path)
    SQLiteTools.execute("UPDATE trace_tags SET value = '\(place)'", at: named.database.path)
    let trace = try await named.read()
    #expect(trace.spans.isEmpty)
    #expect(trace.diagnostics.first?.contains("--artifacts-destination") == true)
  }

  @Test func linksAreResolvedFirst() async throws {
    let scratch = try ArtifactScratch(location: "DB/mlruns/1/traces/tr-1/artifacts")
    defer { scratch.remove() }
    try scratch.write(in: scratch.outside.path)
    let parent = "\(scratch.database.folder.path)/mlruns/1/traces/tr-1"
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(parent)/artifacts", withDestinationPath: scratch.outside.path)
    #expect(try await scratch.read().spans.isEmpty)
  }

  @Test(arguments: ["s3://bucket/1/traces/tr-1/artifacts", "gs://b/x", "dbfs:/x"])
  func objectStoresAreSaidToBeOutOfReach(_ location: String) async throws {
    let trace = try await ArtifactScratch(location: location).read()
    #expect(trace.spans.isEmpty)
    #expect(trace.diagnostics.first?.contains("ask the tracking server") == true)
  }
}
