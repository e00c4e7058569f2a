import CSQLite
import Foundation
import JSONText
import LensTestSupport
import TraceModel
import TraceQuery
import TraceStores

/// The traces that the filter cases were checked on, as a database and as exported files.
final class FilterFixture: Sendable {
  let folder: URL
  let aliases: [String: String]

  private static let data = PackageRoot.url.appendingPathComponent("Tests/TraceStoresTests/FilterCases")

  static func json(_ name: String) throws -> JSONValue {
    try JSONDocument([UInt8](Data(contentsOf: data.appendingPathComponent(name)))).root
  }

  init() throws {
    folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("files"), withIntermediateDirectories: true)
    let fixture = try Self.json("fixture.json")
    var aliases: [String: String] = [:]
    for member in fixture["aliases"]?.members ?? JSONValue.null.members {
      aliases[member.value.string ?? ""] = member.key
    }
    self.aliases = aliases
    let writer = try DatabaseWriter(folder.appendingPathComponent("mlflow.db").path)
    try writer.copySchema(from: PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path)
    for id in ["1", "2"] {
      try writer.insert(
        "experiments", ["experiment_id": .int(Int64(id) ?? 0), "name": .string("e\(id)"), "lifecycle_stage": "active"])
    }
    for record in fixture["traces"]?.elements ?? JSONValue.null.elements {
      let id = record["info"]?["trace_id"]?.string ?? ""
      try Data(record.rawBytes).write(to: folder.appendingPathComponent("files/\(id).json"))
      try writer.insert(ExportedTraces(record).traces[0])
    }
    for link in fixture["entity_associations"]?.elements ?? JSONValue.null.elements {
      var row = JSON(link).members
      row.append(JSON.Member("association_id", .string(UUID().uuidString)))
      try writer.insert("entity_associations", .object(row))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var database: SQLiteStore {
    SQLiteStore(
      path: folder.appendingPathComponent("mlflow.db").path, location: StoreLocation(uri: "sqlite:///", reason: "test"))
  }

  var files: ExportedFiles {
    ExportedFiles(
      path: folder.appendingPathComponent("files").path, location: StoreLocation(uri: "files", reason: "test"))
  }
}

/// Writes what the product only reads: rows as MLflow 3.17 and later have them.
@safe
final class DatabaseWriter {
  private let handle: OpaquePointer

  init(_ path: String) throws {
    var handle: OpaquePointer?
    guard unsafe sqlite3_open(path, &handle) == SQLITE_OK, let opened = unsafe handle else { throw POSIXError(.EIO) }
    unsafe self.handle = opened
    try execute("PRAGMA synchronous=OFF")
  }

  deinit { unsafe sqlite3_close(handle) }

  func copySchema(from path: String) throws {
    try execute("ATTACH '\(path)' AS sample")
    var statements: [String] = []
    unsafe try query("SELECT sql FROM sample.sqlite_master WHERE sql IS NOT NULL") { row in
      if let text = unsafe sqlite3_column_text(row, 0) { statements.append(unsafe String(cString: text)) }
    }
    try execute("DETACH sample")
    for statement in statements { try execute(statement) }
  }

  func insert(_ trace: Trace) throws {
    let info = trace.info
    var metadata = info.metadata
    var tags = info.tags
    var row: [JSON.Member] = [
      JSON.Member("request_id", .string(info.id.rawValue)),
      JSON.Member("experiment_id", .int(Int64(info.experimentID) ?? 0)),
      JSON.Member("timestamp_ms", .int(info.requestTime.milliseconds)),
      JSON.Member("execution_time_ms", info.executionDurationMs.map { .int($0) } ?? .null),
      JSON.Member("status", .string(info.state.rawValue)),
      JSON.Member("client_request_id", info.clientRequestID.map { .string($0) } ?? .null),
      JSON.Member("trace_name", tags.removeValue(forKey: "mlflow.traceName").map { .string($0) } ?? .null),
      JSON.Member("session_id", metadata.removeValue(forKey: "mlflow.trace.session").map { .string($0) } ?? .null),
    ]
    for key in ["mlflow.trace.tokenUsage", "mlflow.trace.cost"] {
      guard let text = metadata.removeValue(forKey: key) else { continue }
      row += JSON(try JSONDocument(text).root).members
    }
    try insert("trace_info", .object(row))
    for (table, entries) in [("trace_tags", tags), ("trace_request_metadata", metadata)] {
      for (key, value) in entries {
        try insert(table, ["request_id": .string(info.id.rawValue), "key": .string(key), "value": .string(value)])
      }
    }
    for span in trace.spans {
      var writer = JSONWriter(style: .python)
      writer.write(JSON(span.record))
      try insert(
        "spans",
        [
          "trace_id": .string(info.id.rawValue), "experiment_id": .int(Int64(info.experimentID) ?? 0),
          "span_id": .string("\(span.id)"), "parent_span_id": span.parentID.map { .string("\($0)") } ?? .null,
          "name": .string(span.name),
          "type": span.attribute(ReservedKey.spanType).map { .string($0.text ?? "") } ?? .null,
          "status": .string(span.status.rawValue), "start_time_unix_nano": .int(span.startTime.nanoseconds),
          "end_time_unix_nano": span.endTime.map { .int($0.nanoseconds) } ?? .null,
          "content": .string(String(decoding: writer.bytes, as: UTF8.self)),
        ])
    }
    for assessment in info.assessments { try insert(assessment) }
  }

  private func insert(_ assessment: Assessment) throws {
    let kind =
      switch assessment.content {
      case .feedback: "feedback"
      case .expectation: "expectation"
      case .issue: "issue"
      }
    try insert(
      "assessments",
      [
        "assessment_id": .string(assessment.id), "trace_id": .string(assessment.traceID.rawValue),
        "name": .string(assessment.name), "assessment_type": .string(kind),
        "value": .string(assessment.value.map { ASCIIJSON.text(of: $0) } ?? "null"), "created_timestamp": 0,
        "last_updated_timestamp": 0, "source_type": .string(assessment.sourceType),
        "valid": .int(assessment.isValid ? 1 : 0),
        "assessment_metadata": assessment.metadata.map { .string(ASCIIJSON.text(of: $0)) } ?? .null,
        "is_numeric_value": 0,
      ])
  }

  func insert(_ table: String, _ row: JSON) throws {
    let columns = row.members.map { "\"\($0.key)\"" }.joined(separator: ", ")
    let values = row.members.map { member -> String in
      switch member.value {
      case .string(let text): "'" + text.replacingOccurrences(of: "'", with: "''") + "'"
      case .null: "NULL"
      default: member.value.text
      }
    }
    try execute("INSERT INTO \(table) (\(columns)) VALUES (\(values.joined(separator: ", ")))")
  }

  private func execute(_ sql: String) throws { unsafe try query(sql) { _ in } }

  private func query(_ sql: String, _ row: (OpaquePointer?) -> Void) throws {
    var statement: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw unsafe NSError(domain: String(cString: sqlite3_errmsg(handle)) + sql, code: 1)
    }
    defer { unsafe sqlite3_finalize(statement) }
    while unsafe sqlite3_step(statement) == SQLITE_ROW { unsafe row(statement) }
  }
}
