import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes whole lines to a descriptor, one at a time, whoever calls. When the other side is gone it raises the
/// interrupt and writes nothing more.
///
/// A caller waits while the client does not read. That is wanted: what waits here are requests in flight, and their
/// number is limited. Once the interrupt is raised, a client that takes nothing is given up after a moment.
final class LineWriter: ReplyPort {
  private let descriptor: Int32
  private let interrupt: Interrupt
  private let isBroken = Mutex(false)
  /// Lines that wait for the thread below: what comes later may not overtake them.
  private let queued = Atomic(0)
  /// A thread that may wait for the client in place of those that tasks share.
  private let queue = DispatchQueue(label: "mcp.writer", qos: .userInitiated)

  /// Linux takes this much from a blocking write without waiting as soon as poll(2) says that there is room.
  private static let chunk = 4096
  /// How long a client that takes nothing is waited for between looks at the interrupt.
  private static let patience: Int32 = 100

  init(_ descriptor: Int32, interrupt: Interrupt) {
    self.descriptor = descriptor
    self.interrupt = interrupt
    // The end of the client must be an error from write(2), not our death.
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Whether the client no longer reads.
  var isClosed: Bool { isBroken.withLock { $0 } }

  /// Writes a line, which ends in its line feed. For tasks: what waits for the client is not their thread.
  func send(_ line: [UInt8]?) async {
    guard let line, !writesAtOnce(line) else { return }
    await withCheckedContinuation { continuation in
      enqueue(line) { continuation.resume() }
    }
  }

  /// Writes a line in its turn, and does not wait for that.
  func post(_ line: [UInt8]) { enqueue(line) {} }

  private func enqueue(_ line: [UInt8], _ done: @escaping @Sendable () -> Void) {
    queued.add(1, ordering: .sequentiallyConsistent)
    queue.async {
      self.sendBlocking(line)
      self.queued.subtract(1, ordering: .sequentiallyConsistent)
      done()
    }
  }

  /// Writes a line that the client's side has room for, where nobody else writes: to wake a thread takes longer. False where it
  /// has to wait for its turn, or for the client.
  private func writesAtOnce(_ line: [UInt8]) -> Bool {
    guard line.count <= PIPE_BUF, queued.load(ordering: .sequentiallyConsistent) == 0 else { return false }
    return isBroken.withLockIfAvailable { isBroken in
      guard !isBroken else { return true }
      guard poll(descriptor, for: POLLOUT, milliseconds: 0) else { return false }
      write(line, &isBroken)
      return true
    } ?? false
  }

  /// Writes a line on the thread it is called on, which is to be the reader's.
  func sendBlocking(_ line: [UInt8]?) {
    guard let line else { return }
    isBroken.withLock { isBroken in
      if !isBroken { write(line, &isBroken) }
    }
  }

  private func write(_ line: [UInt8], _ isBroken: inout Bool) {
    guard !write(line) else { return }
    isBroken = true
    interrupt.raise()
  }

  private func write(_ line: [UInt8]) -> Bool {
    var rest = line[...]
    while !rest.isEmpty {
      if !poll(descriptor, for: POLLOUT, milliseconds: Self.patience) {
        if interrupt.isRaised, !poll(descriptor, for: POLLOUT, milliseconds: Self.patience) { return false }
        continue
      }
      let count = unsafe rest.prefix(Self.chunk).withUnsafeBytes { bytes in
        unsafe Self.write(descriptor, bytes)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR, errno != EAGAIN, errno != EWOULDBLOCK {
        return false
      }
    }
    return true
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
