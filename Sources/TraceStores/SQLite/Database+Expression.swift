import CSQLite
import TraceQuery

extension Database {
  /// The SQL function of RLIKE: pattern, text.
  static let expressionFunction = "lens_rlike"

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
        } else {
          expression = RegularExpression(unsafe String(decoding: pattern, as: UTF8.self))
          unsafe sqlite3_set_auxdata(context, 0, Unmanaged.passRetained(expression).toOpaque()) { kept in
            if let kept = unsafe kept { unsafe Unmanaged<RegularExpression>.fromOpaque(kept).release() }
          }
        }
        unsafe sqlite3_result_int(context, expression.matches(unsafe String(decoding: subject, as: UTF8.self)) ? 1 : 0)
      })
  }
}
