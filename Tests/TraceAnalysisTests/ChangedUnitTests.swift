import JSONText
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("A number that changes its unit between a tool and a model is told") struct ChangedUnitTests {
  private func findings(_ given: JSON, _ said: String, asked: String = "How much is it?") throws -> [Finding] {
    var run = MadeRun(asked, answered: said)
    try run.model("I look it up.")
    try run.tool("look_up", ["id": "x"], given)
    try run.model(said)
    return try run.findings(ChangedUnit())
  }

  @Test(
    arguments: [
      (["sku": "K", "unit": "per week", "demand": [61, 58, 66, 64]], "Demand is about 62 a day."),
      (["sku": "K", "unit": "per week", "demand": [61, 58, 66, 64]], "You sell 66 units per day at most."),
      (["weekly_demand": 62], "That is 62 units a month."), (["price": 129.5, "currency": "EUR"], "It costs $129.50."),
      (["amount_cents": 12990], "You will get 12,990 dollars back."), (["distance_km": 48.2], "It is 48.2 miles away."),
      (["temperature_c": 31], "It is 31 °F outside."), (["latency_ms": 1500], "It took 1,500 seconds."),
      ("The package weighs 27 kg.", "The package weighs 27 lbs."),
      (["price": "129.50 EUR"], "The price is 129.50 USD, all included."),
    ] as [(JSON, String)])
  func aChangeIsTold(_ given: JSON, _ said: String) throws {
    let found = try findings(given, said)
    #expect(found.count == 1)
    #expect(found.first?.spanIndex == 3)
    #expect(found.first?.evidence.count == 2)
  }

  @Test(
    arguments: [
      // The same unit in other words, or none at all, or another kind of thing.
      (["unit": "per week", "demand": [61, 58, 66, 64]], "Demand is 62 units each week, 66 per week at most."),
      (["price": 129.5, "currency": "EUR"], "It costs €129.50."), (["price": 129.5], "It costs $129.50."),
      (["price": 129.5, "currency": "CAD"], "It costs $129.50."), (["horizon_days": 28], "28 units per day."),
      (["price": 129.5, "currency": "EUR"], "It costs C$129.50."),
      // What was converted has another number.
      (["distance_km": 48.2], "It is 29.95 miles away."), (["amount_cents": 12990], "You get $129.90 back."),
      // Where two fields have the number, nobody can tell which was meant.
      (["weight_kg": 27, "count": 27], "It weighs 27 lbs."),
      (["weight_kg": 27, "weight_lbs": 27], "It weighs 27 lbs."),
      // Fields of a calendar count nothing.
      (["start_year": 2031, "day": 28], "In 2031 days, or 28 weeks."),
      (["id": "A-48", "day": "2026-11-20"], "48 miles, 20 km."),
      // Small whole numbers are said everywhere.
      (["distance_km": 5], "It is 5 miles away."),
    ] as [(JSON, String)])
  func nothingElseIs(_ given: JSON, _ said: String) throws {
    #expect(try findings(given, said).map(\.why) == [])
  }

  @Test func whatTheUserSaidIsTheirs() throws {
    #expect(try findings(["distance_km": 48.2], "Within 48.2 miles.", asked: "Is it within 48.2 miles?").isEmpty)
  }

  /// A number is charged to the tools that ran before it was said.
  @Test func whatComesLaterIsNoSource() throws {
    var run = MadeRun("How far is it?", answered: "48.2 miles")
    try run.model("It is 48.2 miles away.")
    try run.tool("look_up", ["id": "x"], ["distance_km": 48.2])
    #expect(try run.findings(ChangedUnit()).isEmpty)
  }

  /// What was said before is said anew once a tool has told otherwise.
  @Test func whatIsSaidAgainBehindTheToolIsLookedAtAgain() throws {
    var run = MadeRun("How far is it?", answered: "It is 48.2 miles away.")
    try run.model("It is 48.2 miles away.")
    try run.tool("look_up", ["id": "x"], ["distance_km": 48.2])
    try run.model("It is 48.2 miles away.")
    #expect(try run.findings(ChangedUnit()).map(\.spanIndex) == [3])
  }

  @Test func withoutToolsItDidNotLook() throws {
    var run = MadeRun("How far is it?", answered: "48.2 miles")
    try run.model("It is 48.2 miles away.")
    #expect(try run.reason(ChangedUnit()) == "no tool span has recorded its output")
  }
}
