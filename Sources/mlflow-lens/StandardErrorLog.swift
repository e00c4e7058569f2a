import Logging

/// Writes log lines to stderr, one `write` a line. No clock: the host that collects stderr has one.
struct StandardErrorLog: LogHandler {
  var logLevel: Logger.Level = .warning
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let tail = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    Console.write("mlflow-lens \(event.level): \(event.message)\(tail)\n", to: .standardError)
  }
}
