#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Follows paths that were recorded by somebody else. Trace content may name any file of the machine; only what really lies
/// beneath a folder that the user pointed at is read, links resolved.
struct ContainedPath: Sendable {
  /// The folders, resolved; those that do not exist are left out.
  let roots: [String]

  /// Allows what lies beneath these folders.
  init(roots: [String]) {
    self.roots = roots.compactMap(Self.resolved)
  }

  /// The real path of an existing file or folder beneath a root; nil for anything else.
  func resolve(_ path: String) -> String? {
    guard let real = Self.resolved(path) else { return nil }
    return roots.contains { real == $0 || real.hasPrefix($0 == "/" ? "/" : $0 + "/") } ? real : nil
  }

  /// The absolute path without links or `..`; nil when there is nothing.
  static func resolved(_ path: String) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}
