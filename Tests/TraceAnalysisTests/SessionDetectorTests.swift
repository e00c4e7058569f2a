import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("What goes wrong across the turns of a chat is found at its origin") struct SessionDetectorTests {
  private func healthy() throws -> MadeChat {
    var chat = MadeChat()
    try chat.turn("Where is my order ORD-4711?", tool: ("get_order", ["eta": "Thursday"]), "It arrives on Thursday.")
    try chat.turn("Do you ship to Portugal?", document: "shipping-v7", "Yes, within 3-5 business days.")
    try chat.turn("What is the warranty on headphones?", document: "warranty-v2", "It is 24 months for headphones.")
    try chat.turn("Great, and for their battery?", document: "warranty-v2", "The battery has 12 months.")
    return chat
  }

  @Test func aHealthyChat() async throws {
    let chat = try healthy()
    #expect(await chat.findings().isEmpty)
    #expect(await chat.course().isEmpty)
    let diagnosis = await SessionDiagnosis(await SessionFacts(id: "s", traces: chat.traces), turns: 1...4)
    #expect(diagnosis.findings.allSatisfy { $0.finding.severity < .high })
  }

  @Test func thirtyHealthyTurns() async throws {
    let questions = [
      ("Where is my order ORD-\(4711)?", "It arrives on Thursday."),
      ("Do you ship to Portugal?", "Yes, within 5 days."),
      ("What is the warranty on headphones?", "It is 24 months."), ("Thank you, that helps a lot.", "You are welcome!"),
      ("Which payment methods do you take?", "Cards and PayPal."), ("Is there a discount for students?", "Yes, 10 %."),
    ]
    var chat = MadeChat()
    for number in 0..<30 {
      let (asked, answered) = questions[number % questions.count]
      try chat.turn(asked, document: "page-v3", tokens: 100 + Int64(number) * 30, answered)
    }
    let diagnosis = await SessionDiagnosis(await SessionFacts(id: "s", traces: chat.traces), turns: 1...30)
    #expect(diagnosis.findings.allSatisfy { $0.finding.severity < .high })
    #expect(diagnosis.findings.filter { $0.finding.standing == .decisive }.isEmpty)
  }

  @Test func aComplaintSteers() async throws {
    var chat = MadeChat()
    try chat.turn("Track it", tool: ("track", .null), failed: true, "I cannot see that.")
    try chat.turn("Which lamp is best?", tool: ("rate", .null), failed: true, "The lamp from Norway.")
    try chat.turn("Thank you", "You are welcome.")
    func first(_ words: String) async -> Int? {
      let symptom = Symptom(words)
      let session = await SessionFacts(id: "s", traces: chat.traces, symptom: symptom)
      return await SessionDiagnosis(session, turns: 1...3, symptom: symptom).findings.first?.turn.number
    }
    #expect(await first("it could not track my parcel") == 1)
    #expect(await first("the lamp was not from Norway at all") == 2)
  }

  // MARK: Context

  @Test func aValueWhoseTurnWasDropped() async throws {
    var chat = try healthy()
    chat.window = 2
    try chat.turn("Can ORD-4711 come a day later?", "I do not know that order.")
    let found = await chat.findings()
    #expect(found.map(\.kind) == ["context_dropped"])
    #expect(found.first?.turn == 5)
    #expect(
      found.first?.why
        == "the user asks about 'ORD-4711', which was talked about in turn 1; the model was not sent that turn")
    #expect(
      await chat.course()["history_lost"]
        == "turn 5: models were not sent all turns before; turn 5 lacks 1–3 (about 42 tokens)")
  }

  @Test func aValueThatAToolGaveBackAgain() async throws {
    var chat = try healthy()
    chat.window = 2
    try chat.turn("Can ORD-4711 come later?", tool: ("get_order", ["id": "ORD-4711"]), "Yes, on Friday.")
    #expect(await chat.findings().isEmpty)
  }

  @Test func wordsThatReferBack() async throws {
    var chat = try healthy()
    chat.window = 0
    try chat.turn("As I said, it should go there", "Where to?")
    #expect(await chat.findings().map(\.kind).first == "context_dropped")
  }

  @Test func aWishThatWasForgotten() async throws {
    var chat = MadeChat()
    try chat.turn("I am allergic to nuts. What is for lunch?", "There is a curry.")
    try chat.turn("And on Tuesday?", "Pasta with tomatoes.")
    chat.window = 2
    try chat.turn("And for dessert?", "A walnut cake.")
    let found = await chat.findings()
    #expect(found.map(\.kind) == ["constraint_lost"])
    #expect(
      found.first?.why
        == "the user's \"I am allergic to nuts\" (turn 1) is not in what the model was sent in turn 3")
    #expect(found.first?.turn == 3)
  }

  @Test func aChatWithoutHistoryIsNotChecked() async throws {
    var chat = MadeChat()
    chat.window = 0
    for number in 1...3 { try chat.turn("Question number \(number)?", "Answer.") }
    let outcome = await SessionDetectors.examine(await chat.reading())
    #expect(outcome.notChecked.map(\.detector).contains("lost_context"))
    #expect(await chat.course()["no_history"] == "no model was sent the words of an earlier turn")
  }

  @Test func messagesThatWereShortened() async throws {
    var chat = MadeChat()
    let long = "Please note that " + String(repeating: "the parcel went to the wrong town and back again, ", count: 6)
    try chat.turn(long, "I see.")
    var cut = MadeChat()
    try cut.turn(String(long.prefix(120)), "I see.")
    try cut.turn("What now?", "We send another.")
    let traces = [chat.traces[0], cut.traces[1]]
    let course = SessionCourse(await SessionReading(SessionFacts(id: "s", traces: traces)))
    #expect(
      course.statements.first { $0.kind == "history_shortened" }?.words
        == "turn 2: models were sent only the beginning of earlier messages (turn 2: of turn 1)")
  }

  // MARK: What users say

  @Test(arguments: [
    "No, that's wrong, it was blue.", "No, that’s wrong!", "That is not what I asked for", "Are you sure about that?",
  ])
  func aUserWhoObjects(_ words: String) async throws {
    var chat = try healthy()
    try chat.turn(words, "I am sorry.")
    let found = await chat.findings()
    #expect(found.map(\.kind) == ["user_repair"])
    #expect(found.first?.turn == 4)
  }

  @Test func anObjectionLeadsToWhereTheValueWasFirstSaid() async throws {
    var chat = MadeChat()
    try chat.turn("How long can I return it?", "You have 30 days.")
    try chat.turn("And do you ship to Spain?", "Yes.")
    try chat.turn("So until when?", "Until the 30th day.")
    try chat.turn("You said 30 days, the page says less!", "I am sorry.")
    let found = await chat.findings()
    #expect(found.map(\.turn) == [1])
    #expect(
      found.first?.why
        == "the user objects in turn 4 (\"you said\"); '30' was first said in the answer of turn 1")
  }

  @Test func theSameQuestionAgain() async throws {
    var chat = MadeChat()
    try chat.turn("Which colours does the lamp come in?", "We have many lamps.")
    try chat.turn("Which colours does the lamp come in, please?", "Black and white.")
    #expect(await chat.findings().map { "\($0.turn) \($0.kind)" } == ["1 repeated_question"])
    var other = MadeChat()
    try other.turn("Where is my order number 4711 now?", "On its way.")
    try other.turn("Where is my order number 4712 now?", "It was delivered.")
    #expect(await other.findings().isEmpty)
  }

  // MARK: Answers

  @Test func anAnswerToSomethingElse() async throws {
    var chat = try healthy()
    let answer = "Our shop is open from nine to six on all working days."
    try chat.turn("When is the shop open?", answer)
    try chat.turn("How much is the parcel to Portugal then?", answer)
    #expect(await chat.findings().map { "\($0.turn) \($0.kind)" } == ["6 repeated_answer"])
  }

  @Test func aMessageThatTheModelNeverSaw() async throws {
    var chat = try healthy()
    chat.sendsQuestion = false
    try chat.turn("Please send me the invoice too", "Can I help you with anything else?")
    #expect(await chat.findings().map { "\($0.turn) \($0.kind)" } == ["5 message_not_sent"])
  }

  @Test func aFactThatChangesWithoutASource() async throws {
    var chat = try healthy()
    try chat.turn("And the warranty on headphones again?", "It is 36 months for headphones.")
    let found = await chat.findings()
    #expect(found.map { "\($0.turn) \($0.kind)" } == ["5 changed_fact"])
    #expect(found.first?.why.contains("turn 3 says '24'") == true)
    #expect(found.first?.why.contains("turn 5 says '36' (no step gave that back before)") == true)
  }

  @Test func aFactThatWasCorrected() async throws {
    var chat = MadeChat()
    try chat.turn("How long is the warranty of headphones?", "The warranty of headphones is 12 months.")
    try chat.turn(
      "Please look it up", tool: ("get_warranty", ["months": 24]), "The warranty of headphones is 24 months.")
    // The one without a source is where it went wrong.
    #expect(await chat.findings().map { "\($0.turn) \($0.kind)" } == ["1 changed_fact"])
  }

  @Test(arguments: [
    ("Order 4711 has a total of 20.50 EUR", "Order 4712 has a total of 30.50 EUR"),
    ("The warranty of headphones is 24 months", "The warranty of the battery pack is 12 months"),
    ("The return window is 30 days", "For the return window of 30 days you need the receipt"),
  ])
  func otherFacts(_ first: String, _ second: String) async throws {
    var chat = MadeChat()
    try chat.turn("And this?", first)
    try chat.turn("And that one?", second)
    #expect(await chat.findings().isEmpty)
  }

  // MARK: Tools and documents

  @Test func aToolThatFailsAgainAndAgain() async throws {
    var chat = try healthy()
    try chat.turn("Track it", tool: ("track", .null), failed: true, "I cannot see that.")
    try chat.turn("And now?", tool: ("track", .null), failed: true, "Not yet.")
    let found = await chat.findings().filter { $0.kind == "failing_tool" }
    #expect(found.map(\.turn) == [5])
    #expect(found.first?.why == "track fails in turns 5, 6, of each turn that called it")
  }

  @Test func anOlderDocumentThanElsewhere() async throws {
    var chat = try healthy()
    try chat.turn("Once more: the warranty?", document: "warranty-v3", "It is 24 months.")
    let found = await chat.findings()
    #expect(found.map { "\($0.turn) \($0.kind)" } == ["3 older_document"])
    #expect(found.first?.why == "search gave back warranty-v2, and in turn 5 warranty-v3")
  }
}

@Suite("How a chat went is told without opinion") struct SessionCourseTests {
  @Test func changesOfModelAndPrompt() async throws {
    var chat = MadeChat()
    for number in 1...3 { try chat.turn("First question \(number)", "Yes.") }
    chat.model = "m-2"
    chat.prompt = "You are short."
    for number in 4...6 { try chat.turn("Second question \(number)", "Yes.") }
    let course = await chat.course()
    #expect(course["model_changed"] == "the model changes: m-1 from turn 1, m-2 from turn 4")
    #expect(course["prompt_changed"] == "the system prompt changes in turn 4: 23 bytes, then 14 bytes")
  }

  @Test func anotherWayOfRecording() async throws {
    var chat = MadeChat()
    for number in 1...4 { try chat.turn("Question number \(number)", "Yes.") }
    let traces = try chat.traces.enumerated().map { place, trace in
      guard place > 1 else { return trace }
      var trace = trace
      let span = try TraceFixture.span(
        1, name: "chat",
        attributes: ["openinference.span.kind": "\"CHAIN\"", "input.value": "\"q\"", "output.value": "\"a\""])
      trace = TraceFixture.trace([span], id: trace.info.id.rawValue, startMs: trace.info.requestTime.milliseconds)
      return trace
    }
    let course = SessionCourse(await SessionReading(SessionFacts(id: "s", traces: traces)))
    #expect(
      course.statements.first { $0.kind == "recording_changed" }?.words
        == "turns are recorded in another way: mlflow.spanInputs from turn 1, input.value from turn 3")
  }

  @Test func growthAndSlowTurns() async throws {
    var chat = MadeChat()
    for number in 1...9 {
      try chat.turn(
        "Question number \(number)", tokens: Int64(number) * 300, "Yes, number \(number).",
        durationMs: number == 7 ? 9_000 : 700)
    }
    let course = await chat.course()
    #expect(
      course["tokens_grow"]
        == "input tokens grow from 300 (turn 1) to 2700 (turn 9); 93 % of the messages sent in turn 9 are earlier turns"
    )
    #expect(course["slow_turns"] == "slow: turn 7 (up to 9.0 s, median 700 ms)")
  }

  @Test func overlapsPausesAndMissingTurns() async throws {
    var chat = MadeChat()
    try chat.turn("One question", "Yes.", durationMs: 90_000)
    try chat.turn("Another question", "Yes.")
    try chat.turn("A third question", "Yes.")
    try chat.turn("A fourth question", "Yes.", afterMs: 26 * 3_600_000)
    let course = await chat.course()
    #expect(course["overlap"] == "turn 2: began before the turn before had ended")
    #expect(course["pause"] == "turn 4 began 26 h after the turn before")
    let rest = SessionCourse(await SessionReading(SessionFacts(id: "s", traces: Array(chat.traces.dropFirst(2)))))
    #expect(
      rest.statements.first { $0.kind == "missing_turns" }?.words.hasPrefix(
        "turns 1, 2: models were sent messages of a user that no turn here has (2 in turn 1)") == true)
  }

  @Test func twoConversations() async throws {
    var (first, second) = (MadeChat(), MadeChat())
    for number in 1...3 {
      try first.turn("Ships question \(number)", "Yes \(number).")
      try second.turn("Cars question \(number)", "No \(number).")
    }
    var traces: [Trace] = []
    for (place, (left, right)) in zip(first.traces, second.traces).enumerated() {
      var other = right
      other.info.id = TraceID("tr-other-\(place)")
      other.info.requestTime = Timestamp(milliseconds: left.info.requestTime.milliseconds + 5_000)
      traces += [left, other]
    }
    let course = SessionCourse(await SessionReading(SessionFacts(id: "s", traces: traces)))
    #expect(
      course.statements.first { $0.kind == "two_conversations" }?.words
        == "two conversations under one id: models of turns 1, 3, 5 and of turns 2, 4, 6 were sent only each other's messages"
    )
  }
}
