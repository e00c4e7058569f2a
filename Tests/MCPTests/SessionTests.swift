import JSONText
import LensTestSupport
import Synchronization
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(5))) struct SessionTests {
  @Test(arguments: [
    ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
    ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("", "2025-11-25"),
  ])
  func handshake(requested: String, answered: String) async throws {
    let client = TestClient()
    let result = try #require(try await client.open(requested)?["result"])
    #expect(result["protocolVersion"] == .string(answered))
    #expect(result["capabilities"] == ["tools": [:]])
    let knowsTitles = answered >= "2025-06"
    #expect(result["serverInfo"]?["title"] == (knowsTitles ? "Demo" : nil))
    #expect(result["instructions"] == "For tests.")

    try await client.request(1, "tools/list")
    let list = try await client.next()?["result"]?["tools"]
    guard case .array(let tools) = list, let tool = tools.first else {
      Issue.record("no tools: \(list?.text ?? "-")")
      return
    }
    #expect(tools.count == 3)
    #expect(tool["title"] == (knowsTitles ? "Echo" : nil))
    #expect((tool["annotations"] != nil) == (answered != "2024-11-05"))
    #expect(tool["_meta"] == ["example/key": true])

    try await client.call(2, "structured")
    let answer = try await client.next()?["result"]
    #expect(answer?["structuredContent"] == (knowsTitles ? ["answer": 42] : nil))
    #expect(answer?["content"] == [["type": "text", "text": #"{"answer":42}"#]])
    #expect(answer?["isError"] == nil)
  }

  @Test func allFourHintsAreSent() {
    let json = ProtocolRevision.november2025.json(Tool(Echo.self, context: DemoContext()).definition)
    #expect(
      json["annotations"]?.text
        == #"{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}"#)
  }

  @Test func toolErrorsAreResults() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "structured", ["fails": true])
    let answer = try await client.next()
    #expect(
      answer?["result"]?.text
        == #"{"content":[{"type":"text","text":"no trace 'tr-12'. Ids look like tr-<hex>. Call search_traces."}],"isError":true}"#
    )
    try await client.call(2, "echo", ["delay_ms": -1])
    #expect(try await client.next()?["result"]?["isError"] == true)
  }

  @Test func unknownToolIsAProtocolError() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "ehco")
    let error = try await client.next()?["error"]
    #expect(error?["code"] == -32602)
    #expect(error?["message"] == "Unknown tool: ehco; did you mean 'echo'? There are: echo, structured, stubborn")
  }

  @Test func absentArgumentsAreNone() async throws {
    let client = TestClient()
    try await client.open()
    try await client.send(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"structured"}}"#)
    #expect(try await client.next()?.resultText == #"{"answer":42}"#)
    try await client.send(
      #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"structured","arguments":null}}"#)
    #expect(try await client.next()?.resultText == #"{"answer":42}"#)
  }

  @Test func pingIsAnsweredWhileBusy() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "echo", ["message_text": "slow", "delay_ms": 300])
    try await client.request(2, "ping")
    #expect(try await client.next()?["id"] == 2)
    #expect(try await client.next()?["id"] == 1)
  }

  @Test func duplicateIDIsRefusedAndTheFirstGoesOn() async throws {
    let client = TestClient()
    try await client.open()
    try await client.call(1, "echo", ["message_text": "first", "delay_ms": 200])
    try await client.call(1, "echo", ["message_text": "second"])
    #expect(try await client.next()?.errorCode == -32600)
    #expect(try await client.next()?.resultText == "first")
    try await client.call(1, "echo", ["message_text": "third"])
    #expect(try await client.next()?.resultText == "third")
  }

  @Test func cancelledRequestsStaySilent() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context))
    try await client.open()
    try await client.call(1, "echo", ["message_text": "never", "delay_ms": 3_600_000])
    #expect(await eventually { context.started.load(ordering: .relaxed) == 1 })
    try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"1"}}"#)
    try await client.send(
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"why"}}"#)
    #expect(await eventually { context.cancelled.load(ordering: .relaxed) == 1 })
    // The id is free again, and the answer is the new request's.
    try await client.call(1, "echo", ["message_text": "again"])
    #expect(try await client.next()?.resultText == "again")
    try client.closeInput()
    #expect(try await client.next() == nil)
  }

  @Test func atMostSoManyAreInFlight() async throws {
    let context = DemoContext()
    var limits = Session.Limits()
    limits.inFlight = 3
    let client = TestClient(DemoServer.make(context), limits: limits)
    try await client.open()
    for id in 1...9 { try await client.call(id, "echo", ["message_text": "m", "delay_ms": 100]) }
    var ids: Set<String> = []
    for _ in 1...9 { ids.insert(try await client.next()?["id"]?.text ?? "") }
    #expect(ids.count == 9)
    // Two when other tests hold the threads for longer than a call lasts.
    #expect((2...3).contains(context.mostAtOnce.load(ordering: .relaxed)))
  }

  @Test func oversizedLineIsRefusedAndReadingGoesOn() async throws {
    var limits = Session.Limits()
    limits.lineLength = 1000
    let client = TestClient(limits: limits)
    try await client.send(String(repeating: "x", count: 300_000))
    let answer = try await client.next()
    #expect(answer?.errorCode == -32600)
    #expect(answer?["id"] == nil)
    try await client.request(1, "ping")
    #expect(try await client.next()?["id"] == 1)
  }

  @Test func reopeningReplacesTheSession() async throws {
    let client = TestClient()
    try await client.open("2024-11-05")
    try await client.open("2025-11-25")
    try await client.call(1, "structured")
    #expect(try await client.next()?["result"]?["structuredContent"] != nil)
  }
}
