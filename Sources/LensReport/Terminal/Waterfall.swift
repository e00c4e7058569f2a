import JSONText
import LensTools
import TraceAnalysis
import TraceModel

/// The spans of a trace as a tree, each with its time as a bar.
struct Waterfall {
  let facts: TraceFacts
  let diagnosis: Diagnosis
  let experiments: ExperimentChoice
  let excerpter: Excerpter
  let style: TerminalStyle

  private var spans: [Span] { facts.trace.spans }

  func lines(depth: Int?, most: Int) -> [String] {
    head + [""] + tree(depth: depth, most: most)
  }

  // MARK: Head

  private var head: [String] {
    let info = facts.trace.info
    let own = TerminalLines(excerpter: excerpter, style: style)
    let root = facts.tree.roots.first.map { spans[$0].name }
    let color: TerminalStyle.Color = info.state == .ok ? .green : info.state == .error ? .red : .yellow
    var figures = [
      (info.state.rawValue, color), (Units.duration(milliseconds: info.executionDurationMs), .plain),
      (Units.plural(spans.count, "span"), .plain),
    ]
    if let usage = facts.recordedTokenUsage { figures.append((Units.tokens(usage), .plain)) }
    if let cost = info.cost ?? facts.cost { figures.append((Units.dollars(cost), .plain)) }
    var lines = own.title(excerpter.line(info.displayName ?? root ?? "(no name)", limit: 200), figures)
    var context = "\(info.requestTime.shortUTC) UTC, experiment \(experiments.label(info.experimentID, excerpter))"
    if let session = info.sessionID { context += ", session '\(excerpter.line(session, limit: 60))'" }
    lines += own.labelled("trace", "\(excerpter.line(info.id.rawValue, limit: 60)), \(context)", lines: 2)
    let words = TurnWords(facts, excerpter, limit: 400)
    if let asked = words.asked { lines += own.labelled("asked", asked, lines: 2) }
    if let answered = words.answered { lines += own.labelled("answered", answered, lines: 2) }
    let found = diagnosis.findings.map { finding -> (Finding, String, String?) in
      (finding, finding.spanIndex.map { Trace.alias(ofSpanAt: $0) } ?? "", finding.spanIndex.map { spans[$0].name })
    }
    return lines + own.findings(found)
      + facts.oddities.prefix(4).flatMap { own.labelled("odd", excerpter.line($0, limit: 200), lines: 1) }
  }

  // MARK: Tree

  /// Columns of a line: names, types, times, bars, with a blank between them.
  private struct Layout {
    var name: Int
    var type: Int
    var lane: Int
    static let time = 7

    init(width: Int, types: Int, names: Int) {
      type = width >= 72 ? min(10, types) : 0
      let rest = width - Self.time - type - (type > 0 ? 3 : 2)
      // Names get what they need, within reason; bars the rest.
      name = max(min(18, rest / 2), min(names, rest * 6 / 10))
      lane = max(8, rest - name)
    }
  }

  private func tree(depth: Int?, most: Int) -> [String] {
    guard !spans.isEmpty else { return [style.colored("no spans were recorded", .gray)] }
    let shown = chosen(depth: depth, most: most)
    let start = spans[0].startTime.nanoseconds
    let end = spans.map { ($0.endTime ?? $0.startTime).nanoseconds }.max() ?? start
    let length = max(1, end.subtractingSaturating(start))
    let aliasWidth = Trace.alias(ofSpanAt: spans.count - 1).count
    let guides = shown.map { guide($0) }
    let visible = Set(shown)
    let numbers = numbersOfFindings
    let labels = zip(shown, guides).map { index, guide in
      var label = label(index, guide, aliasWidth)
      let hidden = hiddenBelow(index, visible)
      let found = (numbers[index] ?? []).map { "[\($0)]" }.joined()
      label.marks = [found, hidden > 0 ? "+\(hidden)" : ""].filter { !$0.isEmpty }.joined(separator: " ")
      return label
    }
    let layout = Layout(
      width: style.width, types: shown.map { facts.type($0).count }.max() ?? 0,
      names: labels.map { Columns.width($0.plain) }.max() ?? 0)
    var lines = [
      style.colored(
        Columns.padded("", to: layout.name + (layout.type > 0 ? layout.type + 1 : 0) + Layout.time + 2)
          + style.axis(length, columns: layout.lane) { style.shown(Units.duration($0)) }, .gray)
    ]
    for (place, index) in shown.enumerated() {
      let span = spans[index]
      let failed = span.status == .error
      let color = failed ? .red : TerminalStyle.color(ofType: facts.type(index))
      var line = labels[place].drawn(to: layout.name, style)
      if layout.type > 0 {
        let type = facts.type(index) == "UNKNOWN" ? "" : style.shown(excerpter.line(facts.type(index), limit: 40))
        let cut = Columns.cut(type, to: layout.type, ellipsis: style.ellipsis)
        line += " " + style.colored(Columns.padded(cut, to: layout.type), color)
      }
      line += " " + Columns.aligned(style.shown(Units.duration(span.durationNanoseconds)), to: Layout.time) + " "
      let from = Double(facts.offset(index)) / Double(length)
      let took = Double(span.durationNanoseconds ?? length.subtractingSaturating(facts.offset(index))) / Double(length)
      let bar = style.bar(from: from, to: from + max(0, took), columns: layout.lane)
      lines.append(Self.trimmed(line + style.colored(Self.trimmed(bar), color == .plain ? .gray : color)))
    }
    if shown.count < spans.count {
      let more = Units.plural(spans.count - shown.count, "more span")
      lines.append(style.colored("\(style.ellipsis) \(more): --rows \(spans.count) shows all", .gray))
    }
    return lines
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  private var numbersOfFindings: [Int: [Int]] {
    var numbers: [Int: [Int]] = [:]
    for (place, finding) in diagnosis.findings.enumerated().prefix(9) {
      if let index = finding.spanIndex { numbers[index, default: []].append(place + 1) }
    }
    return numbers
  }

  /// As many levels as there is room for, and below them what failed, with what called it.
  private func chosen(depth: Int?, most: Int) -> [Int] {
    let order = facts.tree.depthFirst()
    if depth == nil, order.count <= most { return order }
    var kept: Set<Int> = []
    for index in order where spans[index].status == .error { kept.formUnion(facts.tree.ancestry(of: index)) }
    func shown(_ limit: Int) -> [Int] { order.filter { facts.tree.depths[$0] <= limit || kept.contains($0) } }
    if let depth { return Array(shown(depth).prefix(max(1, most))) }
    var limit = 0
    let deepest = facts.tree.depths.max() ?? 0
    while limit < deepest, shown(limit + 1).count <= most { limit += 1 }
    return Array(shown(limit).prefix(max(1, most)))
  }

  /// Spans below this one, when some of its own children are not shown.
  private func hiddenBelow(_ index: Int, _ visible: Set<Int>) -> Int {
    facts.tree.children[index].reduce(0) { $0 + (visible.contains($1) ? 0 : facts.tree.subtreeSizes[$1]) }
  }

  /// The lines that lead to a span.
  private func guide(_ index: Int) -> String {
    let path = Array(facts.tree.ancestry(of: index).reversed())
    guard path.count > 1 else { return "" }
    // Beyond this the lines would take all the room.
    let most = 10
    let steps = zip(path, path.dropFirst()).enumerated().map { place, step -> String in
      let isLast = facts.tree.children[step.0].last == step.1
      if place == path.count - 2 {
        return style.usesUnicode ? (isLast ? "└ " : "├ ") : (isLast ? "` " : "|-")
      }
      return isLast ? "  " : style.usesUnicode ? "│ " : "| "
    }
    return steps.count > most ? "\(path.count - 1)\(style.ellipsis) " + steps.suffix(most - 2).joined() : steps.joined()
  }

  private struct Label {
    var alias: String
    var guide: String
    var name: String
    var failure: String?
    /// Numbers of findings, and how many spans below are not shown.
    var marks = ""
    var tail: String { (failure.map { " \($0)" } ?? "") + (marks.isEmpty ? "" : " \(marks)") }
    var plain: String { "\(alias) \(guide)\(name)\(tail)" }

    func drawn(to width: Int, _ style: TerminalStyle) -> String {
      let room = width - alias.count - 1 - Columns.width(guide) - Columns.width(tail)
      let cut = Columns.cut(name, to: max(3, room), ellipsis: style.ellipsis)
      let used = alias.count + 1 + Columns.width(guide) + Columns.width(cut) + Columns.width(tail)
      return style.colored(alias, .gray) + " " + style.colored(guide, .gray)
        + style.colored(cut, failure == nil ? .plain : .red) + style.colored(tail, failure == nil ? .yellow : .red)
        + String(repeating: " ", count: max(0, width - used))
    }
  }

  private func label(_ index: Int, _ guide: String, _ aliasWidth: Int) -> Label {
    Label(
      alias: Columns.padded(Trace.alias(ofSpanAt: index), to: aliasWidth), guide: guide,
      name: style.shown(excerpter.line(spans[index].name, limit: 200)),
      failure: spans[index].status == .error ? style.failure : nil)
  }
}
