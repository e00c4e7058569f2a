import LensTools
import TraceAnalysis
import TraceModel

/// The turns of a session on a line of time, with what was asked and answered.
struct SessionLines {
  let session: SessionFacts
  let diagnosis: SessionDiagnosis
  let experiments: ExperimentChoice
  let excerpter: Excerpter
  let style: TerminalStyle

  func lines(most: Int) -> [String] { head + [""] + table(most) }

  private var start: Int64 { session.turns.first?.facts.trace.info.requestTime.nanoseconds ?? 0 }

  private func offset(_ turn: SessionFacts.Turn) -> Int64 {
    turn.facts.trace.info.requestTime.nanoseconds.subtractingSaturating(start)
  }

  private func length(_ turn: SessionFacts.Turn) -> Int64 {
    (turn.facts.trace.info.executionDurationMs ?? 0).multipliedSaturating(by: 1_000_000)
  }

  private var head: [String] {
    let own = TerminalLines(excerpter: excerpter, style: style)
    let failed = session.turns.count { $0.facts.trace.info.state == .error }
    let name = style.shown(excerpter.line(session.id, limit: 100))
    let tokens = session.turns.compactMap { $0.tokenUsage?.total }.reduce(Int64(0)) { $0.addingSaturating($1) }
    var figures = [(Units.plural(session.turns.count, "turn"), TerminalStyle.Color.plain)]
    if failed > 0 { figures.append(("\(failed) failed", .red)) }
    if tokens > 0 { figures.append(("\(Units.count(tokens)) tokens", .plain)) }
    var lines = own.title("session \(name)", figures)
    if let first = session.turns.first?.facts.trace.info {
      let last = session.turns.last.map { Units.duration(offset($0).addingSaturating(length($0))) } ?? ""
      let place = experiments.label(first.experimentID, excerpter)
      lines += own.labelled(
        "began", "\(first.requestTime.shortUTC) UTC, over after \(last), experiment \(place)", lines: 1)
    }
    let found = diagnosis.findings.map { entry -> (Finding, String, String?) in
      let alias = entry.finding.spanIndex.map { " " + Trace.alias(ofSpanAt: $0) } ?? ""
      let name = entry.finding.spanIndex.map { entry.turn.facts.trace.spans[$0].name }
      return (entry.finding, "turn \(entry.turn.number)\(alias)", name)
    }
    return lines + own.findings(found)
      + diagnosis.course.statements.prefix(4).flatMap { statement in
        own.labelled("changes", excerpter.line(statement.words, limit: 300), lines: 2)
      }
  }

  private func table(_ most: Int) -> [String] {
    let whole = max(1, session.turns.map { offset($0).addingSaturating(length($0)) }.max() ?? 1)
    let number = "T\(session.turns.count)".count + 2
    let lane = style.width < 60 ? 6 : min(30, style.width / 4)
    let before = number + 9 + 8
    let words = max(8, style.width - before - lane - 2)
    var lines = [
      style.colored(
        Columns.padded("", to: before) + style.axis(whole, columns: lane) { style.shown(Units.duration($0)) }, .gray)
    ]
    let numbers = Dictionary(
      diagnosis.findings.enumerated().map { ($0.element.turn.number, "\($0.offset + 1)") },
      uniquingKeysWith: { "\($0),\($1)" })
    for turn in session.turns.prefix(max(1, most)) {
      let failed = turn.facts.trace.info.state == .error
      let text = TurnWords(turn.facts, excerpter, limit: 300)
      let mark = failed ? style.failure : " "
      let from = Double(offset(turn)) / Double(whole)
      let bar = style.bar(from: from, to: from + Double(length(turn)) / Double(whole), columns: lane)
      let took = Units.duration(milliseconds: turn.facts.trace.info.executionDurationMs)
      let head =
        style.colored(Columns.padded("T\(turn.number)", to: number - 1), .bold) + style.colored(mark, .red)
        + Columns.aligned("+" + style.shown(Units.duration(offset(turn))), to: 8)
        + Columns.aligned(style.shown(took), to: 8) + " "
      let marked = numbers[turn.number].map { "[\($0)] " } ?? ""
      let found = words - marked.count >= 8 ? marked : ""
      let asked = Columns.cut(
        style.shown(text.asked ?? "(no input)"), to: max(8, words - found.count), ellipsis: style.ellipsis)
      lines.append(
        head + style.colored(bar, failed ? .red : .blue) + "  " + style.colored(found, .yellow) + asked)
      let answered = Columns.cut(
        style.shown("\(style.arrow) \(text.answered ?? "(no answer)")"), to: words, ellipsis: style.ellipsis)
      lines.append(Columns.padded("", to: before + lane + 2) + style.colored(answered, .gray))
    }
    let rest = session.turns.count - min(most, session.turns.count)
    if rest > 0 {
      let words = "\(style.ellipsis) \(Units.plural(rest, "more turn")): --rows \(session.turns.count) shows all"
      lines.append(style.colored(words, .gray))
    }
    return lines
  }
}
