import JSONText
import Synchronization

/// Tells the client how far a request has come, if it asked to be told.
///
/// A tool takes the one of its call from ``current`` and reports as often as it likes; what is sent is seldom, and always
/// more than before.
public final class Progress: Sendable {
  /// That of the request being answered; nil when nobody wants to know.
  @TaskLocal public static var current: Progress?

  /// How often is told.
  struct Pace: Sendable {
    /// The first word comes after so long; most requests have been answered by then.
    var delay = Duration.milliseconds(500)
    /// At least so long between two.
    var interval = Duration.milliseconds(250)
  }

  private struct State {
    /// Said or kept to oneself.
    var highest: Double?
    var sent: Double?
    var nextTime: ContinuousClock.Instant
    var isClosed = false
  }

  private let token: ArraySlice<UInt8>
  private let revision: ProtocolRevision
  private let pace: Pace
  private let state: Mutex<State>
  private let send: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - token: The client's token, as it wrote it.
  ///   - send: Sends a line; must not wait.
  init(
    token: ArraySlice<UInt8>, revision: ProtocolRevision, pace: Pace, send: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.token = token
    self.revision = revision
    self.pace = pace
    self.send = send
    state = Mutex(State(nextTime: .now + pace.delay))
  }

  /// The most that was reported, told or not.
  public var highest: Double? { state.withLock { $0.highest } }

  /// Says how much is done.
  ///
  /// - Parameters:
  ///   - done: Any measure of it. What is not more than was said before is kept to itself.
  ///   - total: How much there is to do, if that is known.
  ///   - message: What is being done, for people.
  public func report(_ done: Double, of total: Double? = nil, _ message: String? = nil) {
    state.withLock { state in
      state.highest = max(state.highest ?? done, done)
      guard !state.isClosed, state.sent.map({ done > $0 }) ?? true, ContinuousClock.now >= state.nextTime else {
        return
      }
      state.sent = done
      state.nextTime = .now + pace.interval
      // Sent under the lock: nothing may come behind the answer.
      send(line(done, total, message))
    }
  }

  /// The request is being answered: nothing more is told.
  func close() { state.withLock { $0.isClosed = true } }

  private func line(_ done: Double, _ total: Double?, _ message: String?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    writer.member("method", "notifications/progress")
    writer.key("params")
    writer.beginObject()
    writer.key("progressToken")
    writer.raw(token)
    writer.member("progress", Self.number(done))
    if let total { writer.member("total", Self.number(total)) }
    if let message, revision.features.contains(.progressMessage) { writer.member("message", .string(message)) }
    writer.endObject()
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func number(_ value: Double) -> JSON { Int64(exactly: value).map { .int($0) } ?? .double(value) }
}
