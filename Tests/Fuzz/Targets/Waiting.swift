import Dispatch
import Synchronization

/// Runs what is asynchronous to its end, on the threads that the server runs it on.
func waiting<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) throws(Violation) -> Answer {
  let done = DispatchSemaphore(value: 0)
  let box = Box<Answer>()
  Task.detached {
    let answer = await body()
    box.value.withLock { $0 = answer }
    done.signal()
  }
  done.wait()
  guard let answer = box.value.withLock({ $0 }) else { throw Violation("no answer") }
  return answer
}

private final class Box<Answer: Sendable>: Sendable {
  let value = Mutex<Answer?>(nil)
}
