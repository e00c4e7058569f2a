import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// The span tree as lines: one a span, or one for many like it.
///
/// Siblings that are alike (``SpanShapes``) are one line, below which the first of them stands for all; so is a chain of
/// like spans each of which only calls the next. Errors and what called them are never folded and are served first, then
/// the tree from the root down, so that whatever the budget, a line's parent is shown before the line.
struct Outline {
  let facts: TraceFacts
  let excerpter: Excerpter
  /// Levels below the root that are shown; nil for all.
  var maximumDepth: Int?
  /// Only spans of these types, and what called them; empty for all.
  var types: [String] = []
  /// Only spans of this status, and what called them.
  var status: SpanStatus?
  /// Whether steps show what they were given, not only what they gave back: tools and retrievers all of it, models what no
  /// call before them was sent.
  var showsArguments = false
  /// Bytes of each gist.
  var gistLimit = 90

  /// A line to be made.
  struct Row {
    /// What a line of several spans says of them.
    enum Fold {
      /// Children of one parent.
      case siblings
      /// Each the only child of the one before.
      case chain
    }

    var spans: [Int]
    var fold: Fold = .siblings
    var rank: Int
  }

  /// The lines in tree order, with what stands above them. Only lines that could find room in `limit` bytes are made: a
  /// trace may have many thousands.
  func section(_ noun: String, limit: Int, remedy: NextCall) -> Answer.Section {
    let all = rows()
    let shortest = 16
    let most = max(8, limit / shortest)
    var kept = all
    if all.count > most {
      let order = all.indices.sorted { (all[$0].rank, $0) < (all[$1].rank, $1) }.prefix(most)
      kept = order.sorted().map { all[$0] }
    }
    let model = commonModel
    let isFolded = kept.contains { $0.spans.count > 1 }
    var lines = OutlineLines(self, commonModel: model)
    let heading =
      "\(noun)s: alias name TYPE duration\(model == nil ? " model" : "") tokens input/output size (from 1kB) → output"
      + (model.map { "; all models are \(excerpter.line($0, limit: 40))" } ?? "")
      + (isFolded ? "; ×: like spans in one line, find with their name lists each" : "")
    return Answer.Section(
      key: "spans", heading: heading, items: lines.items(kept), remedy: remedy, noun: noun,
      omittedCount: all.count - kept.count)
  }

  /// What the choice of depth, types and status leaves out, in words; nil when it leaves out nothing.
  var selectionNote: String? {
    let total = facts.trace.spans.count
    var notes: [String] = []
    if let wanted = selected() {
      let shown = wanted.count { $0 }
      notes.append(
        "\(shown) of \(total) spans fit the types and status asked for or call one that does; the rest is not shown")
    }
    if let maximumDepth {
      let below = facts.tree.depths.count { $0 > maximumDepth }
      if below > 0 {
        notes.append(
          "\(Units.plural(below, "span")) deeper than level \(maximumDepth) not shown; leave depth out for all")
      }
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// The model of every call of the trace that names one, if it is always the same and there are several.
  private var commonModel: String? {
    var model: String?
    var calls = 0
    for index in facts.trace.spans.indices.prefix(Self.modelsLookedAt) where facts.isModelCall(index) {
      guard let name = facts.meaning(index).model else { continue }
      guard model == nil || model == name else { return nil }
      model = name
      calls += 1
    }
    return calls > 1 && facts.trace.spans.count <= Self.modelsLookedAt ? model : nil
  }

  /// In larger traces calls are mostly folded, and looking at all would take longer than it saves.
  private static let modelsLookedAt = 2_000

  // MARK: Rows

  private func rows() -> [Row] {
    let (spans, tree) = (facts.trace.spans, facts.tree)
    let wanted = selected()
    let shapes = spans.count >= fewestToFold ? SpanShapes(facts) : nil
    var marked = Array(repeating: false, count: spans.count)
    for error in facts.errors { for index in tree.ancestry(of: error.spanIndex) { marked[index] = true } }
    var rows: [Row] = []
    // A choice of types or status may take some of a group; then each span stands for itself.
    var pending: [[Int]] = groups(of: tree.roots, wanted == nil ? shapes : nil).reversed()
    while let group = pending.popLast() {
      guard let index = group.first, wanted?[index] ?? true else { continue }
      let depth = tree.depths[index]
      var row = Row(spans: group, rank: marked[index] ? min(depth, 8) : 10 + depth)
      if group.count == 1, wanted == nil, let shapes, case let chain = chain(from: index, shapes),
        chain.count >= fewestToFold
      {
        row = Row(spans: chain, fold: .chain, rank: row.rank)
      }
      rows.append(row)
      let last = row.fold == .chain ? row.spans[row.spans.count - 1] : index
      guard tree.depths[last] < maximumDepth ?? .max else { continue }
      pending += groups(of: tree.children[last], wanted == nil ? shapes : nil).reversed()
    }
    return rows
  }

  /// Siblings in order, the like ones among them together at the place of the first.
  private func groups(of siblings: [Int], _ shapes: SpanShapes?) -> [[Int]] {
    guard let shapes, siblings.count >= fewestToFold else { return siblings.map { [$0] } }
    var alike: [UInt64: [Int]] = [:]
    for index in siblings { alike[shapes.whole[index], default: []].append(index) }
    return siblings.compactMap { index in
      guard let members = alike[shapes.whole[index]], members.count >= fewestToFold else { return [index] }
      return members[0] == index ? members : nil
    }
  }

  /// The span and those below it that are like it, while each has only the next. Where an error began has a line of its own.
  private func chain(from index: Int, _ shapes: SpanShapes) -> [Int] {
    let origins = facts.trace.spans[index].status == .error ? Set(facts.errors.map(\.spanIndex)) : []
    guard !origins.contains(index) else { return [index] }
    var chain = [index]
    while let last = chain.last, facts.tree.children[last].count == 1 {
      let next = facts.tree.children[last][0]
      guard shapes.own[next] == shapes.own[index], !origins.contains(next),
        facts.tree.depths[next] <= maximumDepth ?? .max
      else { break }
      chain.append(next)
    }
    return chain
  }

  /// Which spans are shown, when not all: those that fit and their callers.
  private func selected() -> [Bool]? {
    guard !types.isEmpty || status != nil else { return nil }
    var shown = Array(repeating: false, count: facts.trace.spans.count)
    for (index, span) in facts.trace.spans.enumerated() where !shown[index] {
      guard status.map({ $0 == span.status }) ?? true, types.isEmpty || types.contains(facts.type(index))
      else { continue }
      for caller in facts.tree.ancestry(of: index) { shown[caller] = true }
    }
    return shown
  }

  /// In a large trace every line saved shows another part of it.
  private var fewestToFold: Int { facts.trace.spans.count > 200 ? 2 : 4 }
}
