#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The descriptors that the protocol is spoken over, kept apart from those the rest of the process uses.
public struct StdioTransport: Hashable, Sendable {
  /// Where messages come from.
  public let input: Int32
  /// Where messages go to.
  public let output: Int32

  /// Takes standard input and output for the protocol: both move to descriptors of their own. Descriptor 0 then reads
  /// nothing, and what is printed on descriptor 1 goes to standard error, so that no stray print breaks the stream and no
  /// child process eats a message.
  ///
  /// Call it once, before anything else.
  ///
  /// - Throws: ``TransportError`` when one of the two is not open.
  public static func takeStandardStreams() throws(TransportError) -> StdioTransport {
    // Beyond 2, so that neither becomes a standard stream itself.
    let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    guard input >= 0 else { throw TransportError(message: "standard input is not open (errno \(errno))") }
    let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard output >= 0 else {
      let reason = errno
      _ = close(input)
      throw TransportError(message: "standard output is not open (errno \(reason))")
    }
    let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    if nothing >= 0 { _ = dup2(nothing, STDIN_FILENO) }
    if dup2(STDERR_FILENO, STDOUT_FILENO) < 0, nothing >= 0 { _ = dup2(nothing, STDOUT_FILENO) }
    if nothing > STDERR_FILENO { _ = close(nothing) }
    return StdioTransport(input: input, output: output)
  }
}

/// Why there is nothing to speak over.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, with the number the system gave.
  public var message: String

  /// The same as ``message``.
  public var description: String { message }
}
