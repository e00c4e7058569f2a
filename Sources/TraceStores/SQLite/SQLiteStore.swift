public import TraceModel
public import TraceQuery
import Synchronization

/// MLflow's own database, read beside whoever writes it.
public final class SQLiteStore: TraceStore {
  /// Where it is, for people.
  public let location: StoreLocation
  private let path: String
  let artifacts: ArtifactSpans
  private let idle = Mutex<[SQLiteConnection]>([])
  private let count = Mutex<Int>(0)

  /// Connections kept for the next question; more are opened while many questions are asked at once.
  private static let keptConnections = 32

  /// A store that is opened at its first question.
  ///
  /// - Parameter artifactsDestination: The folder that a server proxies artifacts from, if the user named it.
  public init(path: String, location: StoreLocation, artifactsDestination: String? = nil) {
    self.path = path
    self.location = location
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    artifacts = ArtifactSpans(databaseFolder: folder.isEmpty ? "/" : folder, destination: artifactsDestination)
  }

  /// What it holds.
  public func summary() async throws(StoreError) -> StoreSummary {
    try await read { (database, schema) throws(StoreError) in
      func count(_ sql: String) throws(StoreError) -> Int {
        try database.prepare(sql).rows { row in Int(row.integer(0) ?? 0) }.first ?? 0
      }
      let newest = try database.prepare(
        "SELECT request_id, timestamp_ms FROM trace_info ORDER BY timestamp_ms DESC, request_id LIMIT 1"
      ).rows { row in (TraceID(row.text(0) ?? ""), Timestamp(milliseconds: row.integer(1) ?? 0)) }.first
      let sessions =
        schema.hasPromotedColumns
        ? "SELECT COUNT(DISTINCT session_id) FROM trace_info"
        : "SELECT COUNT(DISTINCT value) FROM trace_request_metadata WHERE key = '\(ReservedKey.session)'"
      return StoreSummary(
        kind: "MLflow SQLite database" + (schema.revision.map { ", schema revision \($0)" } ?? ""),
        experimentCount: schema.has("experiments") ? try count("SELECT COUNT(*) FROM experiments") : 0,
        traceCount: try count("SELECT COUNT(*) FROM trace_info"), sessionCount: try count(sessions),
        spanCount: schema.has("spans") ? try count("SELECT COUNT(*) FROM spans") : 0, newestTrace: newest,
        limitations: schema.limitations)
    }
  }

  /// All experiments, by id.
  public func experiments() async throws(StoreError) -> [Experiment] {
    try await read { (database, schema) throws(StoreError) in
      guard schema.has("experiments") else { return [] }
      return try database.prepare("SELECT experiment_id, name, lifecycle_stage FROM experiments ORDER BY experiment_id")
        .rows { row in
          Experiment(id: row.text(0) ?? "", name: row.text(1) ?? "", isDeleted: row.text(2) == "deleted")
        }
    }
  }

  /// Ids that begin with `prefix`.
  public func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID] {
    // A range and not LIKE: it uses the key's index, and no character of an id has a meaning of its own.
    try await read { (database, _) throws(StoreError) in
      try database.prepare(
        "SELECT request_id FROM trace_info WHERE request_id >= ?1 AND substr(request_id, 1, length(?1)) = ?1"
          + " AND request_id < ?1 || x'f48fbfbf' ORDER BY request_id LIMIT ?2"
      ).bind([.text(prefix), .integer(Int64(limit))]).rows { row in TraceID(row.text(0) ?? "") }
    }
  }

  /// One trace with its spans.
  public func trace(_ id: TraceID) async throws(StoreError) -> Trace {
    guard let trace = try await traces([id]).first else {
      throw StoreError(.notFound, "There is no trace '\(id)' in \(location.uri)")
    }
    return trace
  }

  /// Several traces with their spans.
  public func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace] {
    try await stored { reader throws(StoreError) in try reader.infos(ids) }
  }

  /// The traces of infos, with their spans.
  public func traces(of infos: [TraceInfo]) async throws(StoreError) -> [Trace] {
    try await stored { _ in infos }
  }

  /// Infos with their spans, which are decoded while further ones are read.
  ///
  /// - Parameter report: Told of each trace that is read how many have been read now, and of how many.
  func stored(
    report: @Sendable (Int, Int) -> Void = { StoreProgress.report($0, $1) },
    _ infos: @Sendable (TraceRowReader) throws(StoreError) -> [TraceInfo]
  ) async throws(StoreError) -> [Trace] {
    let artifacts = artifacts
    let (begun, rest) = try await read { (database, schema) throws(StoreError) in
      let reader = TraceRowReader(database: database, schema: schema, artifacts: artifacts)
      let infos = try infos(reader)
      let statement = try reader.spanStatement()
      var begun: [Task<[Trace], Never>] = []
      var (rest, bytes): ([TraceReading], Int) = ([], 0)
      for (place, info) in infos.enumerated() {
        rest.append(try reader.rows(info, statement))
        bytes += rest[rest.count - 1].bytesLeft
        report(place + 1, infos.count)
        guard bytes >= StoredSpans.fewestBytes else { continue }
        let part = rest
        begun.append(Task { await Self.decoded(part) })
        (rest, bytes) = ([], 0)
      }
      return (begun, rest)
    }
    let last = await Self.decoded(rest)
    var traces: [Trace] = []
    for part in begun { traces += await part.value }
    return traces + last
  }

  static func decoded(_ readings: [TraceReading]) async -> [Trace] {
    var traces: [Trace] = []
    for reading in readings { traces.append(await reading.decoded()) }
    return traces
  }

  /// A page of infos, and how many match in all.
  public func search(_ query: TraceQuery) async throws(StoreError) -> TracePage {
    let artifacts = artifacts
    return try await read { (database, schema) throws(StoreError) in
      let sql = try SQLTraceQuery(query, schema: schema)
      let reader = TraceRowReader(database: database, schema: schema, artifacts: artifacts)
      if !sql.spanTests.isEmpty, let page = try Self.firstMatches(query, sql, database, reader) { return page }
      let total =
        try database.prepare("SELECT COUNT(*) FROM trace_info t\(sql.filter)").bind(sql.filterValues)
        .rows { row in Int(row.integer(0) ?? 0) }.first ?? 0
      guard total > query.offset else { return TracePage(infos: [], totalCount: total, nextPageToken: nil) }
      let ids = try database.prepare(
        "SELECT t.request_id FROM trace_info t\(sql.filter)\(sql.order) LIMIT \(query.limit) OFFSET \(query.offset)"
      ).bind(sql.values).rows { row in TraceID(row.text(0) ?? "") }
      let infos = try reader.infos(ids, metadataKeys: query.metadataKeys)
      let end = query.offset + ids.count
      return TracePage(
        infos: infos, totalCount: total,
        nextPageToken: !ids.isEmpty && end < total ? PageToken(offset: end) : nil)
    }
  }

  /// A page of traces with common spans, which are found without passing over all spans; how many there are in all is then
  /// not known. Nil when too few of the first traces match, or when there are not many spans.
  private static func firstMatches(
    _ query: TraceQuery, _ sql: SQLTraceQuery, _ database: Database, _ reader: TraceRowReader
  ) throws(StoreError) -> TracePage? {
    let spans = try database.prepare("SELECT max(rowid) FROM spans").rows { row in row.integer(0) ?? 0 }.first ?? 0
    guard spans > SQLTraceQuery.fewSpans else { return nil }
    let end = query.offset + query.limit
    for count in SQLTraceQuery.probedTraces where count > end {
      let ids = try database.prepare(sql.probing(count)).bind(sql.values).rows { row in TraceID(row.text(0) ?? "") }
      guard ids.count > query.limit else { continue }
      return TracePage(
        infos: try reader.infos(Array(ids.prefix(query.limit))), totalCount: end + 1,
        nextPageToken: PageToken(offset: end), isCountExact: false)
    }
    return nil
  }

  func read<Answer: Sendable>(
    _ body: @Sendable (Database, Schema) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let connection = idle.withLock { $0.popLast() } ?? SQLiteConnection(path: path)
    let answer = try await connection.read(body)
    // Not given back after a failure: the next question opens the file anew, which may have been replaced.
    idle.withLock { connections in
      if connections.count < Self.keptConnections { connections.append(connection) }
    }
    return answer
  }
}
