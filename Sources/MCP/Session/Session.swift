import Dispatch
import JSONText
import Logging
import Synchronization

/// One conversation, from the first line to the end of the input.
///
/// ``serve()`` occupies the thread it is called on: it reads, answers what can be answered at once, and starts a task for
/// everything else. Both eras of the protocol are spoken, request by request: what names its revision in its metadata is
/// answered in that one and touches nothing; everything else belongs to the session that `initialize` opened.
final class Session: Sendable {
  /// Bounds of a session.
  struct Limits: Sendable {
    /// Bytes in a line from the client.
    var lineLength = 10 * 1024 * 1024
    /// Requests accepted and not yet answered; beyond that nothing more is read.
    var inFlight = 256
    /// Requests being worked on side by side; the others wait.
    var width = 32
    /// How long a request may be worked on. Hosts give up after one to five minutes.
    var timeLimit = Duration.seconds(45)
    /// How long work may go on after the input has ended, in milliseconds. Clients kill after 2 s.
    var graceMs = 700
    /// The same where the input was a file: nobody waits to kill, and what it asks is to be answered.
    var fileGraceMs = 60_000
    /// How long cancelled work may take to end after that, in milliseconds.
    var cancellationMs = 200
    /// How long no request must be worked on for the server to be quiet.
    var quiet = Duration.seconds(2)
    /// How often progress is told.
    var progress = Progress.Pace()
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
    inFlight = InFlight(
      limit: limits.inFlight, width: limits.width, timeLimit: limits.timeLimit,
      quiet: InFlight.Quiet(after: limits.quiet, call: server.whenQuiet))
  }

  /// Serves until the input ends, the output is closed or the interrupt is raised; then lets work in flight end.
  func serve() {
    var reader = LineReader(input, lineLimit: limits.lineLength, interrupt: interrupt)
    while let line = reader.next() {
      switch line {
      case .line(let bytes): receive(IncomingMessage(line: bytes), writer)
      case .oversized:
        refuse(ProtocolError(.invalidRequest, "the line is longer than \(limits.lineLength) bytes"), nil, writer)
      }
    }
    finish()
  }

  private func finish() {
    // Nobody is left to read an answer when the output is closed.
    let grace = LineReader.isFile(input) && !interrupt.isRaised ? limits.fileGraceMs : limits.graceMs
    let isIdle = inFlight.waitUntilIdle(.milliseconds(writer.isClosed ? 0 : grace))
    if !isIdle {
      inFlight.cancelAll()
      interrupt.raise()
      if !inFlight.waitUntilIdle(.milliseconds(limits.cancellationMs)) {
        server.logger.warning("requests still running at the end were abandoned")
      }
    }
    server.logger.debug("session ended")
  }

  // MARK: Messages

  private func receive(_ message: IncomingMessage, _ port: any ReplyPort) {
    switch message {
    case .request(let id, let method, let params): answer(Request(id: id, method: method, params: params), port)
    case .notification(let method, let params): note(method, params)
    case .ignored(let reason): server.logger.debug("ignored: \(reason)")
    case .refused(let error, let id): refuse(error, id, port)
    case .batch(let messages): receive(messages)
    }
  }

  private func receive(_ batch: [IncomingMessage]) {
    func refuse(_ reason: String) { self.refuse(ProtocolError(.invalidRequest, reason), nil, writer) }
    guard revision.withLock({ $0 })?.features.contains(.batches) == true else {
      return refuse("a batch; they are part of revision \(ProtocolRevision.march2025.name) only")
    }
    guard !batch.isEmpty else { return refuse("the batch is empty") }
    guard batch.count <= Batch.limit else { return refuse("more than \(Batch.limit) messages in a batch") }
    let answered = batch.count { message in
      switch message {
      case .request, .refused: true
      case .notification, .ignored, .batch: false
      }
    }
    let collector = Batch(count: answered, writer: writer)
    for message in batch {
      let port: any ReplyPort = collector.port()
      if case .request(let id, "initialize", _) = message {
        self.refuse(ProtocolError(.invalidRequest, "'initialize' must not be part of a batch"), id, port)
      } else {
        receive(message, port)
      }
    }
  }

  /// Notifications are never answered; unknown ones are passed over.
  private func note(_ method: String, _ params: JSONValue?) {
    if method == "notifications/cancelled", let id = params?["requestId"].flatMap(RequestID.init) {
      inFlight.cancel(id)
    }
  }

  // MARK: Requests

  private struct Request: Sendable {
    let id: RequestID
    let method: String
    let params: JSONValue?
  }

  private func answer(_ request: Request, _ port: any ReplyPort) {
    if inFlight.contains(request.id) {
      refuse(ProtocolError(.invalidRequest, "a request with this id is still being answered"), request.id, port)
      return
    }
    do throws(ProtocolError) {
      if RequestMetadata.isClaimed(by: request.params) || Method.statelessOnly.contains(request.method) {
        try dispatch(request, in: try RequestMetadata(request.params).revision, port)
        return
      }
      switch request.method {
      case "ping": port.sendBlocking(OutgoingMessage.result([:], id: request.id))
      case "initialize": port.sendBlocking(OutgoingMessage.result(try initialize(request.params), id: request.id))
      default:
        guard let revision = revision.withLock({ $0 }) else {
          throw ProtocolError(
            .invalidParams,
            "no session is open; send 'initialize', or name the revision in 'params._meta' as of \(Self.newest)")
        }
        try dispatch(request, in: revision, port)
      }
    } catch {
      refuse(error, request.id, port)
    }
  }

  private static let newest = ProtocolRevision.stateless.map(\.name).joined(separator: ", ")

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

  private func dispatch(
    _ request: Request, in revision: ProtocolRevision, _ port: any ReplyPort
  ) throws(ProtocolError) {
    guard let method = Method.table[request.method], revision.has(method),
      method.capability.map({ server.capabilities[$0] != nil }) ?? true
    else {
      let hint = request.method == "initialize" ? "; revision \(revision.name) has no handshake" : ""
      throw ProtocolError(.methodNotFound, "unknown method '\(request.method.prefix(100))'\(hint)")
    }
    if revision.features.contains(.stateless) { try RequestMetadata.checkLogLevel(request.params) }
    let call = Method.Call(server: server, revision: revision, params: request.params)
    switch method.handler {
    case .immediate(let handle):
      let result = revision.json(try handle(call), from: server.info)
      port.sendBlocking(OutgoingMessage.result(result, id: request.id))
    case .concurrent(let handle):
      // Given up only when the session is ending; then nobody waits for this answer.
      guard inFlight.reserve(while: { !interrupt.isRaised }) else { return }
      inFlight.start(request.id, work(request, call, handle, port))
    }
  }

  private func work(
    _ request: Request, _ call: Method.Call,
    _ handle: @escaping @Sendable (Method.Call) async throws(ProtocolError) -> MethodOutcome, _ port: any ReplyPort
  ) -> InFlight.Work {
    let progress = progress(request, call.revision)
    let limit = limits.timeLimit
    return InFlight.Work(
      run: { [logger = server.logger] in
        let begin = ContinuousClock.now
        let line = await Progress.$current.withValue(progress) { await Self.line(for: request.id, call, handle) }
        logger.debug("answered", metadata: Self.facts(request, line.count, .now - begin))
        return line
      },
      expired: { Self.expired(request, call, limit) }, silence: { progress?.close() }, port: port)
  }

  private static func line(
    for id: RequestID, _ call: Method.Call,
    _ handle: @Sendable (Method.Call) async throws(ProtocolError) -> MethodOutcome
  ) async -> [UInt8] {
    do throws(ProtocolError) {
      return OutgoingMessage.result(call.revision.json(try await handle(call), from: call.server.info), id: id)
    } catch {
      return OutgoingMessage.error(error, id: id)
    }
  }

  /// The answer when time has run out: of a tool one that the model can read.
  private static func expired(_ request: Request, _ call: Method.Call, _ limit: Duration) -> [UInt8] {
    let words = "stopped after \(limit.components.seconds) s without an answer"
    guard request.method == "tools/call" else {
      return OutgoingMessage.error(ProtocolError(.internalError, words), id: request.id)
    }
    let failure = ToolResult.failure("\(words.prefix(1).uppercased() + words.dropFirst()). Ask for less at once.")
    let outcome = MethodOutcome(call.revision.json(failure))
    return OutgoingMessage.result(call.revision.json(outcome, from: call.server.info), id: request.id)
  }

  /// Nil when the client did not ask for it.
  private func progress(_ request: Request, _ revision: ProtocolRevision) -> Progress? {
    // A token is what an id is: a string or an integer.
    guard let token = request.params?["_meta"]?["progressToken"].flatMap(RequestID.init) else { return nil }
    return Progress(token: token.text, revision: revision, pace: limits.progress) { [writer] in writer.post($0) }
  }

  private static func facts(_ request: Request, _ size: Int, _ duration: Duration) -> Logger.Metadata {
    [
      "method": "\(request.method)", "id": "\(request.id.description)", "bytes": "\(size)", "duration": "\(duration)",
    ]
  }

  private func refuse(_ error: ProtocolError, _ id: RequestID?, _ port: any ReplyPort) {
    server.logger.debug("refused", metadata: ["code": "\(error.code.rawValue)", "reason": "\(error.message)"])
    port.sendBlocking(OutgoingMessage.error(error, id: id))
  }
}
