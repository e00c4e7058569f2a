public import LensTools
public import MCP
import TraceAnalysis
import TraceModel

/// A trace or a session for a person at a terminal.
public struct TerminalView: Sendable {
  /// Lines, each ended.
  public let text: String

  /// Draws it.
  ///
  /// - Parameters:
  ///   - depth: Levels below the roots; nil for as many as there is room for.
  ///   - rows: The most spans that are shown.
  public init(
    _ subject: Subject, style: TerminalStyle, depth: Int? = nil, rows: Int = 200, in context: LensContext
  ) async throws(ToolError) {
    let experiments = try await context.experiments(nil)
    switch subject {
    case .trace(let trace):
      let facts = TraceFacts(trace)
      let view = Waterfall(
        facts: facts, diagnosis: await Diagnosis(facts), experiments: experiments, excerpter: context.excerpter,
        style: style)
      text = view.lines(depth: depth, most: rows).map { $0 + "\n" }.joined()
    case .session(let id, let traces):
      let facts = await SessionFacts(id: id, traces: traces)
      let diagnosis = await SessionDiagnosis(facts, turns: 1...max(1, facts.turns.count), symptom: nil)
      let view = SessionLines(
        session: facts, diagnosis: diagnosis, experiments: experiments, excerpter: context.excerpter, style: style)
      text = view.lines(most: rows).map { $0 + "\n" }.joined()
    }
  }
}

/// Lines that both views have.
struct TerminalLines {
  let excerpter: Excerpter
  let style: TerminalStyle

  private static let indent = 10

  /// The name, and figures beside it, or below it where there is no room.
  func title(_ name: String, _ figures: [(text: String, color: TerminalStyle.Color)]) -> [String] {
    let tail = figures.map { style.shown($0.text) }
    let width = tail.reduce(0) { $0 + Columns.width($1) + 2 }
    let drawn = zip(tail, figures).map { style.colored($0, $1.color) }.joined(separator: "  ")
    let isBeside = style.width - width >= min(24, Columns.width(style.shown(name)))
    let room = isBeside ? style.width - width : style.width
    let head = style.colored(Columns.cut(style.shown(name), to: room, ellipsis: style.ellipsis), .bold)
    guard !isBeside else { return [head + "  " + drawn] }
    let isTooLong = width - 2 > style.width
    return [
      head, isTooLong ? Columns.cut(tail.joined(separator: "  "), to: style.width, ellipsis: style.ellipsis) : drawn,
    ]
  }

  /// `asked     What is …`, the words in a few lines of their own column.
  func labelled(
    _ label: String, _ words: String, lines most: Int, color: TerminalStyle.Color = .gray
  ) -> [String] {
    let room = style.width - Self.indent
    let lines = Columns.wrapped(style.shown(words), to: room, lines: most, ellipsis: style.ellipsis)
    return lines.enumerated().map { place, line in
      (place == 0 ? style.colored(Columns.padded(label, to: Self.indent), color) : Columns.padded("", to: Self.indent))
        + line
    }
  }

  /// The findings, a few lines each.
  func findings(_ list: [(finding: Finding, place: String, name: String?)]) -> [String] {
    let shown = list.prefix(5).enumerated().flatMap { number, entry -> [String] in
      let color: TerminalStyle.Color =
        switch entry.finding.severity {
        case .high: .red
        case .medium: .yellow
        case .low: .gray
        }
      // The reason says what the title says where it begins with the same step.
      let isTold = entry.name.map { entry.finding.why.hasPrefix($0) } ?? false
      let dash = style.usesUnicode ? "—" : "-"
      let subject = [entry.place, isTold ? "" : entry.name ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
      let words =
        (subject.isEmpty ? "" : "\(subject): ") + (isTold ? "" : "\(entry.finding.title) \(dash) ") + entry.finding.why
      return labelled(
        "\(number + 1) \(entry.finding.severity.name)", excerpter.line(words, limit: 500), lines: 2, color: color)
    }
    let rest = list.count - min(5, list.count)
    return shown + (rest > 0 ? labelled("", "and \(Units.plural(rest, "more finding"))", lines: 1) : [])
  }
}
