public import TraceModel
public import TraceQuery

extension SQLiteStore {
  /// The rows of all traces that match, read without their infos.
  public func rows(_ query: TraceQuery, groupedBy grouping: TraceGrouping?) async throws(StoreError) -> TraceRows {
    try await read { (database, schema) throws(StoreError) in
      var query = query
      query.order = []
      var sql = try SQLTraceQuery(query, schema: schema)
      let group = sql.group(grouping)
      let tokens =
        schema.has("trace_info", "total_tokens")
        ? "t.total_tokens"
        : "(SELECT json_extract(m.value, '$.total_tokens') FROM trace_request_metadata m"
          + " WHERE m.request_id = t.request_id AND m.key = '\(ReservedKey.tokenUsage)' AND json_valid(m.value))"
      let statement = try database.prepare(
        "SELECT \(group), t.status, t.timestamp_ms, t.execution_time_ms, \(tokens) FROM trace_info t\(sql.filter)"
      ).bind(sql.values)
      let rows = try statement.rows { row in
        let start = Timestamp(milliseconds: row.integer(2) ?? 0)
        return TraceRow(
          group: grouping?.value(start) ?? row.text(0), state: TraceState(mlflow: row.text(1) ?? ""), start: start,
          durationMs: row.integer(3), tokens: row.integer(4))
      }
      return TraceRows(rows: rows, isComplete: true)
    }
  }
}

extension SQLTraceQuery {
  /// The value that traces are grouped by.
  mutating func group(_ grouping: TraceGrouping?) -> String {
    switch grouping {
    case nil, .hour, .day: return "NULL"
    case .status: return "t.status"
    case .experiment: return "t.experiment_id"
    case .name:
      let root =
        schema.has("spans")
        ? "(SELECT s.name FROM spans s WHERE s.trace_id = t.request_id AND s.parent_span_id IS NULL"
          + " ORDER BY s.start_time_unix_nano, s.span_id LIMIT 1)" : "NULL"
      return "coalesce(\(entry("trace_tags", ReservedKey.traceName, column: "trace_name")), \(root))"
    case .session: return entry("trace_request_metadata", ReservedKey.session, column: "session_id")
    case .user: return entry("trace_request_metadata", ReservedKey.user, column: nil)
    case .tag(ReservedKey.traceName): return group(.name)
    case .metadata(ReservedKey.session): return group(.session)
    case .tag(let key): return entry("trace_tags", key, column: nil)
    case .metadata(let key): return entry("trace_request_metadata", key, column: nil)
    }
  }

  private mutating func entry(_ table: String, _ key: String, column: String?) -> String {
    if let column, schema.has("trace_info", column) { return "t.\(column)" }
    return "(SELECT e.value FROM \(table) e WHERE e.request_id = t.request_id AND e.key = \(placeholder(.text(key))))"
  }
}

extension SQLiteStore {
  /// Traces with those of their spans whose status is ERROR; with all of them where the spans are not in the database.
  public func failedSpans(_ ids: [TraceID]) async throws(StoreError) -> [Trace] {
    let artifacts = artifacts
    let found = try await read { (database, schema) throws(StoreError) in
      let reader = TraceRowReader(database: database, schema: schema, artifacts: artifacts)
      var found: [TraceReading] = []
      for info in try reader.infos(ids) { found.append(try reader.failedSpans(info)) }
      return found
    }
    return await Self.decoded(found)
  }

  /// As many as are read in about a second.
  public var failedTracesLookedAt: Int { 2_000 }
}
