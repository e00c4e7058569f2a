import CSQLite
import JSONText
import TraceModel

extension Database {
  /// The SQL function of exact attribute values: key, value, a span's record.
  static let attributeFunction = "lens_attribute"

  /// Adds the function to a connection. MLflow keeps attributes as JSON in strings, which SQLite's own functions would
  /// compare with their escapes.
  static func addAttributeFunction(to handle: OpaquePointer?) -> Int32 {
    unsafe sqlite3_create_function_v2(
      handle, attributeFunction, 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
      { context, _, arguments in
        guard let arguments = unsafe arguments, let key = unsafe bytes(arguments[0]),
          let value = unsafe bytes(arguments[1]), let record = unsafe bytes(arguments[2])
        else {
          unsafe sqlite3_result_int(context, 0)
          return
        }
        let attributes = (try? JSONDocument(unsafe Array(record)))?.root["attributes"]
        let stored = attributes?[unsafe String(decoding: key, as: UTF8.self)]
        let holds = stored.map { unsafe AttributeValue(stored: $0).reads(as: String(decoding: value, as: UTF8.self)) }
        unsafe sqlite3_result_int(context, holds == true ? 1 : 0)
      }, nil, nil, nil)
  }
}

/// Not a member: a C function knows no `Self`.
private func bytes(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8>? {
  guard let start = unsafe sqlite3_value_text(value) else { return nil }
  return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
}
