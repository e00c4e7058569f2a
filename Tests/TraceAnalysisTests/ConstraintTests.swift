import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("What the user asked an answer to be like") struct ConstraintTests {
  private static let french =
    "Le chat est dans la maison et les enfants sont dans le jardin avec une amie, pour que vous ne les voyiez pas du tout ce soir."
  private static let german =
    "Die Katze ist im Haus und die Kinder sind mit einer Freundin im Garten, das ist für sie nicht zu sehen, und der Abend ist lang."

  private func findings(_ asked: String, _ answered: String) throws -> [Finding] {
    var run = MadeRun(asked, answered: answered)
    try run.model(answered)
    return try run.findings(BrokenConstraint())
  }

  @Test(arguments: [
    ("Explain it in at most 5 words.", "It is a very long word for a very small thing.", "the answer has 11"),
    (
      "Summarize the page in one sentence.", "It is about lamps. Lamps are made of brass. They are not cheap at all.",
      "the answer has 3"
    ),
    ("List 3 cities of Japan.", "1. Tokyo\n2. Osaka\n3. Kyoto\n4. Nara", "the answer lists 4"),
    ("Give me the top 5 cities.", "- Tokyo\n- Osaka\n- Kyoto", "the answer lists 3"),
    ("What is in the garden? Answer in French.", german, "the answer is in German"),
    ("Antworte auf Deutsch: what is there?", french, "the answer is in French"),
    ("Please respond in Japanese. What is there?", german, "another script"),
    ("Write an ad. Do not mention \"discount\".", "Lamps! Ask for the discount.", "the answer has 'discount'"),
    ("Do not mention Acme in it.", "We are better than Acme.", "the answer has 'Acme'"),
    ("What is the ratio, rounded to two decimal places?", "It is 3.14159.", "the answer says 3.14159"),
    ("How many, to the nearest whole number?", "About 12.5", "the answer says 12.5"),
    ("When was it? Use YYYY-MM-DD.", "It was on March 5, 2024.", "the answer writes 'March 5 2024'"),
    ("In which year between 2010 and 2015 was it built?", "It was built in 2017.", "the answer says 2017"),
  ])
  func aConstraintThatIsBroken(_ asked: String, _ answered: String, _ why: String) throws {
    let found = try findings(asked, answered)
    #expect(found.map(\.kind) == ["broken_constraint"])
    #expect(found.first?.why.contains(why) == true, "\(found.first?.why ?? "")")
    #expect(found.first?.spanIndex == 1 && found.first?.standing == .hint)
  }

  @Test(arguments: [
    ("Explain it in at most 5 words.", "It is a small lamp."),
    ("Write more than 5 words.", "It is a lamp of brass and it is old."),
    ("Summarize the page in one sentence.", "It is about lamps, e.g. of brass."),
    ("List 3 cities of Japan.", "1. Tokyo\n2. Osaka\n3. Kyoto"), ("List the 3 tables.", "- a\n- b"),
    ("List 3 cities and 2 rivers.", "- a\n- b\n- c\n- d\n- e"),
    ("Give me the top 5 cities.", "Tokyo, Osaka, Kyoto, Nara and Kobe."),
    ("What is in the garden? Answer in French.", french),
    ("Answer in French.", "Oui."), ("What is the word for cat in French?", german), ("Answer in German.", german),
    ("Write an ad. Do not mention \"discount\".", "Lamps of brass!"), ("Do not mention it.", "It is a lamp."),
    ("What is the ratio, rounded to two decimal places?", "It is 3.14."),
    ("A round trip for the whole family, please.", "It costs $1,200.50."),
    ("When was it? Use YYYY-MM-DD.", "It was on 2024-03-05."),
    ("In which year between 2010 and 2015 was it built?", "In 2012, and not in 2017."),
    ("How many were built between 2010 and 2015?", "In all, 2017."),
    ("If you write a date, use YYYY-MM-DD.", "March 5, 2024"),
  ])
  func aConstraintThatIsKept(_ asked: String, _ answered: String) throws {
    #expect(try findings(asked, answered).map(\.why) == [])
  }

  @Test func aToolThatWasNotToBeUsed() throws {
    var run = MadeRun("Find it, but do not use web_search.", answered: "Found.")
    try run.tool("read_file", ["path": "a"], "x")
    #expect(try run.findings(BrokenConstraint()).isEmpty)
    try run.tool("web_search", ["q": "a"], "x")
    let found = try run.findings(BrokenConstraint())
    #expect(found.map(\.spanIndex) == [2])
    #expect(found.first?.why == "The user said \"do not use web_search\", and web_search was called.")
  }

  @Test func withoutAnAnswer() throws {
    #expect(try MadeRun("Answer in French.", answered: nil).reason(BrokenConstraint()) == "no answer was recorded")
  }
}

@Suite("Days, and numbers that were worked out") struct DerivedTests {
  @Test(arguments: [
    "2024-03-05", "20240305", "March 5, 2024", "5 March 2024", "5th of March 2024", "Mar 5, 2024", "5. März 2024",
    "5 de marzo de 2024", "2024-03-05T10:00:00Z", "the 5 mars 2024.", "05/03/2024", "03/05/2024", "5.3.2024",
    "2024/03/05",
  ])
  func oneDayInManyWritings(_ text: String) {
    #expect(DateText.all(in: text).contains { $0.date.year == 2024 && $0.date.month == 3 && $0.date.day == 5 })
  }

  @Test(arguments: [
    "2024-13-05", "12345678901", "version 1.2.3", "10.0.0.1", "March of 5 people", "4711-22-33", "may 5",
  ])
  func noDay(_ text: String) { #expect(DateText.all(in: text).isEmpty) }

  @Test func daysBetween() throws {
    let days = DateText.all(in: "2023-12-30 2024-03-01").map(\.date.dayNumber)
    #expect(days.count == 2 && days[1] - days[0] == 62)
  }

  private func ungrounded(_ data: JSON, _ answered: String, asked: String = "how is it?") throws -> [String] {
    var run = MadeRun(asked, answered: answered)
    try run.tool("look", ["q": "x"], data)
    try run.model(answered)
    return try run.findings(UngroundedAnswer()).map(\.why)
  }

  private static let orders: JSON = .array(
    (1...14).map { ["id": .string("order-\($0 * 131)"), "price": .double(Double($0) + 0.5)] })

  @Test(arguments: [
    "You have 14 orders.", "Together they cost 112.00.", "On average they cost 8.00.",
    "The last costs 13 more than the first.",
  ])
  func whatAListTells(_ answer: String) throws { #expect(try ungrounded(Self.orders, answer) == []) }

  @Test func whatItDoesNotTell() throws {
    #expect(try ungrounded(Self.orders, "They cost 118.37 together.").first?.contains("'118.37'") == true)
  }

  @Test(arguments: [
    (["rent": 830.0, "share": 15] as JSON, "Your part is 124.50."),
    (["from": 200, "to": 250] as JSON, "It rose by 25%."),
    (["from": "2024-01-01", "to": "2024-03-05"] as JSON, "It took 64 days."),
    (["day": "20240319"] as JSON, "It arrives on March 19, 2024."),
    (JSON.string("- one\n- two\n" + String(repeating: "- more\n", count: 14)), "There are 16 entries."),
  ])
  func whatCanBeWorkedOut(_ data: JSON, _ answer: String) throws { #expect(try ungrounded(data, answer) == []) }

  /// An answer that adds up what it lists: the items stand in front of the sum, or behind it.
  @Test func aSumOfWhatTheAnswerLists() throws {
    let data: JSON = [["id": "R-1", "euros": 102.66], ["id": "R-2", "cost": 64.5], ["id": "R-3", "amount": 420]]
    #expect(try ungrounded(data, "The trip cost 587.16 EUR: hotel 102.66, dinner 64.50, ferry 420.00.") == [])
    #expect(try ungrounded(data, "Hotel 102.66, dinner 64.50, ferry 420.00: 587.16 EUR together.") == [])
    #expect(try !ungrounded(data, "The trip cost 589.16 EUR: hotel 102.66, dinner 64.50, ferry 420.00.").isEmpty)
  }

  /// A day that was expected in one writing and answered in another was not lost.
  @Test(arguments: [("March 5, 2024", true), ("March 6, 2024", false)])
  func anExpectedDay(_ answered: String, _ isKept: Bool) throws {
    let expected = Assessment(
      id: "a-1", name: "date", traceID: TraceID("tr-1"), spanID: nil,
      content: .expectation(value: try JSONDocument("\"2024-03-05\"").root), sourceType: "HUMAN", sourceID: "ana",
      rationale: nil, metadata: nil, createTime: Timestamp(milliseconds: 0), lastUpdateTime: Timestamp(milliseconds: 0),
      overrides: nil, isValid: true)
    let span = try TraceFixture.span(
      1, attributes: ["mlflow.spanInputs": "\"when?\"", "mlflow.spanOutputs": JSON.string("On \(answered).").text])
    let facts = TraceFacts(TraceFixture.trace([span], assessments: [expected]))
    guard case .findings(let found) = LostExpectation().examine(facts, flow: ValueFlowSource(facts)) else {
      Issue.record("not checked")
      return
    }
    #expect(found.isEmpty == isKept)
  }
}
