import Dispatch
import Foundation
import Synchronization

/// Reads lines on a thread of its own, for someone who waits with a time limit.
final class LineCollector: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var lines: [[UInt8]] = []
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  init(_ handle: FileHandle) {
    let reading = Reading(handle)
    Thread.detachNewThread { [self] in
      while true {
        let bytes = readSome(reading.handle.fileDescriptor)
        if bytes.isEmpty { break }
        append(bytes)
      }
      end()
    }
  }

  private func append(_ bytes: [UInt8]) {
    state.withLock { state in
      state.pending += bytes
      while let feed = state.pending.firstIndex(of: UInt8(ascii: "\n")) {
        state.lines.append(Array(state.pending[..<feed]))
        state.pending.removeSubrange(...feed)
      }
    }
    news.signal()
  }

  private func end() {
    state.withLock { state in
      if !state.pending.isEmpty { state.lines.append(state.pending) }
      state.pending = []
      state.hasEnded = true
    }
    news.signal()
  }

  /// Takes out the first line of that kind, waiting until there is one; nil at the end or when time runs out.
  func take(within seconds: Double, where isWanted: ([UInt8]) -> Bool) -> [UInt8]? {
    let deadline = DispatchTime.now() + seconds
    while true {
      let (line, hasEnded) = state.withLock { state -> ([UInt8]?, Bool) in
        (state.lines.firstIndex(where: isWanted).map { state.lines.remove(at: $0) }, state.hasEnded)
      }
      if line != nil || hasEnded || news.wait(timeout: deadline) == .timedOut { return line }
    }
  }

  /// Waits for the end; false when time runs out.
  func waitForEnd(within seconds: Double) -> Bool {
    let deadline = DispatchTime.now() + seconds
    while !state.withLock({ $0.hasEnded }) {
      if news.wait(timeout: deadline) == .timedOut { return false }
    }
    return true
  }

  /// What has been read and not taken out.
  var rest: [[UInt8]] { state.withLock { $0.lines } }

  /// The same as one text.
  var all: String { rest.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") }
}

/// Keeps the descriptor open; only the collector's thread uses it.
private final class Reading: @unchecked Sendable {
  let handle: FileHandle

  init(_ handle: FileHandle) { self.handle = handle }
}
