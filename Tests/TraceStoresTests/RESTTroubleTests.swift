import Foundation
import LensTestSupport
import Synchronization
import Testing
import TraceModel
import TraceQuery
import TraceStores

/// Whoever waits here waits for an hour, and meets the suite's limit: no test counts seconds, which a busy machine has few of.
@Suite("Servers that misbehave are named, in time and without credentials", .timeLimit(.minutes(5)))
struct RESTTroubleTests {
  private static let secret = "s3cret-p4ssword"
  private static let login = ["MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": secret]

  private func failure(
    _ environment: [String: String] = login, _ reply: @escaping @Sendable (RESTServer.Request) -> RESTServer.Reply
  ) async throws -> (error: StoreError?, requests: [RESTServer.Request]) {
    let server = try RESTServer(reply)
    let store = try StoreLocator.server(server.address, environment)
    let error = await #expect(throws: StoreError.self) { try await store.experiments() }
    let text = error?.description ?? ""
    #expect(text.contains(server.address))
    #expect(!text.contains(Self.secret))
    #expect(!String(reflecting: error).contains(Self.secret))
    return (error, server.requests)
  }

  @Test func answersThatAreNone() async throws {
    let cases: [(RESTServer.Reply, StoreError.Code, String)] = [
      (.answer(401, "You are not authenticated"), .unreadable, "user and password were not accepted"),
      (.answer(403, "Permission denied"), .unreadable, "(403): Permission denied"),
      (.answer(403, "who is \(Self.secret)?"), .unreadable, "who is [hidden]?"),
      (.html(404), .unsupported, "does not know POST /api/2.0/mlflow/experiments/search (404)"),
      (.html(200), .unreadable, "is not MLflow's JSON (text/html)"),
      (.error(400, "INVALID_PARAMETER_VALUE", "bad"), .unreadable, "with 400: INVALID_PARAMETER_VALUE, bad"),
      (.answer(407, ""), .unreadable, "proxy"),
    ]
    for (reply, code, words) in cases {
      let (error, requests) = try await failure { _ in reply }
      #expect(error?.code == code)
      #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
      #expect(error?.hint != nil || code == .unreadable)
      #expect(requests.count == 1)
    }
  }

  @Test func failuresAreTriedAgainAndThenTold() async throws {
    let environment = Self.login.merging(["MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"]) { $1 }
    for (reply, words) in [
      (RESTServer.Reply.error(500, "INTERNAL_ERROR", "boom"), "with 500: INTERNAL_ERROR, boom"),
      (.answer(503, "starting"), "is not available (503): starting"), (.cutOff(#"{"experiments": []"#), "broke off"),
      (.answer(429, "", headers: ["Retry-After": "0"]), "too many requests (429)"),
    ] {
      let (error, requests) = try await failure(environment) { _ in reply }
      #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
      #expect(requests.count == 3)
    }
  }

  @Test func whoeverAsksToWaitTooLongIsNotWaitedFor() async throws {
    let (error, requests) = try await failure { _ in .answer(429, "", headers: ["Retry-After": "3600"]) }
    #expect(error?.description.contains("asks to wait 3600 s") == true)
    #expect(error?.code == .busy)
    #expect(requests.count == 1)
  }

  @Test func theSecondAttemptMayDo() async throws {
    let count = Mutex(0)
    let fixture = RESTFixture()
    let server = try RESTServer { request in
      let number = count.withLock {
        $0 += 1
        return $0
      }
      return number == 1 ? .answer(429, "", headers: ["Retry-After": "0"]) : fixture.reply(request)
    }
    #expect(try await StoreLocator.server(server.address).experiments().count == 1)
    #expect(server.requests.count == 2)
  }

  @Test func aServerThatHangsIsLeft() async throws {
    let (error, _) = try await failure(Self.login.merging(["MLFLOW_HTTP_REQUEST_TIMEOUT": "0.5"]) { $1 }) { _ in .hang }
    #expect(error?.description.contains("did not answer within 0.5 s") == true)
    #expect(error?.code == .busy)
  }

  @Test func aCancelledCallEndsAtOnce() async throws {
    let server = try RESTServer { _ in .hang }
    let store = try StoreLocator.server(server.address, ["MLFLOW_HTTP_REQUEST_TIMEOUT": "3600"])
    let asking = Task { try await store.experiments() }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    asking.cancel()
    await #expect(throws: StoreError(.cancelled, "The call was cancelled")) { try await asking.value }
  }

  @Test func aServerThatIsDownIsNamed() async throws {
    let server = try RESTServer { _ in .hang }
    let port = server.port
    server.stop()
    let store = try StoreLocator.server("http://ann:\(Self.secret)@127.0.0.1:\(port)")
    let error = await #expect(throws: StoreError.self) { try await store.summary() }
    #expect(error?.code == .noStore)
    #expect(error?.description.contains("No server answers at http://127.0.0.1:\(port) (Failed to connect") == true)
    #expect(error?.description.contains(" ms") == false)
    #expect(error?.description.contains(Self.secret) == false)
  }

  @Test func credentialsGoToNoOtherServer() async throws {
    let other = try RESTServer { _ in .answer(200, "{}") }
    let elsewhere = other.address
    let (error, requests) = try await failure { _ in .redirect("\(elsewhere)/api") }
    #expect(requests.first?.headers["authorization"]?.hasPrefix("Basic ") == true)
    #expect(error?.description.contains("redirects to another one, \(elsewhere)") == true)
    #expect(other.requests.isEmpty)
  }

  /// A token that is another one each time, beside nothing that could be read.
  @Test func pagesWithoutEndAreLeft() async throws {
    let count = Mutex(0)
    let server = try RESTServer { _ in
      let number = count.withLock { count in
        count += 1
        return count
      }
      // So that the test ends where the program would not.
      let next = number < 5_000 ? #","next_page_token":"t\#(number)""# : ""
      return .answer(
        200, #"{"experiments":[{"name":"no id"}],"traces":[{"trace_id":"no time"}],"data_points":[{}]\#(next)}"#)
    }
    let store = try StoreLocator.server(server.address)
    #expect(try await store.experiments().isEmpty)
    let page = try await store.search(
      TraceQuery(experimentIDs: ["1"], conditions: [.failedAssessment(nil)], limit: 5))
    #expect(page.infos.isEmpty)
    #expect(try await store.search(TraceQuery(experimentIDs: ["1"], limit: 5)).infos.isEmpty)
    #expect(server.requests.count < 1_500)
  }

  @Test func redirectsOnTheSameServerAreFollowed() async throws {
    let fixture = RESTFixture()
    let server = try RESTServer { request in
      guard request.target.hasPrefix("/moved") else { return .redirect("/moved\(request.target)") }
      var inner = request
      inner.target = String(request.target.dropFirst("/moved".count))
      return fixture.reply(inner)
    }
    let store = try StoreLocator.server(server.address, ["MLFLOW_TRACKING_TOKEN": Self.secret])
    #expect(try await store.experiments().count == 1)
    #expect(server.requests.map(\.method) == ["POST", "POST"])
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.secret)" })
    let (error, requests) = try await failure { .redirect($0.target) }
    #expect(error?.description.contains("redirects in a circle") == true)
    #expect(requests.count == 6)
    let (forbidden, _) = try await failure(["MLFLOW_ALLOW_HTTP_REDIRECTS": "false"]) { _ in .redirect("/x") }
    #expect(forbidden?.description.contains("MLFLOW_ALLOW_HTTP_REDIRECTS") == true)
  }
}
