import Dispatch

/// Runs an actor's jobs on a dispatch queue of its own: files and SQLite block, and the cooperative pool has as many
/// threads as the machine has cores.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    // An `ExecutorJob` cannot be captured; its unowned form can, and runs exactly once.
    let unowned = UnownedJob(job)
    queue.async { unsafe unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
