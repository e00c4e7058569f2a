import CSQLite

/// A value to be bound. Nothing is ever written into SQL text.
package enum SQLValue: Sendable, Hashable {
  case text(String)
  case integer(Int64)
  case real(Double)
}

/// A prepared statement: bind, then step through the rows. It keeps its connection open, which takes the handle back.
@safe
final class Statement {
  private let handle: OpaquePointer
  private let sql: String
  private let database: Database

  init(_ handle: OpaquePointer, sql: String, database: Database) {
    unsafe self.handle = handle
    self.sql = sql
    self.database = database
  }

  deinit { unsafe database.takeBack(handle, sql) }

  /// Binds the values to `?1`, `?2`, … and starts anew.
  @discardableResult
  func bind(_ values: [SQLValue]) throws(StoreError) -> Statement {
    unsafe sqlite3_reset(handle)
    for (offset, value) in values.enumerated() {
      let place = Int32(offset + 1)
      let code =
        switch value {
        case .text(let text): unsafe lens_bind_text(handle, place, text, Int32(text.utf8.count))
        case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
        case .real(let number): unsafe sqlite3_bind_double(handle, place, number)
        }
      guard code == SQLITE_OK else { throw database.error(code) }
    }
    return self
  }

  /// Goes to the next row; false when there is none.
  func step() throws(StoreError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.error(code)
    }
  }

  /// All rows, read by `body`.
  func rows<Row>(_ body: (Statement) throws(StoreError) -> Row) throws(StoreError) -> [Row] {
    var rows: [Row] = []
    while try step() { rows.append(try body(self)) }
    return rows
  }

  /// The column as UTF-8, nil for NULL.
  func bytes(_ column: Int32) -> [UInt8]? {
    guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return unsafe Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// The column as text, nil for NULL. Ill-formed UTF-8 becomes U+FFFD.
  func text(_ column: Int32) -> String? {
    guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// Whether the column has this text. Makes no string.
  func reads(_ column: Int32, as text: String?) -> Bool {
    guard let start = unsafe sqlite3_column_text(handle, column), var text else { return false }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return text.withUTF8 { bytes in
      guard bytes.count == count else { return false }
      // From the back: ids begin alike. The generic comparison takes eight times as long.
      let (mine, theirs) = unsafe (bytes.span, UnsafeBufferPointer(start: start, count: count).span)
      var place = count - 1
      while place >= 0, mine[place] == theirs[place] { place -= 1 }
      return place < 0
    }
  }

  /// The column as an integer, nil for NULL.
  func integer(_ column: Int32) -> Int64? {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : unsafe sqlite3_column_int64(handle, column)
  }

  /// The column as a double, nil for NULL.
  func double(_ column: Int32) -> Double? {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : unsafe sqlite3_column_double(handle, column)
  }
}
