import LensTestSupport
import Testing
import TraceAnalysis
import TraceModel
import TraceSemantics

@Suite("What is odd about a trace is named, each kind once") struct OddityTests {
  private func oddities(_ spans: [Span]) -> [String] { TraceFacts(TraceFixture.trace(spans)).oddities }

  @Test func aTraceAsItShouldBeHasNone() throws {
    #expect(
      oddities([
        try TraceFixture.span(1, start: 0, end: 100), try TraceFixture.span(2, parent: 1, start: 10, end: 50),
        // Work that goes on in the background is usual.
        try TraceFixture.span(3, parent: 1, start: 90, end: 200),
      ]) == [])
  }

  @Test func eachKind() throws {
    #expect(oddities([]) == ["the trace has no spans"])
    #expect(
      oddities([try TraceFixture.span(1), try TraceFixture.span(2, start: 1)]) == ["2 roots (s1, s2)"])
    #expect(
      oddities([try TraceFixture.span(1), try TraceFixture.span(2, parent: 9, start: 1)])
        == ["parent not among the spans (s2)"])
    #expect(
      oddities([try TraceFixture.span(1, parent: 2), try TraceFixture.span(2, parent: 1, start: 1)])
        == ["no root", "parents in a ring, cut here (s1)"])
    #expect(
      oddities([
        try TraceFixture.span(1, end: 50), try TraceFixture.span(2, parent: 1, start: 1, end: nil),
        try TraceFixture.span(3, parent: 1, start: 9, end: 3), try TraceFixture.span(4, parent: 1, start: 60, end: 70),
      ]) == [
        "never ended (s2)", "ended before they began (s3)", "outside the time of the span that called them (s4)",
      ])
    let same = try TraceFixture.span(2, parent: 1, start: 1)
    #expect(oddities([try TraceFixture.span(1), same, same]) == ["span ids used twice (s3)"])
  }
}

@Suite("A survey finds what an app does not say") struct SurveyTests {
  private func trace(
    _ number: Int, _ attributes: KeyValuePairs<String, String>, session: String? = nil
  ) throws -> Trace {
    TraceFixture.trace(
      [try TraceFixture.span(1, name: "turn", attributes: attributes)],
      metadata: session.map { ["mlflow.trace.session": $0] } ?? [:], id: "tr-\(number)",
      startMs: 1_794_819_600_000 + Int64(number) * 1_000)
  }

  @Test func aChangeIsDated() throws {
    let old: KeyValuePairs = ["mlflow.spanInputs": #"{"query": "q"}"#, "mlflow.spanOutputs": #"{"text": "a"}"#]
    let new: KeyValuePairs = ["mlflow.spanInputs": #"{"question": "q"}"#, "mlflow.spanOutputs": #"{"text": "a"}"#]
    // In whatever order they are found.
    let survey = SchemaSurvey([try trace(4, new), try trace(1, old), try trace(3, new), try trace(2, old)])
    #expect(survey.changes.count == 1)
    let change = try #require(survey.changes.first)
    #expect(!change.isOutput)
    #expect(change.traces.last.id.rawValue == "tr-2" && change.traces.first.id.rawValue == "tr-3")
    #expect(change.before.path == "query" && change.after.path == "question")
    // One trace each is two apps.
    #expect(SchemaSurvey([try trace(1, old), try trace(2, new)]).changes.isEmpty)
    #expect(SchemaSurvey([try trace(1, old, session: "s"), try trace(2, new, session: "s")]).changes.count == 1)
    // An app that answers now so, now so was not changed.
    #expect(SchemaSurvey([try trace(1, old), try trace(2, new), try trace(3, old)]).changes.isEmpty)
  }

  @Test func sessionsThatMLflowDoesNotKnow() throws {
    let vercel: KeyValuePairs = [
      "ai.operationId": "\"ai.generateText\"", "ai.telemetry.metadata.sessionId": "\"chat-1\"",
    ]
    let survey = SchemaSurvey([try trace(1, vercel), try trace(2, vercel, session: "chat-2")])
    #expect(survey.hiddenSessions.map(\.value.key) == ["ai.telemetry.metadata.sessionId"])
    #expect(survey.hiddenSessions.first?.value.example == "chat-1")
    #expect(survey.hiddenSessions.first?.count == 1)
  }

  @Test(
    arguments: [
      (["app.user_text": "\"q\"", "app.bot_text": "\"a\""], "app.user_text", "app.bot_text"),
      (["userQuestion": "\"q\"", "finalAnswer": "\"a\"", "userId": "\"u\""], "userQuestion", "finalAnswer"),
      (["chat.request.text": "\"q\"", "chat.response.text": "\"a\""], "chat.request.text", "chat.response.text"),
      (["user.id": "\"u\"", "response.status": "\"200\"", "input_tokens": "5"], nil, nil),
    ] as [(KeyValuePairs<String, String>, String?, String?)])
  func keysOfAnAppsOwn(_ attributes: KeyValuePairs<String, String>, _ input: String?, _ output: String?) throws {
    let facts = TraceFacts(TraceFixture.trace([try TraceFixture.span(1, attributes: attributes)]))
    #expect(facts.turn.input?.field.key == input)
    #expect(facts.turn.output?.field.key == output)
  }
}
