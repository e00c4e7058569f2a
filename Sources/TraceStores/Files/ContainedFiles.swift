#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files beneath one folder, and no others: a link that leads out of it is as good as absent.
struct ContainedFiles: Sendable {
  /// What a path names, links followed.
  enum Kind: Sendable, Hashable {
    case file(size: Int)
    case folder
    /// A link that leads out of the folder, or in a circle.
    case outside
    /// Pipes, sockets, devices: reading one could wait forever.
    case special
    case missing
  }

  /// Why a file was not read, in words that follow its name.
  struct Refusal: Error, Sendable, CustomStringConvertible {
    var description: String
  }

  /// The folder, without links in its own path.
  let root: String

  init(root: String) { self.root = Self.resolved(root) }

  /// The real path of something that exists beneath the folder, links and `..` resolved; nil for anything else. For paths
  /// that were recorded by somebody else: trace content may name any file of the machine.
  func resolve(_ path: String) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let real = Self.resolved(path)
    return real == root || real.hasPrefix(root == "/" ? "/" : root + "/") ? real : nil
  }

  /// What is at the path, which begins with ``root`` and whose folders were looked at with this before.
  func kind(_ path: String) -> Kind {
    guard let status = FileStatus(path, followsLinks: false) else { return .missing }
    if status.kind != .link { return Self.kind(status) }
    let target = Self.resolved(path)
    guard target.hasPrefix(root + "/") else { return .outside }
    return FileStatus(target, followsLinks: false).map(Self.kind) ?? .missing
  }

  /// Whether the path is a link.
  func isLink(_ path: String) -> Bool { FileStatus(path, followsLinks: false)?.kind == .link }

  /// Whether there is a file at the path.
  func isFile(_ path: String) -> Bool { if case .file = kind(path) { true } else { false } }

  /// Names in a folder, in the order of their bytes; nil when it is no folder of ours or cannot be listed.
  func names(_ path: String) -> [String]? {
    guard kind(path) == .folder, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return nil
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A file's content.
  func bytes(_ path: String, atMost limit: Int = .max) throws(Refusal) -> [UInt8] {
    switch kind(path) {
    case .missing: throw Refusal(description: "is missing")
    case .folder, .special: throw Refusal(description: "is no file")
    case .outside: throw Refusal(description: "is a link that leads out of the store, and is not followed")
    case .file(let size):
      guard size <= limit else { throw Refusal(description: "has \(size) bytes, more than the \(limit) that are read") }
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Refusal(description: "cannot be read: permission denied?")
      }
      return Array(data)
    }
  }

  private static func kind(_ status: FileStatus) -> Kind {
    switch status.kind {
    case .folder: .folder
    case .file: .file(size: status.size)
    case .link: .outside
    case .special: .special
    }
  }

  private static func resolved(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false).trimmingLastSlash
  }
}

extension String {
  fileprivate var trimmingLastSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
