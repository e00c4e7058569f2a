import Dispatch
import Synchronization

/// The requests being worked on: their number is limited, each can be cancelled, and the end can wait for them.
///
/// ``reserve(while:)`` and ``waitUntilIdle(_:)`` block; they are for the reader's thread.
final class InFlight: Sendable {
  private struct Entry {
    var serial: Int
    var task: Task<Void, Never>
  }

  private struct State {
    /// Requests that may still be answered. A cancelled one is no longer here, though its task may go on for a while.
    var entries: [RequestID: Entry] = [:]
    /// Tasks that have not ended, cancelled ones included.
    var running = 0
    var lastSerial = 0
    var isWaitedFor = false
  }

  private let state = Mutex(State())
  /// Begins at 0 and is raised to the limit: Dispatch traps when one is released below what it began with.
  private let places = DispatchSemaphore(value: 0)
  private let idle = DispatchSemaphore(value: 0)

  init(limit: Int) {
    for _ in 0..<limit { places.signal() }
  }

  /// Whether a request of that id is being worked on.
  func contains(_ id: RequestID) -> Bool { state.withLock { $0.entries[id] != nil } }

  /// Waits for a place. False when the wait was given up because `isWanted` became false.
  func reserve(while isWanted: () -> Bool) -> Bool {
    while isWanted() {
      if places.wait(timeout: .now() + .milliseconds(50)) == .success { return true }
    }
    return false
  }

  /// Starts work in a place that was reserved. `work` gives the line that answers; `send` gets it unless the request has
  /// been cancelled meanwhile.
  func start(
    _ id: RequestID, work: @escaping @Sendable () async -> [UInt8], send: @escaping @Sendable ([UInt8]) async -> Void
  ) {
    state.withLock { state in
      state.running += 1
      state.lastSerial += 1
      let serial = state.lastSerial
      // Made under the lock, so that it is listed before it can end.
      let task = Task {
        let line = await work()
        if self.claim(id, serial) { await send(line) }
        self.end()
      }
      state.entries[id] = Entry(serial: serial, task: task)
    }
  }

  /// Cancels a request: nothing will be sent for it. Unknown ids and those answered meanwhile are passed over.
  func cancel(_ id: RequestID) {
    state.withLock { $0.entries.removeValue(forKey: id) }?.task.cancel()
  }

  /// Cancels all.
  func cancelAll() {
    let entries = state.withLock { state in
      defer { state.entries = [:] }
      return state.entries
    }
    for entry in entries.values { entry.task.cancel() }
  }

  /// Waits until no task is running. False when time ran out.
  func waitUntilIdle(_ timeout: DispatchTimeInterval) -> Bool {
    let isIdle = state.withLock { state in
      state.isWaitedFor = state.running > 0
      return state.running == 0
    }
    return isIdle || idle.wait(timeout: .now() + timeout) == .success
  }

  /// Takes the right to answer. From then on the id may be used anew, as the client may once it has read the answer.
  private func claim(_ id: RequestID, _ serial: Int) -> Bool {
    state.withLock { state in
      guard state.entries[id]?.serial == serial else { return false }
      state.entries[id] = nil
      return true
    }
  }

  private func end() {
    places.signal()
    state.withLock { state in
      state.running -= 1
      guard state.running == 0, state.isWaitedFor else { return }
      state.isWaitedFor = false
      idle.signal()
    }
  }
}
