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

  private let pace: Pace
  private let state: Mutex<State>
  private let tell: @Sendable (_ done: Double, _ total: Double?, _ message: String?) -> Void

  /// Progress for whoever asks in the same process, at the pace of a client.
  ///
  /// - Parameter tell: Hears of it, one call at a time; must not wait.
  public convenience init(_ tell: @escaping @Sendable (_ done: Double, _ total: Double?, _ message: String?) -> Void) {
    self.init(pace: Pace(), tell: tell)
  }

  /// - Parameters:
  ///   - token: The client's token, as it wrote it.
  ///   - send: Sends a line; must not wait.
  convenience init(
    token: ArraySlice<UInt8>, revision: ProtocolRevision, pace: Pace, send: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.init(pace: pace) { done, total, message in send(Self.line(token, revision, done, total, message)) }
  }

  private init(
    pace: Pace, tell: @escaping @Sendable (_ done: Double, _ total: Double?, _ message: String?) -> Void
  ) {
    self.pace = pace
    self.tell = tell
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
      tell(done, total, message)
    }
  }

  /// The request is being answered: nothing more is told.
  public func close() { state.withLock { $0.isClosed = true } }

  private static func line(
    _ token: ArraySlice<UInt8>, _ revision: ProtocolRevision, _ done: Double, _ total: Double?, _ message: String?
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    writer.member("method", "notifications/progress")
    writer.key("params")
    writer.beginObject()
    writer.key("progressToken")
    writer.raw(token)
    writer.member("progress", number(done))
    if let total { writer.member("total", number(total)) }
    if let message, revision.features.contains(.progressMessage) { writer.member("message", .string(message)) }
    writer.endObject()
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func number(_ value: Double) -> JSON { Int64(exactly: value).map { .int($0) } ?? .double(value) }
}
