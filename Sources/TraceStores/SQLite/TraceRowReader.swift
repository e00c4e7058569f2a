import JSONText
import TraceModel

/// Makes traces of MLflow's rows (tables as of 3.18; see ``Schema`` for what older ones lack).
struct TraceRowReader {
  let database: Database
  let schema: Schema
  let artifacts: ArtifactSpans

  /// SQLite's own bound on the number of values is 32,766; long lists go in pieces.
  private static let chunk = 500

  /// The infos in the order of the ids; ids that are not there are left out.
  ///
  /// - Parameter metadataKeys: The keys of metadata to read; nil for all.
  func infos(_ ids: [TraceID], metadataKeys: [String]? = nil) throws(StoreError) -> [TraceInfo] {
    var found: [TraceID: TraceInfo] = [:]
    for start in stride(from: 0, to: ids.count, by: Self.chunk) {
      let part = Array(ids[start..<min(start + Self.chunk, ids.count)])
      for info in try readInfos(part, metadataKeys) { found[info.id] = info }
    }
    var infos = ids.compactMap { found[$0] }
    try addRootNames(&infos)
    return infos
  }

  /// Traces that came by OTLP have no name; their root span has one.
  private func addRootNames(_ infos: inout [TraceInfo]) throws(StoreError) {
    guard schema.has("spans"), infos.contains(where: { $0.name == nil }) else { return }
    let statement = try database.prepare(
      "SELECT name FROM spans WHERE trace_id = ?1 ORDER BY parent_span_id IS NOT NULL, start_time_unix_nano, span_id LIMIT 1"
    )
    for place in infos.indices where infos[place].name == nil {
      try statement.bind([.text(infos[place].id.rawValue)])
      if try statement.step() { infos[place].rootSpanName = statement.text(0) }
    }
  }

  /// Asks for the spans of a trace, of one after the other; nil where the database has no spans.
  func spanStatement() throws(StoreError) -> Statement? {
    guard schema.has("spans") else { return nil }
    return try database.prepare(
      "SELECT span_id, content FROM spans WHERE trace_id = ?1 ORDER BY start_time_unix_nano, rowid")
  }

  /// What the database has of a trace; its spans are not decoded yet.
  ///
  /// - Parameter statement: That of ``spanStatement()``.
  func rows(_ info: TraceInfo, _ statement: Statement?) throws(StoreError) -> TraceReading {
    guard let statement else { return .read(try fromArtifacts(info)) }
    var spans = StoredSpans(info)
    try statement.bind([.text(info.id.rawValue)])
    while try statement.step() {
      let content = statement.bytes(1) ?? []
      if content.isEmpty {
        spans.emptyCount += 1
      } else {
        spans.append(StoredSpans.Row(id: statement.text(0), content: content))
      }
    }
    let isInRows = info.tags[ReservedKey.spansLocation] == "TRACKING_STORE"
    if spans.rowCount == 0, !isInRows { return .read(try fromArtifacts(info)) }
    return .stored(spans)
  }

  /// The trace with those of its spans that failed; with all of them where its spans are not in the database.
  func failedSpans(_ info: TraceInfo) throws(StoreError) -> TraceReading {
    guard schema.has("spans") else { return try rows(info, nil) }
    let contents = try database.prepare(
      "SELECT content FROM spans WHERE trace_id = ?1 AND status = 'ERROR' ORDER BY start_time_unix_nano, rowid"
    ).bind([.text(info.id.rawValue)]).rows { row in row.bytes(0) ?? [] }
    let spans = contents.compactMap { try? Span(stored: $0) }
    // None that can be read: the spans are elsewhere, or none failed.
    return spans.isEmpty ? try rows(info, try spanStatement()) : .read(Trace(info: info, spans: spans, diagnostics: []))
  }

  private func fromArtifacts(_ info: TraceInfo) throws(StoreError) -> Trace {
    let location =
      schema.has("experiments")
      ? try database.prepare("SELECT artifact_location FROM experiments WHERE experiment_id = ?1")
        .bind([.text(info.experimentID)]).rows { row in row.text(0) }.first ?? nil : nil
    switch artifacts.read(info, experimentLocation: location) {
    case .spans(let spans, let diagnostics):
      return Trace(
        info: info, spans: spans,
        diagnostics: diagnostics + StoredSpans.incompleteness(info, spans, emptyCount: 0))
    case .unavailable(let why):
      return Trace(info: info, spans: [], diagnostics: [why])
    }
  }

  private func readInfos(_ ids: [TraceID], _ metadataKeys: [String]?) throws(StoreError) -> [TraceInfo] {
    guard !ids.isEmpty else { return [] }
    let marks = ids.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let values = ids.map { SQLValue.text($0.rawValue) }
    var metadata = try keyValues("trace_request_metadata", marks, values, keys: metadataKeys)
    var tags = try keyValues("trace_tags", marks, values)
    let assessments = try readAssessments(marks, values)
    let promoted = ["trace_name", "session_id"] + Schema.tokenColumns + Schema.costColumns
    let optional = ["client_request_id", "request_preview", "response_preview"] + promoted
    let columns = optional.map { schema.column("trace_info", $0, of: "t") }.joined(separator: ", ")
    return try database.prepare(
      "SELECT t.request_id, t.experiment_id, t.timestamp_ms, t.execution_time_ms, t.status, \(columns)"
        + " FROM trace_info t WHERE t.request_id IN (\(marks))"
    ).bind(values).rows { row in
      let id = row.text(0) ?? ""
      // Taken out, for what two have is copied before it is added to.
      let (ownMetadata, ownTags) = (metadata.removeValue(forKey: id), tags.removeValue(forKey: id))
      var info = TraceInfo(
        id: TraceID(id), clientRequestID: row.text(5), experimentID: row.text(1) ?? "",
        requestTime: Timestamp(milliseconds: row.integer(2) ?? 0), executionDurationMs: row.integer(3),
        state: TraceState(mlflow: row.text(4) ?? ""), requestPreview: row.text(6), responsePreview: row.text(7),
        metadata: ownMetadata ?? [:], tags: ownTags ?? [:], assessments: assessments[id] ?? [])
      addPromoted(row, to: &info)
      return info
    }
  }

  /// Since 3.17 these are columns only; the columns win where rows are left over from a migration.
  private func addPromoted(_ row: Statement, to info: inout TraceInfo) {
    if let name = row.text(8) { info.tags[ReservedKey.traceName] = name }
    if let session = row.text(9) { info.metadata[ReservedKey.session] = session }
    let first = 10 + Schema.tokenColumns.count
    if let tokens = Self.pythonObject(Schema.tokenColumns, { row.integer(Int32(10 + $0))?.description }) {
      info.metadata[ReservedKey.tokenUsage] = tokens
    }
    if let costs = Self.pythonObject(Schema.costColumns, { row.double(Int32(first + $0))?.description }) {
      info.metadata[ReservedKey.cost] = costs
    }
  }

  /// An object as Python's `json.dumps` writes it, which is how MLflow gives these columns back as metadata; nil where none of
  /// them has a value.
  private static func pythonObject(_ names: [String], _ value: (Int) -> String?) -> String? {
    var bytes: [UInt8] = []
    for (place, name) in names.enumerated() {
      guard let value = value(place) else { continue }
      if bytes.isEmpty { bytes.reserveCapacity(names.count * 36) }
      bytes += (bytes.isEmpty ? "{\"" : ", \"").utf8
      bytes += name.utf8
      bytes += "\": ".utf8
      bytes += value.utf8
    }
    guard !bytes.isEmpty else { return nil }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func keyValues(
    _ table: String, _ marks: String, _ values: [SQLValue], keys: [String]? = nil
  ) throws(StoreError) -> [String: [String: String]] {
    guard schema.has(table) else { return [:] }
    let wanted = (keys ?? []).indices.map { "?\(values.count + $0 + 1)" }.joined(separator: ", ")
    // With the plus SQLite reads all rows of a trace, which takes half as long as looking for each of its keys.
    let condition = keys == nil ? "" : " AND +key IN (\(wanted))"
    var found: [String: [String: String]] = [:]
    // In the order of the primary key, so that the rows of a trace follow each other.
    let statement = try database.prepare(
      "SELECT request_id, key, value FROM \(table) WHERE request_id IN (\(marks))\(condition) ORDER BY request_id"
    ).bind(values + (keys ?? []).map { .text($0) })
    var (id, entries): (String?, [String: String]) = (nil, [:])
    // Traces of one app have the same keys in the same order: each is made a string once.
    var (names, place): ([String], Int) = ([], 0)
    while try statement.step() {
      if !statement.reads(0, as: id) {
        if let id { found[id] = entries }
        let usual = entries.count
        (id, entries) = (statement.text(0), [:])
        place = 0
        // Traces of one app have about as many.
        entries.reserveCapacity(usual)
      }
      if place == names.count || !statement.reads(1, as: names[place]) {
        guard let name = statement.text(1) else { continue }
        if place == names.count { names.append(name) } else { names[place] = name }
      }
      entries[names[place]] = statement.text(2) ?? ""
      place += 1
    }
    if let id { found[id] = entries }
    return found
  }

  private func readAssessments(_ marks: String, _ values: [SQLValue]) throws(StoreError) -> [String: [Assessment]] {
    guard schema.has("assessments") else { return [:] }
    var found: [String: [Assessment]] = [:]
    let statement = try database.prepare(
      "SELECT trace_id, assessment_id, name, assessment_type, value, error, created_timestamp,"
        + " last_updated_timestamp, source_type, source_id, span_id, rationale, overrides, valid, assessment_metadata"
        + " FROM assessments WHERE trace_id IN (\(marks)) ORDER BY created_timestamp, assessment_id"
    ).bind(values)
    while try statement.step() {
      let assessment = Self.assessment(statement)
      found[assessment.traceID.rawValue, default: []].append(assessment)
    }
    return found
  }

  private static func assessment(_ row: Statement) -> Assessment {
    let name = row.text(2) ?? ""
    // A value that is no JSON, or null where MLflow wants one, is shown as null and not lost sight of.
    let value = row.bytes(4).flatMap { try? JSONDocument($0) }?.root ?? .null
    let error = row.bytes(5).flatMap { try? JSONDocument($0) }?.root
    let content: Assessment.Content =
      switch row.text(3) {
      case "expectation": .expectation(value: value)
      case "issue": .issue(name: value["issue_name"]?.string ?? "")
      default:
        .feedback(
          value: value,
          error: error.flatMap { error in
            guard error.kind == .object else { return nil }
            return Assessment.ScorerError(
              code: error["error_code"]?.string ?? "", message: error["error_message"]?.string,
              stackTrace: error["stack_trace"]?.string)
          })
      }
    return Assessment(
      id: row.text(1) ?? "", name: name, traceID: TraceID(row.text(0) ?? ""), spanID: row.text(10), content: content,
      sourceType: row.text(8) ?? "", sourceID: row.text(9), rationale: row.text(11),
      metadata: row.bytes(14).flatMap { try? JSONDocument($0) }?.root,
      createTime: Timestamp(milliseconds: row.integer(6) ?? 0),
      lastUpdateTime: Timestamp(milliseconds: row.integer(7) ?? 0), overrides: row.text(12),
      isValid: row.integer(13) != 0)
  }
}
