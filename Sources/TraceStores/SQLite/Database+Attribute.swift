import CSQLite
import JSONText
import TraceModel

extension Database {
  /// The SQL function of exact attribute values: key, value, a span's record.
  static let attributeFunction = "lens_attribute"

  /// MLflow keeps attributes as JSON in strings, which SQLite's own functions would compare with their escapes.
  static var attribute: SQLFunction {
    unsafe SQLFunction(
      name: attributeFunction, argumentCount: 3,
      body: { context, _, arguments in
        guard let arguments = unsafe arguments, let key = unsafe sqlArgument(arguments[0]),
          let value = unsafe sqlArgument(arguments[1]), let record = unsafe sqlArgument(arguments[2])
        else {
          unsafe sqlite3_result_int(context, 0)
          return
        }
        let attributes = (try? JSONDocument(unsafe Array(record)))?.root["attributes"]
        let stored = attributes?[unsafe String(decoding: key, as: UTF8.self)]
        let holds = stored.map { unsafe AttributeValue(stored: $0).reads(as: String(decoding: value, as: UTF8.self)) }
        unsafe sqlite3_result_int(context, holds == true ? 1 : 0)
      })
  }
}
