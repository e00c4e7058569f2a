import JSONText
import Synchronization
public import TraceModel
import TraceQuery

/// A tracking server of MLflow 2.14 or later.
public final class RESTStore: TraceStore {
  /// Where it is, for people.
  public let location: StoreLocation
  let connection: RESTConnection
  /// For addresses that the server signs: knows no client certificate.
  let storageClient: any HTTPClient
  /// What this server was found to have; asked once, for all calls.
  let routes = Mutex(Routes())

  /// Routes that are not on every server.
  struct Routes: Sendable {
    /// Whether it has the third version of the API, which came with 3.2; nil before the first question.
    var hasVersion3: Bool?
    /// Where the web interface fetches spans: a route of its own since 3.9.
    var artifacts = ["/ajax-api/3.0/mlflow/get-trace-artifact", "/ajax-api/2.0/mlflow/get-trace-artifact"]
    /// Figures over traces, since 3.9.
    var hasMetrics = true
    /// Infos of many ids at once, since 3.11.
    var hasBatchInfos = true
  }

  /// Requests under way at once for one call.
  static let width = 8
  /// Infos in one answer; servers refuse more.
  static let pageSize = 500
  /// Pages read for one question, however little stands on them.
  static let mostPages = 200
  /// Infos read for one question, where all of them are needed.
  static let bound = 5_000

  /// A store that is asked at its first question.
  package init(connection: RESTConnection, storageClient: any HTTPClient, location: StoreLocation) {
    self.connection = connection
    self.storageClient = storageClient
    self.location = location
  }

  /// A store for an `http` or `https` address, or a workspace of Databricks, with MLflow's environment variables and credentials file.
  ///
  /// - Throws: ``StoreError/Code/unsupported`` for ways to log in that it does not know.
  public convenience init(
    uri: String, environment: [String: String], location: StoreLocation
  ) throws(StoreError) {
    let settings = UserSettings(variables: environment)
    let access =
      uri.lowercased().hasPrefix("databricks")
      ? try DatabricksAccess.access(uri: uri, settings: settings) : try ServerAccess(uri: uri, settings: settings)
    self.init(
      connection: RESTConnection(access: access, client: CurlClient(tls: access.tls, proxy: access.proxy)),
      storageClient: CurlClient(tls: access.tls.anonymous, proxy: access.proxy),
      location: location)
  }

  // MARK: Experiments

  /// All experiments that the server shows us, by id.
  public func experiments() async throws(StoreError) -> [Experiment] {
    var experiments: [Experiment] = []
    var count = 0
    var token: String?
    var pages = 0
    repeat {
      pages += 1
      let before = count
      let body = JSON.object(present: [
        "max_results": 1_000, "view_type": "ALL", "page_token": token.map { .string($0) },
      ])
      let root = try await connection.json(.post("/api/2.0/mlflow/experiments/search", body))
      for record in root["experiments"]?.elements ?? JSONValue.null.elements {
        count += 1
        guard let id = record["experiment_id"].flatMap({ $0.string ?? $0.numberText }) else { continue }
        experiments.append(
          Experiment(
            id: id, name: record["name"]?.string ?? "", isDeleted: record["lifecycle_stage"]?.string == "deleted"))
      }
      let next = root.nextPageToken
      // A server that hands out tokens for ever must not keep us, whether they are the same or others.
      guard next != token, count > before else { break }
      token = next
    } while token != nil && count < 50_000 && pages < Self.mostPages
    return experiments.sorted { left, right in
      switch (Int64(left.id), Int64(right.id)) {
      case (let first?, let second?): first < second
      default: left.id < right.id
      }
    }
  }

  // MARK: Traces

  /// One trace with its spans.
  public func trace(_ id: TraceID) async throws(StoreError) -> Trace {
    guard let info = try await info(id) else {
      throw StoreError(.notFound, "There is no trace '\(id)' in \(location.uri)")
    }
    return try await trace(info)
  }

  /// Several traces with their spans.
  public func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace] {
    try await traces(of: try await infos(ids))
  }

  /// The traces of infos, with their spans.
  public func traces(of infos: [TraceInfo]) async throws(StoreError) -> [Trace] {
    try await concurrently(infos, atMost: Self.width) { info async throws(StoreError) in
      try await self.trace(info)
    }
  }

  /// Ids that begin with `prefix`.
  public func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID] {
    // A whole id is quicker asked for than searched for, and found whichever experiments we may list.
    if prefix.utf8.count >= 32, try await info(TraceID(prefix)) != nil { return [TraceID(prefix)] }
    guard let pattern = ServerFilter.quoted("\(prefix)%") else { return [] }
    let experiments = try await experiments().map(\.id)
    // `_` and `%` match other characters too and have no escape, so more is asked for and looked through.
    let count = prefix.contains { $0 == "_" || $0 == "%" } ? Self.pageSize : max(1, min(limit, Self.pageSize))
    let question = InfoQuestion(
      experiments: experiments, filter: "request_id LIKE \(pattern)", order: [TraceOrder(.requestID)], count: count)
    var found = try await records(question)?.infos
    if found == nil { found = try await allInfos(experiments, filter: "")?.infos }
    return Array((found ?? []).map(\.id).filter { $0.rawValue.hasPrefix(prefix) }.sorted().prefix(limit))
  }
}

extension JSONValue {
  /// The token of the next page; old servers write an empty one on the last.
  var nextPageToken: String? { self["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
