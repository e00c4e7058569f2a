import CSQLite
import TraceQuery

extension Database {
  /// The SQL function of RLIKE: pattern, text.
  static let expressionFunction = "lens_rlike"
  /// SQLite's message when a search was given up.
  static let givenUp = "expression given up"

  /// SQLite knows no regular expressions of its own.
  static var expression: SQLFunction {
    unsafe SQLFunction(
      name: expressionFunction, argumentCount: 2,
      body: { context, _, arguments in
        guard let arguments = unsafe arguments, let pattern = unsafe sqlArgument(arguments[0]),
          let subject = unsafe sqlArgument(arguments[1])
        else {
          unsafe sqlite3_result_int(context, 0)
          return
        }
        let expression: RegularExpression
        // Read once for each statement: SQLite keeps what belongs to a constant argument.
        if let kept = unsafe sqlite3_get_auxdata(context, 0) {
          expression = unsafe Unmanaged<RegularExpression>.fromOpaque(kept).takeUnretainedValue()
        } else if let read = try? RegularExpression(unsafe String(decoding: pattern, as: UTF8.self)) {
          expression = read
          unsafe sqlite3_set_auxdata(context, 0, Unmanaged.passRetained(expression).toOpaque()) { kept in
            if let kept = unsafe kept { unsafe Unmanaged<RegularExpression>.fromOpaque(kept).release() }
          }
        } else {
          // As for MLflow: what cannot be read matches nothing.
          unsafe sqlite3_result_int(context, 0)
          return
        }
        switch unsafe expression.search(UnsafeRawBufferPointer(subject)) {
        case .found: unsafe sqlite3_result_int(context, 1)
        case .missing: unsafe sqlite3_result_int(context, 0)
        case .givenUp: unsafe sqlite3_result_error(context, Database.givenUp, -1)
        }
      })
  }
}
