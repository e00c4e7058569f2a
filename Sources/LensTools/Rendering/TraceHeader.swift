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
  var gistLimit = 240

  private var info: TraceInfo { facts.trace.info }

  /// The name to show: the trace's own, else the root's. Traces that came by OTLP have none of their own.
  var name: String {
    let root = facts.tree.roots.first.map { facts.trace.spans[$0].name }
    return excerpter.line(info.name ?? root ?? "(no name)", limit: 80)
  }

  var title: String {
    var words = "trace \(info.id) \(info.state.rawValue) \(Units.duration(milliseconds: info.executionDurationMs))"
    words += " \(Units.plural(facts.trace.spans.count, "span"))"
    if let usage = info.tokenUsage ?? facts.tokenUsage { words += " \(Outline.tokens(usage))" }
    return words + " \(name)"
  }

  var lines: [String] {
    var lines = [context]
    let failed = facts.trace.spans.count { $0.status == .error }
    if failed > 0 {
      let origins = facts.errors.prefix(4).map { Trace.alias(ofSpanAt: $0.spanIndex) }.joined(separator: ", ")
      lines.append("errors: \(Units.plural(failed, "span")) with status ERROR, begun at \(origins)")
    }
    for side in [("input", facts.turn.input), ("output", facts.turn.output)] {
      guard let found = side.1 else {
        lines.append("\(side.0): none recorded")
        continue
      }
      let words =
        found.gist.map { excerpter.line($0.text, limit: gistLimit) }
        ?? excerpter.line(found.field.value, limit: gistLimit)
      lines.append("\(side.0) (\(Trace.alias(ofSpanAt: found.spanIndex)) \(found.field.key)): \"\(words)\"")
    }
    lines += facts.trace.diagnostics.map { "warning: \(excerpter.line($0, limit: 200))" }
    return lines
  }

  private var context: String {
    var parts = ["\(info.requestTime.shortUTC) UTC", "experiment \(experiments.label(info.experimentID, excerpter))"]
    if let session = info.sessionID { parts.append("session '\(excerpter.line(session, limit: 80))'") }
    if let user = info.userID { parts.append("user '\(excerpter.line(user, limit: 60))'") }
    return parts.joined(separator: ", ")
  }

  var json: [JSON.Member] {
    JSON.object(present: [
      "trace_id": .string(info.id.rawValue), "state": .string(info.state.rawValue),
      "request_time": .string(info.requestTime.rfc3339),
      "execution_duration_ms": info.executionDurationMs.map { .int($0) }, "name": .string(name),
      "experiment_id": .string(info.experimentID),
      "session_id": info.sessionID.map { .string(excerpter.line($0, limit: 250)) },
      "user_id": info.userID.map { .string(excerpter.line($0, limit: 250)) },
      "span_count": .int(Int64(facts.trace.spans.count)),
      "error_span_count": .int(Int64(facts.trace.spans.count { $0.status == .error })),
      "tokens": (info.tokenUsage ?? facts.tokenUsage).map(Outline.json), "input": side(facts.turn.input),
      "output": side(facts.turn.output),
      "warnings": facts.trace.diagnostics.isEmpty
        ? nil : .array(facts.trace.diagnostics.map { .string(excerpter.line($0, limit: 200)) }),
    ]).members
  }

  private func side(_ side: TurnReading.Side?) -> JSON? {
    side.map { found in
      .object(present: [
        "span": .string(Trace.alias(ofSpanAt: found.spanIndex)), "attribute": .string(found.field.key),
        "path": found.gist.map { .string($0.path.description) },
        "text": .string(
          found.gist.map { excerpter.line($0.text, limit: gistLimit) }
            ?? excerpter.line(found.field.value, limit: gistLimit)),
      ])
    }
  }
}
