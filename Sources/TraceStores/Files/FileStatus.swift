#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says of a path. FileManager's attributes would name the owner, too, and ask the system's directory of
/// users for it: files and sockets that nobody gave us.
struct FileStatus: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case file
    case folder
    case link
    /// Pipes, sockets, devices: reading one could wait forever.
    case special
  }

  /// Which file it is, whatever its name.
  struct Identity: Sendable, Hashable {
    fileprivate let device: UInt64
    fileprivate let number: UInt64
  }

  let kind: Kind
  let size: Int
  let identity: Identity
  /// Nanoseconds since 1970.
  let modified: Int

  /// Nil when there is nothing, or nothing that may be looked at.
  ///
  /// - Parameter followsLinks: Whether a link stands for what it leads to.
  init?(_ path: String, followsLinks: Bool = true) {
    var status = stat()
    guard unsafe (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .special
      }
    size = Int(status.st_size)
    identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified = time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
  }
}

/// The system's numbers for failures.
enum SystemError {
  /// The words for a number; nil for none.
  static func words(_ number: Int32) -> String? {
    number == 0 ? nil : unsafe strerror(number).map { unsafe String(cString: $0) }
  }

  /// Whether the program, or the system, has no room for another open file.
  static func isOutOfDescriptors(_ number: Int32) -> Bool { number == EMFILE || number == ENFILE }
}
