import CSQLite
import TraceQuery

extension Database {
  /// The SQL function of RLIKE: pattern, text.
  static let expressionFunction = "lens_rlike"

  /// Adds the function to a connection. SQLite knows no regular expressions of its own.
  static func addExpressionFunction(to handle: OpaquePointer?) -> Int32 {
    unsafe sqlite3_create_function_v2(
      handle, expressionFunction, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
      { context, _, arguments in
        guard let arguments = unsafe arguments, let pattern = unsafe text(arguments[0]),
          let subject = unsafe text(arguments[1])
        else {
          unsafe sqlite3_result_int(context, 0)
          return
        }
        let expression: RegularExpression
        // Read once for each statement: SQLite keeps what belongs to a constant argument.
        if let kept = unsafe sqlite3_get_auxdata(context, 0) {
          expression = unsafe Unmanaged<RegularExpression>.fromOpaque(kept).takeUnretainedValue()
        } else {
          expression = RegularExpression(pattern)
          unsafe sqlite3_set_auxdata(context, 0, Unmanaged.passRetained(expression).toOpaque()) { kept in
            if let kept = unsafe kept { unsafe Unmanaged<RegularExpression>.fromOpaque(kept).release() }
          }
        }
        unsafe sqlite3_result_int(context, expression.matches(subject) ? 1 : 0)
      }, nil, nil, nil)
  }
}

/// Not a member: a C function knows no `Self`.
private func text(_ value: OpaquePointer?) -> String? {
  guard let start = unsafe sqlite3_value_text(value) else { return nil }
  let count = Int(unsafe sqlite3_value_bytes(value))
  return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
}
