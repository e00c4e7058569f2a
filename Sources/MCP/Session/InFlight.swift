import Dispatch
import Synchronization

/// The requests being worked on: their number is limited, each can be cancelled, and the end can wait for them.
///
/// Some run side by side, the others wait for their turn. ``reserve(while:)`` and ``waitUntilIdle(_:)`` block; they are
/// for the reader's thread.
final class InFlight: Sendable {
  /// A request's work.
  struct Work: Sendable {
    /// Gives the line that answers.
    let run: @Sendable () async -> [UInt8]
    /// The line that answers when time has run out.
    let expired: @Sendable () -> [UInt8]
    /// Lets nothing more be said about it than its answer.
    let silence: @Sendable () -> Void
    /// Where the answer goes.
    let port: any ReplyPort
  }

  /// What is called when nothing has been worked on for a while.
  struct Quiet: Sendable {
    let after: Duration
    let call: @Sendable () -> Void
  }

  private struct Entry {
    let serial: Int
    let work: Work
    /// Nil while it waits for its turn.
    let task: Task<Void, Never>?
  }

  private struct State {
    /// Requests that may still be answered. A cancelled one is no longer here, though its task may go on for a while.
    var entries: [RequestID: Entry] = [:]
    /// Those that wait, in their order; some may have been cancelled meanwhile.
    var queue: ArraySlice<(id: RequestID, serial: Int)> = []
    /// Tasks that have not ended, cancelled ones included.
    var running = 0
    /// Waiting ones that have not been cancelled.
    var waiting = 0
    var lastSerial = 0
    var isWaitedFor = false
    /// When those that are worked on have to be answered, in their order; some may have been meanwhile.
    var deadlines: ArraySlice<(id: RequestID, serial: Int, time: ContinuousClock.Instant)> = []
    /// Whether a task waits for these times.
    var isWatched = false
    /// Whether a task waits for things to be quiet.
    var isListening = false

    var isIdle: Bool { running == 0 && waiting == 0 }

    /// Leaves the times of those that were answered or cancelled, up to the first that was not; all of them where they are many.
    mutating func dropPastDeadlines() {
      deadlines = deadlines.drop { entries[$0.id]?.serial != $0.serial }
      if deadlines.count > 64 + 2 * entries.count {
        deadlines = deadlines.filter { entries[$0.id]?.serial == $0.serial }[...]
      }
    }
  }

  private let state = Mutex(State())
  /// Begins at 0 and is raised to the limit: Dispatch traps when one is released below what it began with.
  private let places = DispatchSemaphore(value: 0)
  private let idle = DispatchSemaphore(value: 0)
  private let width: Int
  private let timeLimit: Duration
  private let quiet: Quiet

  /// - Parameters:
  ///   - limit: Requests accepted and not yet answered.
  ///   - width: Of these, so many run side by side.
  ///   - timeLimit: How long one may run.
  ///   - quiet: What is called once they have ended, and no other has come.
  init(limit: Int, width: Int, timeLimit: Duration, quiet: Quiet) {
    self.width = width
    self.timeLimit = timeLimit
    self.quiet = quiet
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

  /// Starts work in a place that was reserved, or puts it in the queue. Its line is sent unless the request has been
  /// cancelled meanwhile.
  func start(_ id: RequestID, _ work: Work) {
    state.withLock { state in
      state.lastSerial += 1
      let serial = state.lastSerial
      if state.running < width {
        launch(id, serial, work, &state)
      } else {
        state.entries[id] = Entry(serial: serial, work: work, task: nil)
        state.queue.append((id, serial))
        state.waiting += 1
      }
    }
  }

  /// Cancels a request: nothing will be sent for it. Unknown ids and those answered meanwhile are passed over.
  func cancel(_ id: RequestID) {
    let entry = state.withLock { state in
      let entry = state.entries.removeValue(forKey: id)
      if let entry, entry.task == nil { state.waiting -= 1 }
      return entry
    }
    if let entry { stop(entry) }
  }

  /// Cancels all.
  func cancelAll() {
    let entries = state.withLock { state in
      defer {
        state.entries = [:]
        state.queue = []
        state.waiting = 0
      }
      return state.entries
    }
    for entry in entries.values { stop(entry) }
  }

  /// Waits until no task is running or waiting. False when time ran out.
  func waitUntilIdle(_ timeout: DispatchTimeInterval) -> Bool {
    let isIdle = state.withLock { state in
      state.isWaitedFor = !state.isIdle
      return state.isIdle
    }
    return isIdle || idle.wait(timeout: .now() + timeout) == .success
  }

  private func stop(_ entry: Entry) {
    entry.work.silence()
    if let task = entry.task {
      task.cancel()
    } else {
      places.signal()
      Task { await entry.work.port.send(nil) }
      state.withLock { tellIfIdle(&$0) }
    }
  }

  /// Called with the lock held, so that the task is listed before it can end.
  private func launch(_ id: RequestID, _ serial: Int, _ work: Work, _ state: inout State) {
    state.running += 1
    let task = Task {
      self.begin(id, serial)
      let line = await work.run()
      work.silence()
      await work.port.send(self.claim(id, serial) ? line : nil)
      self.end()
    }
    state.entries[id] = Entry(serial: serial, work: work, task: task)
  }

  /// The time of a request counts from here: on a busy machine its task may have waited for a thread.
  private func begin(_ id: RequestID, _ serial: Int) {
    let isFirst = state.withLock { state in
      state.dropPastDeadlines()
      state.deadlines.append((id, serial, .now + timeLimit))
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst { Task { await watch() } }
  }

  /// Answers requests that take too long, as their times come; one task for all of them, for most are answered at once.
  private func watch() async {
    while true {
      let (next, late) = state.withLock { state -> (ContinuousClock.Instant?, Entry?) in
        state.dropPastDeadlines()
        guard let first = state.deadlines.first else {
          state.isWatched = false
          return (nil, nil)
        }
        guard first.time <= .now else { return (first.time, nil) }
        state.deadlines.removeFirst()
        return (first.time, state.entries.removeValue(forKey: first.id))
      }
      guard let next else { return }
      if let late {
        await expire(late)
      } else {
        try? await Task.sleep(until: next, clock: .continuous)
      }
    }
  }

  /// Answers a request that has taken too long, and stops its work.
  private func expire(_ entry: Entry) async {
    entry.work.silence()
    await entry.work.port.send(entry.work.expired())
    entry.task?.cancel()
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
    let listens = state.withLock { state in
      state.running -= 1
      while let next = state.queue.popFirst() {
        guard let entry = state.entries[next.id], entry.serial == next.serial else { continue }
        state.waiting -= 1
        launch(next.id, next.serial, entry.work, &state)
        break
      }
      tellIfIdle(&state)
      guard state.isIdle, !state.isListening else { return false }
      state.isListening = true
      return true
    }
    if listens { Task { await listen() } }
  }

  /// Waits until no request has come for a while; gives up while one is worked on, whose end begins anew.
  private func listen() async {
    while true {
      let last = state.withLock { $0.lastSerial }
      try? await Task.sleep(for: quiet.after)
      let (isIdle, isQuiet) = state.withLock { state in
        let isQuiet = state.lastSerial == last
        state.isListening = state.isIdle && !isQuiet
        return (state.isIdle, isQuiet)
      }
      guard isIdle else { return }
      if isQuiet { return quiet.call() }
    }
  }

  private func tellIfIdle(_ state: inout State) {
    guard state.isIdle, state.isWaitedFor else { return }
    state.isWaitedFor = false
    idle.signal()
  }
}
