import Dispatch
import JSONText
import Logging
import Synchronization

/// One conversation, from the first line to the end of the input.
///
/// ``serve()`` occupies the thread it is called on: it reads, answers what can be answered at once, and starts a task for
/// everything else.
final class Session: Sendable {
  /// Bounds of a session.
  struct Limits: Sendable {
    /// Bytes in a line from the client.
    var lineLength = 10 * 1024 * 1024
    /// Requests being worked on; beyond that nothing more is read.
    var inFlight = 64
    /// How long work may go on after the input has ended, in milliseconds. Clients kill after 2 s.
    var graceMs = 700
    /// How long cancelled work may take to end after that, in milliseconds.
    var cancellationMs = 200
  }

  private let server: Server
  private let input: Int32
  private let limits: Limits
  private let interrupt: Interrupt
  private let writer: LineWriter
  private let inFlight: InFlight
  /// Nil before `initialize`.
  private let revision = Mutex<ProtocolRevision?>(nil)

  init(server: Server, input: Int32, output: Int32, limits: Limits, interrupt: Interrupt) {
    self.server = server
    self.input = input
    self.limits = limits
    self.interrupt = interrupt
    writer = LineWriter(output, interrupt: interrupt)
    inFlight = InFlight(limit: limits.inFlight)
  }

  /// Serves until the input ends, the output is closed or the interrupt is raised; then lets work in flight end.
  func serve() {
    var reader = LineReader(input, lineLimit: limits.lineLength, interrupt: interrupt)
    while let line = reader.next() {
      switch line {
      case .line(let bytes): receive(IncomingMessage(line: bytes))
      case .oversized:
        refuse(ProtocolError(.invalidRequest, "the line is longer than \(limits.lineLength) bytes"), id: nil)
      }
    }
    finish()
  }

  private func finish() {
    // Nobody is left to read an answer when the output is closed.
    let isIdle = inFlight.waitUntilIdle(.milliseconds(writer.isClosed ? 0 : limits.graceMs))
    if !isIdle {
      inFlight.cancelAll()
      interrupt.raise()
      if !inFlight.waitUntilIdle(.milliseconds(limits.cancellationMs)) {
        server.logger.warning("requests still running at the end were abandoned")
      }
    }
    server.logger.debug("session ended")
  }

  private func receive(_ message: IncomingMessage) {
    switch message {
    case .request(let id, let method, let params): answer(id, method, params)
    case .notification(let method, let params): note(method, params)
    case .ignored(let reason): server.logger.debug("ignored: \(reason)")
    case .refused(let error, let id): refuse(error, id: id)
    }
  }

  /// Notifications are never answered; unknown ones are passed over.
  private func note(_ method: String, _ params: JSONValue?) {
    if method == "notifications/cancelled", let id = params?["requestId"].flatMap(RequestID.init) {
      inFlight.cancel(id)
    }
  }

  private func answer(_ id: RequestID, _ method: String, _ params: JSONValue?) {
    if inFlight.contains(id) {
      refuse(ProtocolError(.invalidRequest, "a request with this id is still being answered"), id: id)
      return
    }
    do throws(ProtocolError) {
      switch method {
      case "ping": succeed([:], id)
      case "initialize": succeed(try initialize(params), id)
      default: try dispatch(id, method, params)
      }
    } catch {
      refuse(error, id: id)
    }
  }

  /// Opens the session; once more opens it anew.
  private func initialize(_ params: JSONValue?) throws(ProtocolError) -> JSON {
    guard let requested = params?["protocolVersion"]?.string else {
      throw ProtocolError(.invalidParams, "'protocolVersion' must be a string")
    }
    let negotiated = ProtocolRevision.negotiated(for: requested)
    revision.withLock { $0 = negotiated }
    server.logger.debug("initialized", metadata: ["revision": "\(negotiated.name)"])
    return [
      "protocolVersion": .string(negotiated.name),
      "capabilities": negotiated.json(capabilities: server.capabilities),
      "serverInfo": negotiated.json(server.info),
      "instructions": .string(server.instructions),
    ]
  }

  private func dispatch(_ id: RequestID, _ name: String, _ params: JSONValue?) throws(ProtocolError) {
    guard let revision = revision.withLock({ $0 }) else {
      throw ProtocolError(.invalidParams, "the session is not open; send 'initialize' first")
    }
    guard let method = Method.table[name] else {
      throw ProtocolError(.methodNotFound, "unknown method '\(name.prefix(100))'")
    }
    let call = Method.Call(server: server, revision: revision, params: params)
    switch method.handler {
    case .immediate(let handle):
      succeed(try handle(call), id)
    case .concurrent(let handle):
      // Given up only when the session is ending; then nobody waits for this answer.
      guard inFlight.reserve(while: { !interrupt.isRaised }) else { return }
      inFlight.start(id) { [logger = server.logger] in
        let begin = ContinuousClock.now
        let line = await Self.line(for: id, call, handle)
        logger.debug("answered", metadata: Self.facts(name, id, line.count, .now - begin))
        return line
      } send: { [writer] in
        await writer.send($0)
      }
    }
  }

  private static func line(
    for id: RequestID, _ call: Method.Call, _ handle: @Sendable (Method.Call) async throws(ProtocolError) -> JSON
  ) async -> [UInt8] {
    do throws(ProtocolError) {
      return OutgoingMessage.result(try await handle(call), id: id)
    } catch {
      return OutgoingMessage.error(error, id: id)
    }
  }

  private static func facts(
    _ method: String, _ id: RequestID, _ size: Int, _ duration: Duration
  ) -> Logger.Metadata {
    ["method": "\(method)", "id": "\(id.description)", "bytes": "\(size)", "duration": "\(duration)"]
  }

  private func succeed(_ result: JSON, _ id: RequestID) { writer.sendBlocking(OutgoingMessage.result(result, id: id)) }

  private func refuse(_ error: ProtocolError, id: RequestID?) {
    server.logger.debug("refused", metadata: ["code": "\(error.code.rawValue)", "reason": "\(error.message)"])
    writer.sendBlocking(OutgoingMessage.error(error, id: id))
  }
}
