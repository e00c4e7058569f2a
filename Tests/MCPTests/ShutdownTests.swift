import JSONText
import LensTestSupport
import Synchronization
import Testing

@testable import MCP

/// Work in these tests takes an hour: whoever waits for it meets the suite's limit, however busy the machine is.
@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
  @Test func clientsNeedNotKill() {
    let limits = Session.Limits()
    #expect(limits.graceMs + limits.cancellationMs < 1000)
  }

  @Test func endOfInputEndsAtOnceWhenIdle() async throws {
    var limits = Session.Limits()
    limits.graceMs = 3_600_000
    let client = TestClient(limits: limits)
    try await client.open()
    try client.closeInput()
    await client.ended()
    #expect(try await client.next() == nil)
  }

  @Test func workInFlightIsFinished() async throws {
    // The usual grace is shorter than a busy machine may take to get round to it.
    var limits = Session.Limits()
    limits.graceMs = 3_600_000
    let client = TestClient(limits: limits)
    try await client.open()
    try await client.call(1, "echo", ["message_text": "done", "delay_ms": 150])
    try client.closeInput()
    #expect(try await client.next()?.resultText == "done")
    #expect(try await client.next() == nil)
  }

  @Test func slowWorkIsCancelledAndNotAnswered() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context))
    try await client.open()
    try await client.call(1, "echo", ["message_text": "never", "delay_ms": 3_600_000])
    try client.closeInput()
    await client.ended()
    #expect(context.cancelled.load(ordering: .relaxed) == 1)
    #expect(try await client.next() == nil)
  }

  @Test func stubbornWorkIsAbandoned() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "stubborn")
    try client.closeInput()
    await client.ended()
  }

  @Test func anInterruptEndsLikeTheEndOfInput() async throws {
    var limits = Session.Limits()
    limits.graceMs = 3_600_000
    let client = TestClient(limits: limits)
    try await client.open()
    try await client.call(1, "echo", ["message_text": "done", "delay_ms": 150])
    try await client.request(2, "ping")
    #expect(try await client.next()?["id"] == 2)
    client.interrupt.raise()
    #expect(try await client.next()?.resultText == "done")
    await client.ended()
  }

  @Test func closedOutputEndsTheServer() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context))
    try await client.open()
    try await client.call(1, "echo", ["message_text": "never", "delay_ms": 3_600_000])
    #expect(await eventually { context.started.load(ordering: .relaxed) == 1 })
    try client.closeOutput()
    try await client.request(2, "ping")
    await client.ended()
    #expect(context.cancelled.load(ordering: .relaxed) == 1)
  }

  @Test func aClientThatDoesNotReadHoldsTheServerBack() async throws {
    let context = DemoContext()
    var limits = Session.Limits()
    limits.inFlight = 4
    let client = TestClient(DemoServer.make(context), limits: limits)
    try await client.open()
    // Each answer is more than a pipe holds.
    for id in 1...12 { try await client.call(id, "echo", ["message_text": "m", "padding": 200_000]) }
    try await Task.sleep(for: .milliseconds(200))
    #expect(context.started.load(ordering: .relaxed) <= 5)
    for _ in 1...12 { #expect(try await client.next()?.resultText?.count == 200_001) }
    try client.closeInput()
    await client.ended()
  }

  @Test func aClientThatNeverReadsIsGivenUp() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "echo", ["message_text": "m", "padding": 1_000_000])
    try client.closeInput()
    await client.ended()
  }
}
