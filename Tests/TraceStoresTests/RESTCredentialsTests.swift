import Foundation
import LensTestSupport
import Testing
import TraceQuery
import TraceStores

@Suite("Credentials are found by MLflow's rules")
struct RESTCredentialsTests {
  private static let file = """
    [other]
    mlflow_tracking_username = wrong
    [mlflow]
    # the team's account
    MLFLOW_Tracking_Username = filed
    mlflow_tracking_password: p=1%%;
    """

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var environment: [String: String] = [:]
    var file: String?
    var userInfo = ""
    var expected: String?
  }

  private static func basic(_ text: String) -> String { "Basic \(Data(text.utf8).base64EncodedString())" }

  static let cases: [Case] = [
    Case(testDescription: "none", expected: nil),
    Case(
      testDescription: "environment",
      environment: ["MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "p:w ü"], file: file,
      expected: basic("ann:p:w ü")),
    Case(testDescription: "file", file: file, expected: basic("filed:p=1%;")),
    Case(
      testDescription: "each field by itself", environment: ["MLFLOW_TRACKING_USERNAME": "ann"], file: file,
      expected: basic("ann:p=1%;")),
    Case(
      testDescription: "a token when one is missing",
      environment: ["MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_TOKEN": "t0k"], expected: "Bearer t0k"),
    Case(
      testDescription: "user and password before the token", environment: ["MLFLOW_TRACKING_TOKEN": "t0k"], file: file,
      expected: basic("filed:p=1%;")),
    Case(
      testDescription: "the URL before all", environment: ["MLFLOW_TRACKING_TOKEN": "t0k"], file: file,
      userInfo: "bob:a%40b/c@", expected: basic("bob:a@b/c")),
    Case(
      testDescription: "an unfilled setting is unset",
      environment: ["MLFLOW_TRACKING_USERNAME": "${user_config.user}", "MLFLOW_TRACKING_TOKEN": "t0k"],
      expected: "Bearer t0k"),
  ]

  @Test(arguments: cases)
  func whatIsSent(_ example: Case) async throws {
    let home = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: home) }
    try FileManager.default.createDirectory(
      at: home.appendingPathComponent(".mlflow"), withIntermediateDirectories: true)
    try example.file.map { try Data($0.utf8).write(to: home.appendingPathComponent(".mlflow/credentials")) }
    let fixture = RESTFixture()
    let server = try RESTServer { fixture.reply($0) }
    let store = try StoreLocator.server(
      "http://\(example.userInfo)127.0.0.1:\(server.port)", example.environment.merging(["HOME": home.path]) { $1 })
    #expect(store.location.uri == server.address)
    _ = try await store.search(TraceQuery())
    #expect(!server.requests.isEmpty)
    for request in server.requests { #expect(request.headers["authorization"] == example.expected) }
  }

  @Test(arguments: [
    (["MLFLOW_TRACKING_AWS_SIGV4": "true"], "no access key was found"),
    (
      ["MLFLOW_TRACKING_AWS_SIGV4": "true", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s3cret"],
      "no region was found"
    ),
    (["MLFLOW_TRACKING_AUTH": "kubernetes"], "MLFLOW_TRACKING_AUTH"),
    (["MLFLOW_TRACKING_INSECURE_TLS": "1", "MLFLOW_TRACKING_SERVER_CERT_PATH": "/x"], "are both set"),
    (["MLFLOW_TRACKING_SERVER_CERT_PATH": "/no/such.pem"], "there is nothing at '/no/such.pem'"),
    (["MLFLOW_TRACKING_TOKEN": "s3cret\r\nX-Evil: 1"], "control character"),
    (["MLFLOW_WORKSPACE": "a\r\nX-Evil: 1"], "control character"),
  ])
  func whatCannotBeDoneIsSaid(_ environment: [String: String], _ words: String) {
    #expect {
      try StoreLocator.server("https://host", environment)
    } throws: { error in
      "\(error)".contains(words) && !"\(error)".contains("s3cret")
    }
  }

  @Test func descriptionsHoldNoCredentials() {
    let locator = StoreLocator(
      option: "https://ann:s3cret/@host/p?token=s3cret", environment: ["MLFLOW_TRACKING_TOKEN": "s3cret"],
      workingDirectory: "/")
    #expect(locator.location.uri == "https://host/p")
    #expect(!String(describing: locator.location).contains("s3cret"))
  }
}
