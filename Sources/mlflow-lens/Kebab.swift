extension String {
  /// A name of the wire (`get_trace`) as the command line spells it (`get-trace`).
  var kebab: String { String(map { $0 == "_" ? "-" : $0 }) }
}
