import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// The first lines of every answer about one trace: what it is, when, how it ended, what was asked and answered.
struct TraceHeader {
  let facts: TraceFacts
  let experiments: ExperimentChoice
  let excerpter: Excerpter
  /// Bytes of input and output shown.
  let gistLimit: Int
  /// US dollars; worked out once.
  private let cost: Double?
  /// What is odd about the data; looked for once.
  private let oddities: [String]

  init(facts: TraceFacts, experiments: ExperimentChoice, excerpter: Excerpter, gistLimit: Int = 240) {
    self.facts = facts
    self.experiments = experiments
    self.excerpter = excerpter
    self.gistLimit = gistLimit
    oddities = facts.oddities
    cost = facts.trace.info.cost ?? facts.cost
  }

  private var info: TraceInfo { facts.trace.info }

  /// The name to show: the trace's own, else the root's. Traces that came by OTLP have none of their own.
  var name: String {
    let root = facts.tree.roots.first.map { facts.trace.spans[$0].name }
    return excerpter.line(info.displayName ?? root ?? "(no name)", limit: 80)
  }

  var title: String {
    var words = "trace \(info.id) \(info.state.rawValue) \(Units.duration(milliseconds: info.executionDurationMs))"
    words += " \(Units.plural(facts.trace.spans.count, "span"))"
    if let usage = facts.recordedTokenUsage { words += " \(Units.tokens(usage))" }
    if let cost { words += " \(Units.dollars(cost))" }
    return words + " \(name)"
  }

  var notes: [Answer.Note] {
    var notes = [Answer.Note(context, rank: 2)]
    let failed = facts.trace.spans.count { $0.status == .error }
    if failed > 0 {
      let origins = facts.errors.prefix(4).map { Trace.alias(ofSpanAt: $0.spanIndex) }.joined(separator: ", ")
      notes.append(
        Answer.Note("errors: \(Units.plural(failed, "span")) with status ERROR, begun at \(origins)", rank: 2))
    }
    for (name, found) in [("input", facts.turn.input), ("output", facts.turn.output)] {
      let line = found.map { "\(name) (\(Trace.alias(ofSpanAt: $0.spanIndex)) \($0.field.key)): \"\(words($0))\"" }
      notes.append(Answer.Note(line ?? "\(name): none recorded", rank: 3))
    }
    if !oddities.isEmpty { notes.append(Answer.Note("odd: \(oddities.joined(separator: "; "))", rank: 2)) }
    return notes + facts.trace.diagnostics.map { Answer.Note("warning: \(excerpter.line($0, limit: 200))", rank: 2) }
  }

  private func words(_ side: TurnReading.Side) -> String {
    side.gist.map { excerpter.line($0.text, limit: gistLimit) } ?? excerpter.line(side.field.value, limit: gistLimit)
  }

  private var context: String {
    var parts = ["\(info.requestTime.shortUTC) UTC", "experiment \(experiments.label(info.experimentID, excerpter))"]
    if let session = info.sessionID { parts.append("session '\(excerpter.line(session, limit: 80))'") }
    if let user = info.userID { parts.append("user '\(excerpter.line(user, limit: 60))'") }
    return parts.joined(separator: ", ")
  }

  var json: [Answer.Fact] {
    let essential = JSON.object(present: [
      "trace_id": .string(info.id.rawValue), "state": .string(info.state.rawValue),
    ])
    let further = JSON.object(present: [
      "request_time": .string(info.requestTime.rfc3339),
      "execution_duration_ms": info.executionDurationMs.map { .int($0) }, "name": .string(name),
      "experiment_id": .string(excerpter.line(info.experimentID, limit: 60)),
      "session_id": info.sessionID.map { .string(excerpter.line($0, limit: 250)) },
      "user_id": info.userID.map { .string(excerpter.line($0, limit: 250)) },
      "span_count": .int(Int64(facts.trace.spans.count)),
      "error_span_count": .int(Int64(facts.trace.spans.count { $0.status == .error })),
      "tokens": facts.recordedTokenUsage.map(Units.json),
      "cost": cost.map { .double($0) },
      "oddities": oddities.isEmpty ? nil : .array(oddities.map { .string($0) }),
      "warnings": facts.trace.diagnostics.isEmpty
        ? nil : .array(facts.trace.diagnostics.map { .string(excerpter.line($0, limit: 200)) }),
    ])
    let sides = JSON.object(present: ["input": side(facts.turn.input), "output": side(facts.turn.output)])
    return Answer.facts(essential) + Answer.facts(further, rank: 2) + Answer.facts(sides, rank: 3)
  }

  private func side(_ side: TurnReading.Side?) -> JSON? {
    side.map { found in
      .object(present: [
        "span": .string(Trace.alias(ofSpanAt: found.spanIndex)), "attribute": .string(found.field.key),
        "path": found.gist.map { .string($0.path.description) },
        "text": .string(words(found)),
      ])
    }
  }
}
