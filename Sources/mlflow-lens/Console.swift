import ArgumentParser
import MCP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Text to a descriptor, whole. `print` would buffer on a pipe and know nothing of a reader that is gone.
enum Console {
  enum Stream: Int32 {
    case standardOutput = 1
    case standardError = 2
  }

  /// What a verb answers with, on standard output. A reader that has gone has what it wanted (`| head`); any other failure is
  /// told, so that half an answer is not taken for a whole one.
  static func answer(_ bytes: [UInt8]) throws {
    guard !write(bytes, to: Stream.standardOutput.rawValue), errno != EPIPE else { return }
    let reason = unsafe String(cString: strerror(errno))
    ErrorReport.write(ToolError(.failed, "standard output cannot be written: \(reason)"))
    throw ExitCode(ExitStatus.failed.rawValue)
  }

  /// The same for text.
  static func answer(_ text: String) throws { try answer(Array(text.utf8)) }

  /// Puts something into the place of standard streams that are closed: a file or a connection opened later would get the
  /// number, and be written to. What stands there fails as the closed stream would.
  static func occupy(_ descriptors: ClosedRange<Int32>) {
    for descriptor in descriptors where fcntl(descriptor, F_GETFD) < 0 {
      let nothing = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      guard nothing >= 0, nothing != descriptor else { continue }
      dup2(nothing, descriptor)
      close(nothing)
    }
  }

  /// Writes all of it; false when the reader is gone.
  @discardableResult
  static func write(_ text: String, to stream: Stream = .standardOutput) -> Bool {
    write(Array(text.utf8), to: stream.rawValue)
  }

  /// The same for bytes, to any descriptor.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Self.writeOnce(descriptor, $0) }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
