#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where this program is.
enum ExecutablePath {
  /// The path that it was started by, made absolute, so that a link stays a link; through `PATH` where it was found there.
  static var current: String {
    let word = CommandLine.arguments.first ?? "mlflow-lens"
    let folder = FileManager.default.currentDirectoryPath
    if word.hasPrefix("/") { return word }
    if word.contains("/") { return "\(folder)/\(word.hasPrefix("./") ? String(word.dropFirst(2)) : word)" }
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = places.lazy.map { "\($0)/\(word)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    return found ?? word
  }
}
