import JSONText
import LensTestSupport
import Synchronization
import Testing

@testable import MCP

@Suite("Requests run side by side, within bounds", .timeLimit(.minutes(5))) struct ConcurrencyTests {
  private func limits(_ change: (inout Session.Limits) -> Void) -> Session.Limits {
    var limits = Session.Limits()
    limits.graceMs = 3_600_000
    change(&limits)
    return limits
  }

  @Test func whatIsBeyondTheWidthWaitsAndAPingDoesNot() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context), limits: limits { $0.width = 2 })
    try await client.open()
    for id in 1...2 { try await client.call(id, "echo", ["message_text": "m", "delay_ms": 3_600_000]) }
    for id in 3...6 { try await client.call(id, "echo", ["message_text": "m"]) }
    try await client.request(7, "ping")
    #expect(try await client.next()?["id"] == 7)
    for id in 1...2 {
      try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }
    var ids: Set<String> = []
    for _ in 3...6 { ids.insert(try await client.next()?["id"]?.text ?? "") }
    #expect(ids == ["3", "4", "5", "6"])
    #expect(context.mostAtOnce.load(ordering: .relaxed) <= 2)
  }

  @Test func awaitingRequestCanBeCancelled() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context), limits: limits { $0.width = 1 })
    try await client.open()
    try await client.call(1, "echo", ["message_text": "first", "delay_ms": 3_600_000])
    try await client.call(2, "echo", ["message_text": "never"])
    try await client.call(3, "echo", ["message_text": "third"])
    for id in [2, 1] {
      try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }
    #expect(try await client.next()?.resultText == "third")
    #expect(context.started.load(ordering: .relaxed) == 2)
    // The id is free again.
    try await client.call(2, "echo", ["message_text": "again"])
    #expect(try await client.next()?.resultText == "again")
    try client.closeInput()
    #expect(try await client.next() == nil)
  }

  @Test func workThatTakesTooLongIsStoppedAndSaidToBe() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context), limits: limits { $0.timeLimit = .seconds(1) })
    try await client.open()
    try await client.call(1, "echo", ["message_text": "never", "delay_ms": 3_600_000])
    let answer = try await client.next()
    #expect(answer?["result"]?["isError"] == true)
    #expect(answer?.resultText?.contains("Stopped after") == true)
    #expect(await eventually { context.cancelled.load(ordering: .relaxed) == 1 })
    // Also where the work takes no notice of it.
    try await client.call(2, "stubborn")
    #expect(try await client.next()?["result"]?["isError"] == true)
    try await client.call(3, "echo", ["message_text": "still here"])
    #expect(try await client.next()?.resultText == "still here")
  }

  @Test func eachIsStoppedInItsTurn() async throws {
    let client = TestClient(DemoServer.make(), limits: limits { $0.timeLimit = .seconds(3) })
    try await client.open()
    // A busy machine may have stopped the first before the others are answered.
    var early: [String: JSON] = [:]
    func text(of id: Int) async throws -> String? {
      if let answer = early.removeValue(forKey: "\(id)") { return answer.resultText }
      while let answer = try await client.next() {
        guard let other = answer["id"]?.text, other != "\(id)" else { return answer.resultText }
        early[other] = answer
      }
      return nil
    }
    func callForEver(_ id: Int) async throws {
      try await client.call(id, "echo", ["message_text": "never", "delay_ms": 3_600_000])
    }
    try await callForEver(1)
    // So many that their times are not all kept.
    for id in 10..<180 {
      try await client.call(id, "echo", ["message_text": .string("\(id)")])
      #expect(try await text(of: id) == "\(id)")
    }
    try await callForEver(2)
    for id in 1...2 { #expect(try await text(of: id)?.contains("Stopped after") == true) }
    try await callForEver(3)
    #expect(try await text(of: 3)?.contains("Stopped after") == true)
  }

  @Test func afterTheLastRequestThingsAreQuiet() async throws {
    let context = DemoContext()
    let client = TestClient(DemoServer.make(context), limits: limits { $0.quiet = .milliseconds(20) })
    try await client.open()
    for id in 1...2 { try await client.call(id, "echo", ["message_text": "m", "delay_ms": id == 1 ? 3_600_000 : 0]) }
    #expect(try await client.next()?.resultText == "m")
    // The first is still being worked on.
    let before = context.quiet.load(ordering: .relaxed)
    try await Task.sleep(for: .milliseconds(200))
    #expect(context.quiet.load(ordering: .relaxed) == before)
    try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
    #expect(await eventually { context.quiet.load(ordering: .relaxed) == before + 1 })
    try await client.call(3, "echo", ["message_text": "again"])
    #expect(try await client.next()?.resultText == "again")
    #expect(await eventually { context.quiet.load(ordering: .relaxed) == before + 2 })
  }

  @Test func aBatchIsAnsweredWhenItsLastIs() async throws {
    let client = TestClient(DemoServer.make(), limits: limits { $0.timeLimit = .seconds(2) })
    try await client.open("2025-03-26")
    func call(_ id: Int, _ delay: Int) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"message_text":"\#(id)","delay_ms":\#(delay)}}}"#
    }
    try await client.send("[\(call(1, 20)),\(call(2, 3_600_000)),\(call(3, 3_600_000)),\(call(4, 0))]")
    try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}"#)
    guard case .array(let answers)? = try await client.next() else {
      Issue.record("no array")
      return
    }
    // One that is cancelled is not answered, one that takes too long is.
    #expect(Set(answers.compactMap { $0["id"]?.text }) == ["1", "2", "4"])
    #expect(answers.first { $0["id"] == 2 }?["result"]?["isError"] == true)
    let pings = (1...300).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"# }.joined(separator: ",")
    try await client.send("[\(pings)]")
    #expect(try await client.next()?.errorCode == -32600)
  }

  @Test func aBatchWhoseRequestsAreAllCancelledIsNotAnswered() async throws {
    let client = TestClient(DemoServer.make(), limits: limits { _ in })
    try await client.open("2025-03-26")
    try await client.send(
      #"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message_text":"a","delay_ms":60000}}}]"#
    )
    try await client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
    try await client.request(2, "ping")
    #expect(try await client.next()?["id"] == 2)
    try client.closeInput()
    #expect(try await client.next() == nil)
  }
}

@Suite("Progress is told seldom, and always more than before") struct ProgressTests {
  private func told(
    _ pace: Progress.Pace, _ body: (Progress) -> Void, _ revision: ProtocolRevision = .november2025
  ) -> [String] {
    let lines = Mutex<[String]>([])
    let progress = Progress(token: ArraySlice("\"t\"".utf8), revision: revision, pace: pace) { line in
      lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
    body(progress)
    return lines.withLock { $0 }
  }

  private let atOnce = Progress.Pace(delay: .zero, interval: .zero)

  @Test func onlyWhatIsMore() {
    let lines = told(atOnce) { progress in
      for done in [1.0, 1, 0.5, 2.5] { progress.report(done, of: 3, "m") }
      progress.close()
      progress.report(3)
      #expect(progress.highest == 3)
    }
    #expect(
      lines == [
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1,"total":3,"message":"m"}}"#
          + "\n",
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":2.5,"total":3,"message":"m"}}"#
          + "\n",
      ])
  }

  @Test func notAtFirstAndNotTooOften() {
    let usual = Progress.Pace()
    #expect(told(usual) { progress in for done in 1...1000 { progress.report(Double(done)) } }.isEmpty)
    let seldom = Progress.Pace(delay: .zero, interval: .seconds(60))
    #expect(told(seldom) { progress in for done in 1...1000 { progress.report(Double(done)) } }.count == 1)
  }

  @Test func theOldestRevisionKnowsNoMessage() {
    let lines = told(atOnce, { $0.report(1, "m") }, .november2024)
    #expect(lines.first?.contains("message") == false)
  }
}

@Suite("Addresses with variable parts") struct URITemplateTests {
  @Test(arguments: [
    ("app://order/{id}", "app://order/12", ["id": "12"]),
    ("app://order/{id}", "app://order/a%2Fb%20c", ["id": "a/b c"]),
    ("app://{a}/{b}/data", "app://x/y/data", ["a": "x", "b": "y"]), ("app://fixed", "app://fixed", [:]),
    ("app://{a}-{b}", "app://x-y-z", ["a": "x", "b": "y-z"]), ("app://ü/{id}", "app://ü/%C3%BC", ["id": "ü"]),
  ])
  func fits(_ template: String, _ uri: String, _ variables: [String: String]) {
    #expect(URITemplate(template).match(uri) == variables)
  }

  @Test(arguments: [
    "app://order/", "app://order", "app://order/1/2", "app://order/1?x=2", "app://order/1#x", "app://orders/1",
    "app://order/%", "app://order/%zz", "app://order/%ff", "xapp://order/1", "",
  ])
  func doesNotFit(_ uri: String) {
    #expect(URITemplate("app://order/{id}").match(uri) == nil)
  }

  @Test(arguments: ["12", "a/b c", "ü?#%", "{id}", "\u{1F600}"])
  func whatIsPutInComesOut(_ value: String) throws {
    let template: URITemplate = "app://order/{id}/x"
    let uri = try #require(template.expanded(["id": value]))
    #expect(uri.utf8.allSatisfy { $0 < 0x80 })
    #expect(template.match(uri) == ["id": value])
    #expect(template.expanded([:]) == nil)
  }
}
