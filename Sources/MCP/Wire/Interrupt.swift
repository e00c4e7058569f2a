import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A flag that also wakes whoever waits in poll(2): a pipe that becomes readable when raised and stays so.
final class Interrupt: Sendable {
  /// Readable once raised. -1 when the system had no descriptors left; then only ``isRaised`` tells.
  let descriptor: Int32
  private let trigger: Int32
  private let flag = Atomic<Bool>(false)

  init() {
    var ends: [Int32] = [-1, -1]
    if unsafe pipe(&ends) == 0 {
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    (descriptor, trigger) = (ends[0], ends[1])
  }

  deinit {
    for end in [descriptor, trigger] where end >= 0 { _ = close(end) }
  }

  /// Whether ``raise()`` or a signal has been.
  var isRaised: Bool { flag.load(ordering: .acquiring) || poll(descriptor, for: POLLIN, milliseconds: 0) }

  /// Raises the flag; again is harmless.
  func raise() {
    guard !flag.exchange(true, ordering: .acquiringAndReleasing), trigger >= 0 else { return }
    writeByte(to: trigger)
  }

  /// Lets SIGTERM, SIGINT and SIGHUP raise this one, each once: a second one kills, should the ending hang.
  ///
  /// There is one such flag for the process.
  func raiseOnTermination() {
    terminationFlag.withLock { $0 = self }
    terminationTrigger.store(trigger, ordering: .releasing)
    for number in [SIGTERM, SIGINT, SIGHUP] { install(number) }
  }

  private func install(_ number: Int32) {
    // Only what POSIX allows in a handler: write(2), signal(2) and a lock-free load.
    let handler: @convention(c) (Int32) -> Void = { number in
      _ = signal(number, SIG_DFL)
      writeByte(to: terminationTrigger.load(ordering: .acquiring))
    }
    _ = signal(number, handler)
  }
}

/// Keeps the pipe open for as long as a signal may come.
private let terminationFlag = Mutex<Interrupt?>(nil)

/// The pipe that the signal handler writes to.
private let terminationTrigger = Atomic<Int32>(-1)

private func writeByte(to descriptor: Int32) {
  var byte: UInt8 = 1
  _ = unsafe write(descriptor, &byte, 1)
}

/// Waits until a descriptor is ready. False on time-out, on an interrupted wait, and for a negative descriptor.
func poll(_ descriptor: Int32, for events: Int32, milliseconds: Int32) -> Bool {
  guard descriptor >= 0 else { return false }
  var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  return unsafe poll(&entry, 1, milliseconds) > 0
}
