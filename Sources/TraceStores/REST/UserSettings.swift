#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the user has set: environment variables, and files beneath the home folder. Not for people to see.
package struct UserSettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  let variables: [String: String]

  package init(variables: [String: String]) { self.variables = variables }

  package var description: String { "\(variables.count) variables" }
  package var debugDescription: String { description }

  /// The text of a file beneath the home folder; nil when there is none.
  func homeFile(_ path: String) -> String? {
    variables.given("HOME").flatMap { file("\($0)/\(path)") }
  }

  /// The text of a file; nil when there is none. `~/` begins at the home folder.
  func file(_ path: String) -> String? {
    if path.hasPrefix("~/") { return homeFile(String(path.dropFirst(2))) }
    return (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension [String: String] {
  /// The variable, unless it is empty or a placeholder that a host left unfilled.
  func given(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty || $0.hasPrefix("${user_config.") ? nil : $0 }
  }

  /// A truth value as MLflow reads it.
  func flag(_ name: String, default standard: Bool = false) -> Bool {
    given(name).map { ["true", "1"].contains($0.lowercased()) } ?? standard
  }
}
