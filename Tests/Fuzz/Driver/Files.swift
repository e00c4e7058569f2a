#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few files there are to do with.
enum Files {
  static func read(_ path: String) throws(Mistake) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { throw Mistake(words: "'\(path)' cannot be read") }
    defer { unsafe fclose(file) }
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
      guard count > 0 else { return contents }
      contents += piece.prefix(count)
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(Mistake) {
    guard let file = unsafe fopen(path, "wb") else { throw Mistake(words: "'\(path)' cannot be written") }
    defer { unsafe fclose(file) }
    let count = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
    guard count == bytes.count else { throw Mistake(words: "'\(path)' cannot be written") }
  }

  /// The folder, and those above it.
  static func makeFolder(_ path: String) throws(Mistake) {
    var made = path.first == "/" ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      guard unsafe mkdir(made, 0o755) == 0 || errno == EEXIST else { throw Mistake(words: "no folder '\(made)'") }
    }
  }

  /// This program.
  static var ownPath: String {
    #if canImport(Glibc)
      return "/proc/self/exe"
    #else
      return CommandLine.arguments.first ?? "lens-fuzz"
    #endif
  }
}
