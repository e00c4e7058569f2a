import JSONText
import Synchronization

/// Where the answer to a request goes: to the client, or into the answer to a batch. Nil when there will be none.
protocol ReplyPort: Sendable {
  /// From a task.
  func send(_ line: [UInt8]?) async
  /// From the reader's thread.
  func sendBlocking(_ line: [UInt8]?)
}

/// The answer to a batch: an array of its answers, sent when the last is there. (Revision 2025-03-26.)
final class Batch: Sendable {
  private struct State {
    var missing: Int
    var lines: [[UInt8]] = []
  }

  /// Messages in one batch; more would pile up answers without a bound.
  static let limit = 256

  private let state: Mutex<State>
  private let writer: LineWriter

  /// - Parameter count: How many of its messages are to be answered.
  init(count: Int, writer: LineWriter) {
    state = Mutex(State(missing: count))
    self.writer = writer
  }

  /// Where the answer to one of its messages goes.
  func port() -> any ReplyPort { Port(batch: self) }

  /// The whole answer, once this was the last one missing, and if there is any.
  private func add(_ line: [UInt8]?) -> [UInt8]? {
    state.withLock { state in
      state.missing -= 1
      if let line { state.lines.append(line) }
      guard state.missing == 0, !state.lines.isEmpty else { return nil }
      // Each ends in a line feed.
      let joined = state.lines.map { $0.dropLast() }.joined(separator: [UInt8(ascii: ",")])
      state.lines = []
      return [UInt8(ascii: "[")] + joined + Array("]\n".utf8)
    }
  }

  private final class Port: ReplyPort {
    private let batch: Batch
    /// A request that ran out of time may end later all the same.
    private let isDone = Atomic(false)

    init(batch: Batch) { self.batch = batch }

    func send(_ line: [UInt8]?) async { if let whole = take(line) { await batch.writer.send(whole) } }

    func sendBlocking(_ line: [UInt8]?) { if let whole = take(line) { batch.writer.sendBlocking(whole) } }

    private func take(_ line: [UInt8]?) -> [UInt8]? {
      isDone.exchange(true, ordering: .acquiringAndReleasing) ? nil : batch.add(line)
    }
  }
}
