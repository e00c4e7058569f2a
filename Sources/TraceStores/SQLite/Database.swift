import CSQLite
import TraceQuery

/// A read-only connection to a SQLite file. Not for several threads at once; see ``SQLiteConnection``.
///
/// Safe to use because the handle is opened in `init`, closed in `deinit` and never leaves this folder.
@safe
final class Database {
  let path: String
  private let handle: OpaquePointer
  /// The file that was opened; another may have taken its name since.
  private let identity: FileStatus.Identity
  private var lookedAt: (version: Int64, schema: Schema)?
  /// Statements that nobody uses at the moment, by their text: reading SQL takes longer than answering a small question.
  private var idleStatements: [String: OpaquePointer] = unsafe [:]

  /// Statements kept; texts differ by the number of their values.
  private static let keptStatements = 64
  /// Milliseconds to wait for a writer to finish its commit.
  private static let busyTimeout: Int32 = 5_000

  /// Opens beside a writer, if need be. Nothing is created and nothing can be written.
  init(path: String) throws(StoreError) {
    self.path = path
    guard let status = FileStatus(path) else {
      let isLink = FileStatus(path, followsLinks: false) != nil
      throw StoreError(
        .noStore, "There is no database at '\(path)'\(isLink ? ", which is a link that leads nowhere" : "")",
        hint: "Give --tracking-uri sqlite:///path/to/mlflow.db (four slashes for an absolute path), "
          + "or start in the folder that holds mlflow.db")
    }
    // SQLite would wait for a pipe's other end, and takes an endless device for an empty database.
    guard status.kind == .file else {
      throw StoreError(
        .unreadable, "'\(path)' is a \(status.kind == .folder ? "folder" : "pipe or a device"), not a database",
        hint: "Name the file itself: --tracking-uri sqlite:///path/to/mlflow.db")
    }
    identity = status.identity
    do {
      unsafe handle = try Self.open(path, parameters: "mode=ro")
    } catch {
      // A WAL database in a folder that cannot be written has no -shm to be read through. Without a -wal that holds
      // rows the file alone is the whole truth; with one it is not, and guessing would lose the newest traces.
      guard error.code == .unreadable, !Self.hasContent("\(path)-wal"),
        let immutable = unsafe try? Self.open(path, parameters: "mode=ro&immutable=1")
      else { throw error }
      unsafe handle = immutable
    }
  }

  deinit {
    while let entry = unsafe idleStatements.popFirst() { unsafe sqlite3_finalize(entry.value) }
    unsafe sqlite3_close_v2(handle)
  }

  /// A statement ready to be bound.
  func prepare(_ sql: String) throws(StoreError) -> Statement {
    if let statement = unsafe idleStatements.removeValue(forKey: sql) {
      return unsafe Statement(statement, sql: sql, database: self)
    }
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement = unsafe statement else { throw error(code) }
    return unsafe Statement(statement, sql: sql, database: self)
  }

  /// Takes a statement back that is not used any more.
  func takeBack(_ statement: OpaquePointer, _ sql: String) {
    guard unsafe idleStatements[sql] == nil, unsafe idleStatements.count < Self.keptStatements else {
      unsafe sqlite3_finalize(statement)
      return
    }
    unsafe sqlite3_reset(statement)
    unsafe sqlite3_clear_bindings(statement)
    unsafe idleStatements[sql] = statement
  }

  /// Whether the path still leads to the file that was opened. It may have been deleted, or replaced by another.
  var isCurrent: Bool { FileStatus(path)?.identity == identity }

  /// What tables and columns there are. Looked at anew when somebody has changed them, as `mlflow db upgrade` does.
  func schema() throws(StoreError) -> Schema {
    let version = try prepare("PRAGMA schema_version").rows { row in row.integer(0) ?? 0 }.first ?? 0
    if let lookedAt, lookedAt.version == version { return lookedAt.schema }
    let schema = try Schema(self)
    lookedAt = (version, schema)
    return schema
  }

  /// Runs `body` in one read transaction, so that everything it reads is of one moment.
  func snapshot<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    try execute("BEGIN")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// Stops the statement that is running, from any thread.
  var interrupter: Interrupter { unsafe Interrupter(handle: handle) }

  /// The last failure as a sentence that names the file.
  func error(_ code: Int32) -> StoreError { unsafe Self.error(code, handle, path) }

  private func execute(_ sql: String) throws(StoreError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  private static func open(_ path: String, parameters: String) throws(StoreError) -> OpaquePointer {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
    var code = unsafe sqlite3_open_v2("file:\(escaped(path))?\(parameters)", &handle, flags, nil)
    if code == SQLITE_OK {
      unsafe sqlite3_busy_timeout(handle, busyTimeout)
    }
    for function in [expression, attribute] where code == SQLITE_OK { code = unsafe function.add(to: handle) }
    if code == SQLITE_OK {
      // LIKE as MLflow has it. What is sorted stays in memory: no file is written. The query of the master table is the first
      // look at the file itself.
      code = unsafe sqlite3_exec(
        handle,
        "PRAGMA query_only=ON; PRAGMA case_sensitive_like=ON; PRAGMA temp_store=MEMORY; SELECT 1 FROM sqlite_master LIMIT 1",
        nil, nil, nil)
    }
    guard code == SQLITE_OK, let opened = unsafe handle else {
      let failure = unsafe error(code, handle, path)
      unsafe sqlite3_close_v2(handle)
      throw failure
    }
    return unsafe opened
  }

  private static func error(_ code: Int32, _ handle: OpaquePointer?, _ path: String) -> StoreError {
    let words = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "no further message"
    let system = unsafe sqlite3_system_errno(handle)
    switch code & 0xFF {
    case SQLITE_NOTADB:
      return StoreError(
        .unreadable, "'\(path)' is not a SQLite database",
        hint: "Name the file that MLflow writes: --tracking-uri sqlite:///path/to/mlflow.db")
    case SQLITE_CORRUPT:
      return StoreError(
        .unreadable, "The database '\(path)' is damaged (\(words))",
        hint: "Check it with: sqlite3 <file> 'PRAGMA integrity_check'")
    case SQLITE_BUSY, SQLITE_LOCKED:
      return StoreError(
        .busy, "The database '\(path)' has been locked by a writer for \(busyTimeout / 1_000) s", hint: "Call again")
    case SQLITE_INTERRUPT:
      return StoreError(.cancelled, "The query was cancelled")
    case SQLITE_CANTOPEN where SystemError.isOutOfDescriptors(system):
      return StoreError(
        .busy, "The database '\(path)' cannot be opened: this program may not have more files open at once",
        hint: "Call again, with fewer calls side by side, or raise the limit (ulimit -n)")
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH:
      return StoreError(
        .unreadable, "The database '\(path)' cannot be opened (\(words))",
        hint: "Check the rights on the file and its folder; a -wal file beside it must be readable too")
    case SQLITE_ERROR where words == givenUp: return StoreError(.tooManySteps)
    case SQLITE_ERROR where words == noExpressions: return StoreError(.noLibrary)
    case SQLITE_ERROR where words.hasPrefix("no such column") || words.hasPrefix("no such table"):
      return StoreError(
        .unreadable, "The tables of '\(path)' are not as MLflow makes them (\(words))",
        hint: "If MLflow is upgrading them, call again when it is done (mlflow db upgrade); "
          + "else name another database: --tracking-uri sqlite:///path/to/mlflow.db")
    default:
      let cause = SystemError.words(system).map { ": \($0)" } ?? ""
      return StoreError(.unreadable, "SQLite failed on '\(path)' (\(words), code \(code)\(cause))")
    }
  }

  private static func hasContent(_ path: String) -> Bool {
    FileStatus(path).map { $0.size > 0 } ?? false
  }

  /// Percent-escapes what a SQLite URI filename gives a meaning to.
  private static func escaped(_ path: String) -> String {
    path.reduce(into: "") { output, character in
      switch character {
      case "%": output += "%25"
      case "?": output += "%3F"
      case "#": output += "%23"
      default: output.append(character)
      }
    }
  }
}

/// Stops a connection's running statement. `sqlite3_interrupt` may be called from any thread while the connection is
/// open; whoever holds an interrupter also holds the connection, hence the unchecked conformance.
@safe
struct Interrupter: @unchecked Sendable {
  private let handle: OpaquePointer

  fileprivate init(handle: OpaquePointer) { unsafe self.handle = handle }

  func interrupt() { unsafe sqlite3_interrupt(handle) }
}
