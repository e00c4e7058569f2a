#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is there whole or not at all. The only place where this program writes one.
struct OutputFile {
  let path: String

  /// Why it could not be written.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Whether the path names a folder.
  var isFolder: Bool { kind == S_IFDIR }

  /// Whether there is something that is not to be overwritten by accident.
  var exists: Bool { kind != nil }

  private var kind: mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Writes all of it beside the place, then puts it there at once. Pipes and devices are written to as they are.
  func write(_ bytes: [UInt8]) throws {
    if let kind, kind != S_IFREG {
      guard kind != S_IFDIR else { throw Failure(description: "\(path) is a folder") }
      try put(bytes, into: unsafe open(path, O_WRONLY | O_CLOEXEC))
      return
    }
    let temporary = "\(path).\(getpid()).part"
    do {
      try put(bytes, into: unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666))
      guard unsafe rename(temporary, path) == 0 else { throw Self.failure(path) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  private func put(_ bytes: [UInt8], into descriptor: Int32) throws {
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    guard Console.write(bytes, to: descriptor) else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(description: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))")
  }
}
