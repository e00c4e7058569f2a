import CSQLite
import TraceQuery

extension Database {
  /// The SQL function of RLIKE: pattern, text.
  static let expressionFunction = "lens_rlike"
  /// SQLite's message when a search was given up.
  static let givenUp = "expression given up"
  /// SQLite's message when there is nothing to search with.
  static let noExpressions = "no library for expressions"

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
          do throws(RegularExpression.Failure) {
            expression = try RegularExpression(unsafe String(decoding: pattern, as: UTF8.self))
          } catch {
            switch error {
            // As for MLflow: what cannot be read matches nothing.
            case .unreadable: unsafe sqlite3_result_int(context, 0)
            case .tooManySteps: unsafe sqlite3_result_error(context, Database.givenUp, -1)
            case .noLibrary: unsafe sqlite3_result_error(context, Database.noExpressions, -1)
            }
            return
          }
          unsafe sqlite3_set_auxdata(context, 0, Unmanaged.passRetained(expression).toOpaque()) { kept in
            if let kept = unsafe kept { unsafe Unmanaged<RegularExpression>.fromOpaque(kept).release() }
          }
        }
        switch unsafe expression.search(UnsafeRawBufferPointer(subject)) {
        case .found: unsafe sqlite3_result_int(context, 1)
        case .missing: unsafe sqlite3_result_int(context, 0)
        case .givenUp: unsafe sqlite3_result_error(context, Database.givenUp, -1)
        }
      })
  }
}
