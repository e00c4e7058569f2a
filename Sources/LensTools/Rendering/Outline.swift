import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// The span tree as lines: one a span, or one for many like it.
///
/// Leaves of one parent that have the same name, type and outcome are folded: from four on, in a large trace from two. Errors and what
/// called them are served first, then the tree from the root down, so that whatever the budget, a line's parent is shown
/// before the line.
struct Outline {
  let facts: TraceFacts
  let excerpter: Excerpter
  /// Levels below the root that are shown; nil for all.
  var maximumDepth: Int?
  /// Only spans of these types, and what called them; empty for all.
  var types: [String] = []
  /// Only spans of this status, and what called them.
  var status: SpanStatus?
  /// Whether tool and retriever steps show what they were given, not only what they gave back.
  var showsArguments = false
  /// Bytes of each gist.
  var gistLimit = 90

  /// Deeper levels are not indented further, or a deep trace would be blanks.
  private static let deepestIndent = 12

  private struct Row {
    var spans: [Int]
    var rank: Int
  }

  /// The lines in tree order, and how many more there would be. Only lines that could find room in `limit` bytes are made:
  /// a trace may have many thousands.
  func items(limit: Int) -> (items: [Answer.Item], omittedCount: Int) {
    let all = rows()
    let shortest = 16
    let most = max(8, limit / shortest)
    var kept = all
    if all.count > most {
      let order = all.indices.sorted { (all[$0].rank, $0) < (all[$1].rank, $1) }.prefix(most)
      kept = order.sorted().map { all[$0] }
    }
    var outputs = FirstOccurrences()
    return (kept.map { item($0, first: &outputs) }, all.count - kept.count)
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

  /// Where an output was shown first, so that a repeated one is not shown again.
  private struct FirstOccurrences {
    private var places: [[UInt8]: Int] = [:]

    /// Shorter values cost less than the words that would stand for them; longer ones are not worth hashing.
    private static let sizes = 24...16_384

    mutating func place(of output: Sourced, at index: Int) -> Int? {
      guard Self.sizes.contains(output.size) else { return nil }
      let bytes = Array(output.value.rawBytes)
      if let earlier = places[bytes] { return earlier }
      places[bytes] = index
      return nil
    }
  }

  private func rows() -> [Row] {
    let (spans, tree) = (facts.trace.spans, facts.tree)
    let wanted = selected()
    var marked = Array(repeating: false, count: spans.count)
    for error in facts.errors { for index in tree.ancestry(of: error.spanIndex) { marked[index] = true } }
    var rows: [Row] = []
    var pending: [[Int]] = tree.roots.reversed().map { [$0] }
    while let group = pending.popLast() {
      guard let index = group.first, wanted?[index] ?? true else { continue }
      let depth = tree.depths[index]
      rows.append(Row(spans: group, rank: marked[index] ? min(depth, 8) : 10 + depth))
      guard group.count == 1, depth < maximumDepth ?? .max else { continue }
      pending += groups(of: tree.children[index]).reversed()
    }
    return rows
  }

  /// Siblings in order, the like ones among them together at the place of the first.
  private func groups(of siblings: [Int]) -> [[Int]] {
    struct Likeness: Hashable {
      var name: String
      var type: String
      var status: SpanStatus
    }
    guard siblings.count >= fewestToFold else { return siblings.map { [$0] } }
    var alike: [Likeness: [Int]] = [:]
    var order: [(key: Likeness?, index: Int)] = []
    for index in siblings {
      let span = facts.trace.spans[index]
      guard facts.tree.children[index].isEmpty, span.status != .error else {
        order.append((nil, index))
        continue
      }
      let key = Likeness(name: span.name, type: facts.meaning(index).type, status: span.status)
      alike[key, default: []].append(index)
      order.append((key, index))
    }
    return order.compactMap { key, index in
      guard let key, let members = alike[key], members.count >= fewestToFold else { return [index] }
      return members[0] == index ? members : nil
    }
  }

  /// Which spans are shown, when not all: those that fit and their callers.
  private func selected() -> [Bool]? {
    guard !types.isEmpty || status != nil else { return nil }
    var shown = Array(repeating: false, count: facts.trace.spans.count)
    for (index, span) in facts.trace.spans.enumerated() where !shown[index] {
      guard status.map({ $0 == span.status }) ?? true, types.isEmpty || types.contains(facts.meaning(index).type)
      else { continue }
      for caller in facts.tree.ancestry(of: index) { shown[caller] = true }
    }
    return shown
  }

  /// In a trace of this size every line saved shows another part of it.
  private var fewestToFold: Int { facts.trace.spans.count > 200 ? 2 : 4 }

  // MARK: Lines

  private func item(_ row: Row, first: inout FirstOccurrences) -> Answer.Item {
    let index = row.spans[0]
    return row.spans.count > 1 ? fold(row) : spanItem(index, rank: row.rank, first: &first)
  }

  private func indent(_ index: Int) -> String {
    let depth = facts.tree.depths[index]
    return String(repeating: " ", count: min(depth, Self.deepestIndent))
      + (depth > Self.deepestIndent ? "(\(depth)) " : "")
  }

  private func fold(_ row: Row) -> Answer.Item {
    let first = row.spans[0]
    let last = row.spans[row.spans.count - 1]
    let span = facts.trace.spans[first]
    let durations = row.spans.compactMap { facts.trace.spans[$0].durationNanoseconds }.sorted()
    let span0 = Trace.alias(ofSpanAt: first)
    let range = "\(span0)…\(Trace.alias(ofSpanAt: last))"
    let middle = durations.isEmpty ? nil : durations[durations.count / 2]
    let name = excerpter.line(span.name, limit: 60)
    let type = facts.meaning(first).type
    let times = "median \(Units.duration(middle)), longest \(Units.duration(durations.last))"
    return Answer.Item(
      short: "\(range) \(indent(first))\(name) ×\(row.spans.count)\(typeWord(type)) \(times)", full: nil,
      json: .object(present: [
        "spans": .string(range), "count": .int(Int64(row.spans.count)), "name": .string(name), "type": .string(type),
        "depth": .int(Int64(facts.tree.depths[first])), "median_ms": middle.map { .double(Double($0) / 1e6) },
      ]), rank: row.rank)
  }

  private func typeWord(_ type: String) -> String { type == "UNKNOWN" ? "" : " \(excerpter.line(type, limit: 24))" }

  private func spanItem(_ index: Int, rank: Int, first: inout FirstOccurrences) -> Answer.Item {
    let span = facts.trace.spans[index]
    let meaning = facts.meaning(index)
    let (type, model, usage) = (meaning.type, meaning.model, meaning.tokenUsage)
    let name = excerpter.line(span.name, limit: 60)
    let alias = Trace.alias(ofSpanAt: index)
    var words = "\(alias) \(indent(index))\(name)\(typeWord(type)) \(Units.duration(span.durationNanoseconds))"
    let selfTime = facts.selfTimes[index]
    if !facts.tree.children[index].isEmpty, let selfTime, let whole = span.durationNanoseconds, selfTime > whole / 5 {
      words += " (self \(Units.duration(selfTime)))"
    }
    if span.status == .error { words += " ERROR" }
    if let model { words += " \(excerpter.line(model, limit: 40))" }
    if let usage { words += " \(Self.tokens(usage))" }
    if facts.tree.orphans.contains(index) { words += " [parent missing]" }
    if facts.tree.cycleCuts.contains(index) { words += " [ring of parents cut here]" }
    let error = span.status == .error ? facts.errors.first { $0.spanIndex == index } : nil
    if let error { words += " \"\(excerpter.line(error.sentence, limit: gistLimit))\"" }
    let (inputs, outputs) = (meaning.inputs, meaning.outputs)
    var short = words
    if inputs != nil || outputs != nil {
      short += " \(inputs.map { Units.bytes($0.size) } ?? "-")/\(outputs.map { Units.bytes($0.size) } ?? "-")"
    }
    let gist = outputs.map {
      excerpter.line(Gist(of: $0.value, side: .output)?.text ?? Self.raw($0.value), limit: gistLimit)
    }
    let earlier = outputs.flatMap { first.place(of: $0, at: index) }.map { "same as \(Trace.alias(ofSpanAt: $0))" }
    let arguments =
      showsArguments && ["TOOL", "RETRIEVER"].contains(type)
      ? inputs.map { " (\(excerpter.line($0.value, limit: gistLimit / 2)))" } ?? "" : ""
    let result = error == nil ? gist.map { " → \(earlier ?? "\"\($0)\"")" } ?? "" : ""
    let full = arguments.isEmpty && result.isEmpty ? nil : short + arguments + result
    return Answer.Item(
      short: short, full: full,
      json: .object(present: [
        "span": .string(alias), "span_id": .string(span.id.description), "name": .string(name), "type": .string(type),
        "status": .string(span.status.rawValue), "depth": .int(Int64(facts.tree.depths[index])),
        "parent": facts.tree.parents[index].map { .string(Trace.alias(ofSpanAt: $0)) },
        "start_ms": .double(Double(facts.offset(index)) / 1e6),
        "duration_ms": span.durationNanoseconds.map { .double(Double($0) / 1e6) },
        "self_ms": selfTime.map { .double(Double($0) / 1e6) },
        "model": model.map { .string(excerpter.line($0, limit: 40)) },
        "tokens": usage.map(Self.json), "error": error.map { .string(excerpter.line($0.sentence, limit: gistLimit)) },
        "input_bytes": inputs.map { .int(Int64($0.size)) }, "output_bytes": outputs.map { .int(Int64($0.size)) },
        "arguments": arguments.isEmpty ? nil : .string(String(arguments.dropFirst(2).dropLast())),
        "output": earlier.map { .string($0) } ?? gist.map { .string($0) },
      ]), rank: rank)
  }

  private static func raw(_ value: JSONValue) -> String {
    String(decoding: value.rawBytes.prefix(8_192), as: UTF8.self)
  }

  /// `59→31 tok`.
  static func tokens(_ usage: TokenUsage) -> String {
    guard let input = usage.input, let output = usage.output else {
      return usage.total.map { "\(Units.count($0)) tok" } ?? "? tok"
    }
    return "\(Units.count(input))→\(Units.count(output)) tok"
  }

  static func json(_ usage: TokenUsage) -> JSON {
    .object(present: [
      "input_tokens": usage.input.map { .int($0) }, "output_tokens": usage.output.map { .int($0) },
      "total_tokens": usage.total.map { .int($0) },
    ])
  }
}
