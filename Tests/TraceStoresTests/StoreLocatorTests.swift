import Foundation
import LensTestSupport
import Testing
import TraceModel
import TraceQuery
import TraceStores

@Suite("The store is found by MLflow's rules")
struct StoreLocatorTests {
  private func locator(_ option: String? = nil, _ environment: [String: String] = [:], in folder: String = "/nowhere")
    -> StoreLocator
  {
    StoreLocator(option: option, environment: environment, workingDirectory: folder)
  }

  @Test func theOptionWinsOverTheEnvironment() {
    let both = locator("sqlite:///a.db", ["MLFLOW_TRACKING_URI": "sqlite:///b.db"])
    #expect(both.location == StoreLocation(uri: "sqlite:///a.db", reason: "--tracking-uri"))
    #expect(locator(nil, ["MLFLOW_TRACKING_URI": "sqlite:///b.db"]).location.reason == "MLFLOW_TRACKING_URI")
  }

  @Test(arguments: ["", "${user_config.tracking_uri}"])
  func whatAHostLeavesUnfilledIsUnset(_ value: String) {
    #expect(locator(value, ["MLFLOW_TRACKING_URI": value]).location.uri == "sqlite:///mlflow.db")
  }

  @Test func aFileStoreInTheFolderIsMLflowsDefault() throws {
    let folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("mlruns/0"), withIntermediateDirectories: true)
    #expect(locator(in: folder.path).location.uri == "sqlite:///mlflow.db")
    try Data().write(to: folder.appendingPathComponent("mlruns/0/meta.yaml"))
    #expect(locator(in: folder.path).location.uri == "./mlruns")
  }

  @Test(arguments: [
    ("sqlite:///rel%20ative.db", "/base/rel ative.db"), ("sqlite:///a%+Fb.db", "/base/a%+Fb.db"),
    ("sqlite:////abs/x.db", "/abs/x.db"),
    ("sqlite+pysqlite:///x.db?timeout=5", "/base/x.db"), ("SQLITE:///x.db", "/base/x.db"),
  ])
  func pathsOfSQLiteURIs(_ uri: String, _ path: String) async throws {
    let store = try locator(uri, in: "/base").open()
    await #expect {
      try await store.experiments()
    } throws: { error in
      "\(error)".contains("There is no database at '\(path)'")
    }
  }

  @Test(arguments: [
    ("https://u:secret@", "'https://' names no host"),
    ("databricks", "No Databricks workspace is set"),
    ("/usr", "holds no traces"), ("postgresql://u:secret@host/db", "not read directly"),
    ("/no/such/folder", "There is nothing at '/no/such/folder'"), ("sqlite://", "names no database file"),
    ("ftp://x", "no kind of store"), ("s3://bucket", "no kind of store"),
  ])
  func whatCannotBeReadIsNamed(_ uri: String, _ words: String) {
    #expect {
      try locator(uri).open()
    } throws: { error in
      "\(error)".contains(words) && !"\(error)".contains("secret")
    }
  }
}

@Suite("Queries are understood or refused")
struct QueryTests {
  @Test func ordersAreRead() throws {
    #expect(
      try TraceOrder.parse("timestamp_ms DESC, status") == [
        TraceOrder(.timestamp, isDescending: true), TraceOrder(.status),
      ])
    #expect(try TraceOrder.parse("timestamp asc, execution_time desc").map(\.key) == [.timestamp, .executionTime])
    #expect(try TraceOrder.parse("").isEmpty)
  }

  @Test(arguments: [
    "colour", "metadata.` ", "tag.a`b", "timestamp_ms SIDEWAYS", "status, status", "timestamp_ms DESC NULLS",
  ])
  func ordersAreRefused(_ text: String) {
    #expect(throws: QueryError.self) { try TraceOrder.parse(text) }
  }

  /// The text that MLflow 3.17 gives out for these offsets.
  @Test(arguments: [(2, "eyJvZmZzZXQiOiAyfQ=="), (4, "eyJvZmZzZXQiOiA0fQ=="), (100, "eyJvZmZzZXQiOiAxMDB9")])
  func tokensAreMLflows(_ offset: Int, _ text: String) throws {
    #expect(PageToken(offset: offset).text == text)
    #expect(try PageToken(text).offset == offset)
  }

  @Test(arguments: [
    "", "x", "!!!!", "eyJvZmZzZXQiOiAwfQ==", "eyJvIjogMn0=", "bm8ganNvbg==",
    // Offsets to which nothing can be added.
    "eyJvZmZzZXQiOiA5MjIzMzcyMDM2ODU0Nzc1ODA3fQ==", "eyJvZmZzZXQiOiAiOTIyMzM3MjAzNjg1NDc3NTgwNyJ9",
  ])
  func damagedTokensAreRefused(_ text: String) {
    #expect(throws: QueryError.self) { try PageToken(text) }
  }
}
