/// What this database has. MLflow's tables grew over its releases; columns are looked for, version numbers are not
/// trusted.
package struct Schema: Sendable {
  private let columns: [String: Set<String>]
  /// The Alembic revision, for people.
  let revision: String?

  /// Columns that hold what older releases kept as metadata rows (since 3.17).
  static let tokenColumns = [
    "input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
    "cache_creation_input_tokens_above_1hr",
  ]
  static let costColumns = ["input_cost", "output_cost", "total_cost"]

  private static let tables = [
    "trace_info", "trace_tags", "trace_request_metadata", "spans", "assessments", "entity_associations", "experiments",
    "alembic_version",
  ]

  init(_ database: Database) throws(StoreError) {
    var columns: [String: Set<String>] = [:]
    let statement = try database.prepare("SELECT name FROM pragma_table_info(?1)")
    for table in Self.tables {
      let names = try statement.bind([.text(table)]).rows { (row) throws(StoreError) in row.text(0) ?? "" }
      if !names.isEmpty { columns[table] = Set(names) }
    }
    guard columns["trace_info"] != nil else {
      throw StoreError(
        .unreadable, "'\(database.path)' is a SQLite database but not MLflow's: it has no table trace_info",
        hint: "Name the backend store of MLflow 2.14 or later: --tracking-uri sqlite:///path/to/mlflow.db")
    }
    self.columns = columns
    revision =
      columns["alembic_version"] == nil
      ? nil : try database.prepare("SELECT version_num FROM alembic_version").rows { row in row.text(0) ?? "" }.first
  }

  /// A schema that is known: the columns of each table.
  package init(columns: [String: Set<String>]) {
    self.columns = columns
    revision = nil
  }

  func has(_ table: String) -> Bool { columns[table] != nil }

  func has(_ table: String, _ column: String) -> Bool { columns[table]?.contains(column) ?? false }

  /// The column, or NULL under its name where this schema lacks it.
  func column(_ table: String, _ column: String, of alias: String) -> String {
    has(table, column) ? "\(alias).\(column)" : "NULL AS \(column)"
  }

  /// Whether session, name, tokens and cost are columns of `trace_info` (3.17 and later).
  var hasPromotedColumns: Bool { has("trace_info", "session_id") }

  /// What this reader cannot do with such a database.
  var limitations: [String] {
    var sentences: [String] = []
    if !has("spans") {
      sentences.append("This database has no table of spans (MLflow before 3.3): they are read from artifact files.")
    }
    if !has("assessments") { sentences.append("This database has no assessments (MLflow before 3.2).") }
    if !hasPromotedColumns {
      sentences.append("This database was written before MLflow 3.17; searching by session reads metadata rows.")
    }
    return sentences
  }
}
