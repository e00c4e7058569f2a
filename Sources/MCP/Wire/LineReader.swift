#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads lines from a descriptor, blocking the thread it is called on. Files, pipes, sockets and terminals will do.
struct LineReader {
  private let descriptor: Int32
  private let interrupt: Interrupt
  private var buffer: LineBuffer
  private var hasEnded = false

  init(_ descriptor: Int32, lineLimit: Int, interrupt: Interrupt) {
    self.descriptor = descriptor
    self.interrupt = interrupt
    buffer = LineBuffer(limit: lineLimit)
  }

  /// Whether a descriptor is a file, whose end does not mean that somebody has gone.
  static func isFile(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The next line, or nil when the input has ended, cannot be read, or the interrupt was raised.
  mutating func next() -> LineBuffer.Line? {
    while !hasEnded {
      if let line = buffer.next() { return line }
      guard waitForInput() else { return nil }
      let descriptor = descriptor
      let count = unsafe buffer.fill { room in unsafe read(descriptor, room.baseAddress, room.count) }
      if count == 0 {
        hasEnded = true
        return buffer.finish()
      }
      // Our parent may have set O_NONBLOCK on a descriptor that it shares with us.
      if count < 0, errno != EINTR, errno != EAGAIN, errno != EWOULDBLOCK { hasEnded = true }
    }
    return nil
  }

  /// False once the interrupt is raised. A failing poll leaves it to read(2) to tell what is wrong.
  private func waitForInput() -> Bool {
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      if unsafe poll(&entries, 2, -1) >= 0 || errno != EINTR { return !interrupt.isRaised }
    }
  }
}
