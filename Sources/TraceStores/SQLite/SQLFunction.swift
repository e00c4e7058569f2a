import CSQLite

/// A function that SQLite calls while it runs a statement.
@safe
struct SQLFunction {
  let name: String
  let argumentCount: Int32
  /// Gets the context that takes the result, the number of arguments, and the arguments.
  let body: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

  /// Adds the function to a connection; returns SQLite's code.
  func add(to handle: OpaquePointer?) -> Int32 {
    unsafe sqlite3_create_function_v2(
      handle, name, argumentCount, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil, body, nil, nil, nil)
  }
}

/// An argument as UTF-8, which is only there during the call; nil for NULL. Not a member: a C function knows no `Self`.
func sqlArgument(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8>? {
  guard let start = unsafe sqlite3_value_text(value) else { return nil }
  return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
}
