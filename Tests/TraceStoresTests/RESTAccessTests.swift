import Foundation
import JSONText
import LensTestSupport
import Testing
import TraceModel
import TraceQuery
import TraceStores

@Suite("Workspaces, Databricks and signed requests")
struct RESTAccessTests {
  private static let id = TraceID(RESTFixture.id(1))

  // MARK: Workspaces

  private func workspaceServer(enabled: Bool) throws -> RESTServer {
    let fixture = RESTFixture()
    return try RESTServer { request in
      request.path == "/api/3.0/mlflow/server-info"
        ? .answer(200, #"{"workspaces_enabled": \#(enabled)}"#) : fixture.reply(request)
    }
  }

  @Test func theWorkspaceIsNamedInEachRequest() async throws {
    let server = try workspaceServer(enabled: true)
    let store = try StoreLocator.server(server.address, ["MLFLOW_WORKSPACE": " team "])
    _ = try await store.trace(Self.id)
    _ = try await store.search(TraceQuery())
    let (probes, others) = (
      server.requests.filter { $0.path.hasSuffix("server-info") },
      server.requests.filter { !$0.path.hasSuffix("server-info") }
    )
    #expect(probes.map { $0.headers["x-mlflow-workspace"] } == [nil])
    #expect(!others.isEmpty)
    for request in others { #expect(request.headers["x-mlflow-workspace"] == "team") }
    #expect(try await store.summary().kind.contains("workspace 'team'"))
  }

  /// Such a server would answer from everything it holds.
  @Test func aServerWithoutWorkspacesIsNotAsked() async throws {
    let old = try RESTServer { RESTFixture().reply($0) }
    for server in [try workspaceServer(enabled: false), old] {
      let store = try StoreLocator.server(server.address, ["MLFLOW_WORKSPACE": "team"])
      let error = await #expect(throws: StoreError.self) { try await store.trace(Self.id) }
      #expect(error?.description.contains("the server has none") == true)
      #expect(server.requests.count == 1)
    }
  }

  // MARK: Databricks

  private static let token = "dapi-s3cret"

  /// What a workspace does with a trace: the file of its spans is elsewhere.
  private func workspace(_ storage: String) throws -> RESTServer {
    let fixture = RESTFixture()
    return try RESTServer { request in
      guard request.headers["authorization"] == "Bearer \(Self.token)" else { return .answer(401, "") }
      if request.path == "/api/2.0/mlflow/traces/\(Self.id)/credentials-for-data-download" {
        return .answer(
          200,
          #"{"credential_info":{"signed_uri":"\#(storage)","type":"AWS_PRESIGNED_URL","headers":[{"name":"x-ms-a","value":"b"}]}}"#
        )
      }
      return request.path.contains("artifact") ? .html(404) : fixture.reply(request)
    }
  }

  @Test func spansOfDatabricksAreFetchedWhereTheyAreWithoutTheToken() async throws {
    let span = RESTFixture.span(1, failed: false)
    let storage = try RESTServer { request in
      request.target == "/bucket/traces.json?X-Signature=a%2Fb"
        ? .answer(200, #"{"spans":[\#(span)]}"#) : .answer(403, "no")
    }
    let server = try workspace("\(storage.address)/bucket/traces.json?X-Signature=a%2Fb")
    let store = try StoreLocator.server(
      "databricks", ["DATABRICKS_HOST": server.address + "/", "DATABRICKS_TOKEN": Self.token])
    #expect(try await store.trace(Self.id).spans.map(\.name) == ["root1"])
    #expect(storage.requests.map { $0.headers["authorization"] } == [nil])
    #expect(storage.requests.map { $0.headers["x-ms-a"] } == ["b"])
    #expect(try await store.summary().kind == "Databricks workspace")
  }

  @Test func storageThatRefusesIsNamedWithoutTheSignature() async throws {
    let storage = try RESTServer { _ in .answer(403, "") }
    for (url, words) in [
      ("\(storage.address)/bucket?sig=s1gnature", "The server at \(storage.address) refuses access (403)"),
      ("file:///etc/passwd?sig=s1gnature", "cannot be read"), ("https://h ost/?sig=s1gnature", "cannot be read"),
    ] {
      let server = try workspace(url)
      let store = try StoreLocator.server(
        "databricks", ["DATABRICKS_HOST": server.address, "DATABRICKS_TOKEN": Self.token])
      let error = await #expect(throws: StoreError.self) { try await store.trace(Self.id) }
      let text = error?.description ?? ""
      #expect(text.contains(words), "\(text)")
      #expect(!text.contains("s1gnature") && !text.contains(Self.token))
    }
  }

  private static let profiles = """
    [DEFAULT]
    host = https://default.example
    token = dapi-d
    [team]
    host = team.example/?o=12
    token = dapi-t
    [oauth]
    host = https://o.example
    auth_type = databricks-cli
    [hostless]
    token = dapi-x
    """

  @Test(arguments: [
    ("databricks", [:], "https://default.example"), ("databricks://team", [:], "https://team.example"),
    ("databricks", ["DATABRICKS_CONFIG_PROFILE": "team"], "https://team.example"),
    ("databricks", ["DATABRICKS_HOST": "env.example", "DATABRICKS_TOKEN": "t"], "https://env.example"),
    ("databricks://team", ["DATABRICKS_HOST": "env.example", "DATABRICKS_TOKEN": "t"], "https://team.example"),
    ("databricks", ["DATABRICKS_HOST": "env.example"], "There is no token"),
    ("databricks://oauth", [:], "by OAuth (the profile 'oauth'"),
    ("databricks", ["DATABRICKS_HOST": "e.example", "DATABRICKS_CLIENT_ID": "c"], "by OAuth (DATABRICKS_HOST)"),
    ("databricks://scope:prefix", [:], "secret scopes"), ("databricks://nobody", [:], "has no profile 'nobody'"),
    ("databricks://hostless", [:], "No Databricks workspace"),
    ("databricks", ["DATABRICKS_HOST": "https://u:p@h.example", "DATABRICKS_TOKEN": "t"], "is no address"),
  ])
  func theWorkspaceIsFoundByDatabricksRules(
    _ uri: String, _ environment: [String: String], _ expected: String
  ) async throws {
    let home = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: home) }
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    try Data(Self.profiles.utf8).write(to: home.appendingPathComponent(".databrickscfg"))
    // Nobody listens there: the name that is looked up is in the error.
    let error = await #expect(throws: StoreError.self) {
      let more = ["HOME": home.path, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_TIMEOUT": "5"]
      _ = try await StoreLocator.server(uri, environment.merging(more) { $1 }).experiments()
    }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.description.contains("dapi-") == false)
  }

  // MARK: Signatures

  @Test func requestsAreSignedForTheRegionAndTheKeysStayHere() async throws {
    let fixture = RESTFixture()
    let server = try RESTServer { fixture.reply($0) }
    let keys = [
      "MLFLOW_TRACKING_AWS_SIGV4": "true", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s3cret",
      "AWS_SESSION_TOKEN": "session", "AWS_REGION": "eu-west-1",
    ]
    let store = try StoreLocator.server(server.address, keys)
    _ = try await store.trace(Self.id)
    #expect(!server.requests.isEmpty)
    for request in server.requests {
      let header = request.headers["authorization"] ?? ""
      #expect(header.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
      #expect(header.contains("/eu-west-1/execute-api/aws4_request"))
      #expect(request.headers["x-amz-security-token"] == "session")
      #expect(!request.headers.values.contains { $0.contains("s3cret") })
    }
  }
}
