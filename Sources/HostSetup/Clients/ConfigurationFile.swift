#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A client's file on disk: read whole, written whole or not at all.
public struct ConfigurationFile: Sendable {
  /// Larger than any configuration.
  private static let limit = 16 << 20

  /// The file itself, where the path led through links.
  public let path: String

  /// - Parameter path: Absolute. Links are followed, so that a link stays one.
  public init(_ path: String) {
    var path = path
    var steps = 0
    while steps < 32, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
      path = target.hasPrefix("/") ? target : "\(Self.folder(of: path))/\(target)"
      steps += 1
    }
    self.path = path
  }

  /// Where the file goes as it was before a change.
  public var backupPath: String { path + ".bak" }

  /// What it holds; nil when there is none.
  public func read() throws(Refusal) -> [UInt8]? {
    guard let status = Self.status(of: path) else {
      guard errno == ENOENT else { throw Refusal("\(path) cannot be looked at: \(Self.reason)") }
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal("\(path) is no file") }
    guard let data = FileManager.default.contents(atPath: path) else { throw Refusal("\(path) cannot be read") }
    guard data.count <= Self.limit else { throw Refusal("\(path) is too large to be a configuration") }
    return Array(data)
  }

  /// Writes it, and before that a backup of what it held. Whoever looks sees the old file or the new one, never half of one.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - old: What it was when the change was worked out; nil when there was none.
  /// - Throws: when it has changed since, or cannot be written.
  public func write(_ bytes: [UInt8], replacing old: [UInt8]?) throws(Refusal) {
    guard try read() == old else { throw Refusal("\(path) was changed by somebody else just now; run this again") }
    let folder = Self.folder(of: path)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Refusal("\(folder) cannot be made: \(error)")
    }
    if let old { try Self.put(old, at: backupPath, likeFile: path) }
    try Self.put(bytes, at: path, likeFile: path)
  }

  /// A file of the same rights, made beside the place and moved there.
  private static func put(_ bytes: [UInt8], at place: String, likeFile model: String) throws(Refusal) {
    let mode = status(of: model).map { $0.st_mode & 0o7777 }
    let draft = "\(place).\(getpid()).new"
    // A new one is the user's own: it may come to hold a password of another server.
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o600)
    guard descriptor >= 0 else { throw Refusal("\(place) cannot be written: \(Self.reason)") }
    var failure: String?
    if let mode, fchmod(descriptor, mode) != 0 { failure = Self.reason }
    var rest = bytes[...]
    while failure == nil, !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Self.writeOnce(descriptor, $0) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = Self.reason }
    }
    if failure == nil, fsync(descriptor) != 0 { failure = Self.reason }
    close(descriptor)
    if failure == nil, unsafe rename(draft, place) != 0 { failure = Self.reason }
    if let failure {
      unsafe unlink(draft)
      throw Refusal("\(place) cannot be written: \(failure)")
    }
  }

  private static func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  private static var reason: String { unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)" }

  private static func status(of path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }

  private static func folder(of path: String) -> String {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    return folder.isEmpty ? "/" : String(folder)
  }
}
