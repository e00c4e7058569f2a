import JSONText
import TraceModel
import TraceSemantics

/// How much speaks for a turn being the one in which a conversation went wrong, and what speaks for it.
///
/// Foremost for apps that write: what such an app changes, or says it has changed, is what users come back for. Of a chat that
/// only talks no turn can be told from its neighbours without understanding it, unless the user says what to look for.
public struct TurnSuspicion: Sendable {
  /// The turn's number, from 1.
  public var turn: Int
  /// The sum of the terms.
  public var score: Double
  /// The terms that speak for it, in words.
  public var reasons: [String]
  /// The call that wrote, by its place in the turn's spans; nil where none did.
  public var spanIndex: Int?

  /// What each signal counts; set by hand on 23 labelled chats of two apps.
  private enum Weights {
    /// The turn writes.
    static let writes = 0.8
    /// It writes and says that it is done.
    static let claims = 0.4
    static let lastWrite = 0.5
    static let firstWrite = 0.2
    /// Times the place of the turn, from 0 for the first to 1 for the last.
    static let late = 0.6
    /// The answer has a number that nothing before has said.
    static let ownNumber = 0.6
    /// It hands over to a person.
    static let handsOver = 0.5
    /// The next turn writes.
    static let beforeWrite = 0.3
    /// It says that it cannot, and has called no tool. Set by its reason alone.
    static let refusesUntried = 0.5
    /// Times the share of the complaint that it speaks of.
    static let symptom = 1.5
  }

  /// With fewer turns there is nothing to rank.
  private static let fewestTurns = 3

  /// The turns by suspicion; empty where nothing tells one from the other: no turn calls a tool, and nobody has said what
  /// to look for.
  static func ranked(_ turns: [SessionFacts.Turn], _ symptom: Symptom? = nil) -> [TurnSuspicion] {
    guard turns.count >= fewestTurns else { return [] }
    var uses = turns.map(\.facts.toolUses)
    // Of a call that is a trace of its own, the next one tells the result.
    for place in turns.indices.dropLast() where uses[place].contains(where: { $0.result == nil }) {
      if let step = turns[place + 1].facts.loopStep { ToolUse.add(step.results, to: &uses[place]) }
    }
    let callsTools = uses.contains { !$0.isEmpty }
    guard symptom != nil || callsTools else { return [] }
    let changing = ChangingTools(uses.joined())
    let readings = turns.indices.map { TurnActs(turns[$0].facts, uses[$0], changing) }
    let writing = readings.indices.filter { readings[$0].writes || readings[$0].handsOver }
    let (first, last) = (writing.first, writing.last)
    var known: Set<String> = []
    let all = turns.indices.map { place -> TurnSuspicion in
      let acts = readings[place]
      var result = TurnSuspicion(turn: turns[place].number, score: 0, reasons: [], spanIndex: acts.spanIndex)
      func add(_ points: Double, _ reason: String? = nil) {
        result.score += points
        if let reason { result.reasons.append(reason) }
      }
      if acts.writes {
        add(Weights.writes, acts.words)
        if acts.claimsCompletion { add(Weights.claims, "says that it is done") }
      }
      if acts.handsOver { add(Weights.handsOver, "hands over to a person") }
      if place == last { add(Weights.lastWrite, "the last turn that writes") }
      if place == first { add(Weights.firstWrite, first == last ? nil : "the first turn that writes") }
      if place + 1 < turns.count, readings[place + 1].writes {
        add(Weights.beforeWrite, "right before a turn that writes")
      }
      known.formUnion(acts.userNumbers)
      let own = acts.replyNumbers.subtracting(known).subtracting(acts.resultNumbers)
      if let number = own.min() { add(Weights.ownNumber, "says \(number), which nothing before has") }
      known.formUnion(acts.replyNumbers)
      known.formUnion(acts.resultNumbers)
      // A turn that could have looked, and did not.
      if acts.refuses, callsTools {
        add(Weights.refusesUntried, "says that it cannot, and has called no tool")
      }
      if let symptom {
        let found = symptom.found(in: turns[place])
        if found.share > 0 {
          add(Weights.symptom * found.share, "speaks of \(found.words.prefix(4).joined(separator: ", "))")
        }
      }
      // Where nothing was changed, what the user complains of says more than the place.
      if symptom == nil || !writing.isEmpty { add(Weights.late * Double(place) / Double(turns.count - 1)) }
      return result
    }
    return all.indices.sorted { left, right in
      all[left].score == all[right].score ? left < right : all[left].score > all[right].score
    }.map { all[$0] }
  }
}

/// What a turn did, as far as its calls and words tell.
private struct TurnActs {
  var names: [String] = []
  var spanIndex: Int?
  var handsOver = false
  var claimsCompletion = false
  var refuses = false
  var userNumbers: Set<String> = []
  var replyNumbers: Set<String> = []
  var resultNumbers: Set<String> = []

  /// What tells that a tool changes something where its name does not.
  var sign: ChangingTools.Sign?

  var writes: Bool { !names.isEmpty }

  /// What it did that changes something.
  var words: String {
    "calls \(names.joined(separator: ", "))" + (sign.map { " \($0.words)" } ?? ", which changes something")
  }

  private static let done = ByteSearch([
    "successfully", "has been", "have been", "completed", "updated", "confirmed", "booked", "cancelled", "canceled",
  ])

  private static let refusals = ByteSearch([
    "unfortunately", "i can't", "i cannot", "i can’t", "unable to", "i'm not able", "i am not able", "not possible",
    "i'm sorry, but", "i don't have access",
  ])

  init(_ facts: TraceFacts, _ uses: [ToolUse], _ changing: ChangingTools) {
    let step = facts.loopStep
    let reply = step?.onlyCalls ?? false ? "" : facts.turn.output?.text ?? ""
    let asked = step?.isContinued ?? false ? "" : facts.turn.input?.text ?? ""
    userNumbers = StepText.numbers(in: asked)
    replyNumbers = StepText.numbers(in: reply)
    for use in uses {
      if let result = use.result { resultNumbers.formUnion(StepText.numbers(in: Self.text(result))) }
      let name = use.name
      switch ToolEffect(ofToolNamed: name) {
      case .handsOver: handsOver = true
      case .writes: if !names.contains(name) { names.append(name) }
      case nil:
        guard let seen = changing.signs[name] else { continue }
        if names.isEmpty { sign = seen }
        if !names.contains(name) { names.append(name) }
      }
      spanIndex = spanIndex ?? use.spanIndex
    }
    refuses = uses.isEmpty && Self.refusals.isFound(in: reply.utf8)
    claimsCompletion = writes && Self.done.isFound(in: reply.utf8)
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.rawBytes.prefix(65_536), as: UTF8.self)
  }
}
