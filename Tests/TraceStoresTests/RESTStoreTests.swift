import Foundation
import LensTestSupport
import Synchronization
import Testing
import TraceModel
import TraceQuery
import TraceStores

@Suite("A tracking server answers as a database does")
struct RESTStoreTests {
  private func server(_ fixture: RESTFixture) throws -> (RESTServer, any TraceStore) {
    let server = try RESTServer { fixture.reply($0) }
    return (server, try StoreLocator.server(server.address + "/"))
  }

  @Test(arguments: [3, 2])
  func tracesAreReadWithTheirSpans(version: Int) async throws {
    let (server, store) = try server(RESTFixture(version: version, hasNewArtifactRoute: version == 3))
    let trace = try await store.trace(TraceID(RESTFixture.id(1)))
    #expect(trace.info.name == "name1")
    #expect(trace.spans.map(\.name) == ["root1"])
    #expect(trace.diagnostics.isEmpty)
    let ids = [2, 9, 0].map { TraceID(RESTFixture.id($0)) }
    #expect(try await store.traces(ids).map(\.info.id) == [ids[0], ids[2]])
    #expect(try await store.experiments() == [Experiment(id: "1", name: "shop", isDeleted: false)])
    // The version is asked for once.
    let probes = server.requests.filter { $0.path == "/api/3.0/mlflow/traces/search" }
    #expect(probes.count == 1)
    await #expect(throws: StoreError(.notFound, "There is no trace '\(RESTFixture.id(9))' in \(server.address)")) {
      try await store.trace(TraceID(RESTFixture.id(9)))
    }
  }

  @Test func spansComeFromThePublicRouteWhenTheOtherFails() async throws {
    let (server, store) = try server(RESTFixture(artifactsFail: true))
    let trace = try await store.trace(TraceID(RESTFixture.id(0)))
    #expect(trace.spans.map(\.name) == ["otlp"])
    // A 500 that will not change is not asked for again.
    #expect(server.requests.filter { $0.path.hasSuffix("get-trace-artifact") }.count == 1)
    #expect(server.requests.last?.target.contains("allow_partial=true") == true)
  }

  @Test(arguments: [(7, 7, true), (600, 600, true), (5_100, 5_000, false)])
  func whatMatchesIsCounted(count: Int, expected: Int, isExact: Bool) async throws {
    let (server, store) = try server(RESTFixture(count: count))
    let page = try await store.search(TraceQuery(limit: 5))
    #expect(page.infos.map(\.name) == (0..<5).map { "name\($0)" })
    #expect(page.totalCount == expected)
    #expect(page.isCountExact == isExact)
    #expect(page.nextPageToken == PageToken(offset: 5))
    #expect(server.requests.count < 20)
    let second = try await store.search(TraceQuery(limit: 5, offset: 5))
    #expect(second.infos.first?.name == "name5")
    let behind = try await store.search(TraceQuery(limit: 5, offset: 1_000_000))
    #expect(behind.infos.isEmpty && behind.nextPageToken == nil && behind.totalCount == expected)
  }

  /// A million would be counted in as many requests.
  @Test func tracesAreCountedWhereTheyAre() async throws {
    let (server, store) = try server(RESTFixture(count: 5_100, hasMetrics: true))
    let page = try await store.search(TraceQuery(limit: 2))
    #expect(page.totalCount == 5_100)
    #expect(page.isCountExact)
    #expect(server.requests.count <= 4)
    let since = TraceQuery(conditions: [.since(Timestamp(milliseconds: 0))], limit: 2)
    #expect(try await store.search(since).totalCount == 5_100)
    #expect(server.requests.contains { $0.body.contains("\"start_time_ms\":0") })
    // What its route for figures does not know is counted as before.
    let slow = TraceQuery(conditions: [.durationAtLeast(0)], limit: 2)
    #expect(try await store.search(slow).totalCount == 5_000)
  }

  @Test func aTokenBehindTheLastTraceLeadsNowhere() async throws {
    let (_, store) = try server(RESTFixture(count: 5, hasTokenBehindLast: true))
    for limit in [5, 500] {
      let page = try await store.search(TraceQuery(limit: limit))
      #expect(page.infos.count == 5 && page.totalCount == 5 && page.nextPageToken == nil)
    }
  }

  @Test(arguments: [true, false])
  func tracesWithoutErrorSpansAreTheOthers(acceptsSpanFilter: Bool) async throws {
    let (_, store) = try server(RESTFixture(count: 5, acceptsSpanFilter: acceptsSpanFilter))
    let with = try await store.search(TraceQuery(conditions: [.hasErrorSpans(true)]))
    #expect(with.infos.map(\.name) == ["name0", "name2", "name4"])
    let without = try await store.search(TraceQuery(conditions: [.hasErrorSpans(false)]))
    #expect(without.infos.map(\.name) == ["name1", "name3"])
    #expect(without.totalCount == 2)
  }

  @Test func conditionsAreWrittenInMLflowsLanguage() async throws {
    let (server, store) = try server(RESTFixture())
    _ = try await store.search(
      TraceQuery(
        experimentIDs: ["1"],
        conditions: [
          .state([.ok, .error]), .session("O'Brien"), .user("u"), .since(Timestamp(milliseconds: 1)),
          .until(Timestamp(milliseconds: 2)), .durationAtLeast(3), .hasErrorSpans(true),
        ], order: [TraceOrder(.name, isDescending: true)]))
    let body = try #require(server.requests.last?.body)
    let filter =
      #"status IN ('OK', 'ERROR') AND metadata.`mlflow.trace.session` = \"O'Brien\" AND metadata.`mlflow.trace.user` = 'u' "#
      + "AND timestamp_ms >= 1 AND timestamp_ms < 2 AND execution_time_ms >= 3 AND span.status = 'ERROR'"
    #expect(body.contains(#""filter":"\#(filter)""#))
    #expect(body.contains(#""order_by":["name DESC"]"#))
    // No quote is left for this one: it is looked for here, in what the server has.
    let both = try await store.search(TraceQuery(conditions: [.session("both ' and \"")]))
    #expect(both.totalCount == 0)
    #expect(server.requests.last?.body.contains("filter") == false)
  }

  @Test func prefixesAreLookedUp() async throws {
    let (server, store) = try server(RESTFixture())
    let id = RESTFixture.id(2)
    #expect(try await store.traceIDs(withPrefix: id, limit: 6) == [TraceID(id)])
    #expect(!server.requests.contains { $0.body.contains("LIKE") })
    #expect(try await store.traceIDs(withPrefix: "tr-000", limit: 6).count == 3)
    #expect(server.requests.last?.body.contains("request_id LIKE 'tr-000%'") == true)
    #expect(try await store.traceIDs(withPrefix: "get", limit: 6).isEmpty)
  }

  @Test func aSummaryTellsTheVersion() async throws {
    let (_, store) = try server(RESTFixture(count: 700))
    let summary = try await store.summary()
    #expect(summary.kind == "MLflow tracking server 3.18.0")
    #expect(summary.traceCount == 700)
    #expect(summary.newestTrace?.id == TraceID(RESTFixture.id(0)))
  }

  @Test func pathPrefixesAreKept() async throws {
    let fixture = RESTFixture()
    let server = try RESTServer { request in
      guard request.target.hasPrefix("/team/a/") else { return .html(404) }
      var inner = request
      inner.target = String(request.target.dropFirst("/team/a".count))
      return fixture.reply(inner)
    }
    let store = try StoreLocator.server(server.address + "/team/a/")
    #expect(try await store.search(TraceQuery()).totalCount == 3)
    await #expect {
      try await StoreLocator.server(server.address).search(TraceQuery())
    } throws: { error in
      "\(error)".contains("does not know") && "\(error)".contains("path prefix")
    }
  }
}
