import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// Makes the lines of an ``Outline``, in order, for what was shown once is only named the second time.
struct OutlineLines {
  private let outline: Outline
  /// The model of all calls, when they have one, so that it is not repeated in each line.
  private let commonModel: String?
  /// What is new in the input of each model call, where inputs are shown.
  private let newMessages: NewMessages?
  /// Where an output was shown first.
  private var shown: [OutputGist.Identity: Int] = [:]

  init(_ outline: Outline, commonModel: String?) {
    self.outline = outline
    self.commonModel = commonModel
    newMessages = outline.showsArguments ? NewMessages(outline.facts) : nil
  }

  private var facts: TraceFacts { outline.facts }
  private var excerpter: Excerpter { outline.excerpter }

  /// What a row shows, before it is put into words.
  private struct Line {
    var row: Outline.Row
    /// What came out, of a row of one span.
    var outputs: Sourced?
    /// The same in words.
    var gist: OutputGist?
    /// The span that gave back the same before it.
    var earlier: Int?

    var index: Int { row.spans[0] }
  }

  /// Fewer lines that repeat earlier ones are not worth a line of another kind.
  private static let fewestRepeated = 3

  mutating func items(_ rows: [Outline.Row]) -> [Answer.Item] {
    let lines = rows.map { line($0) }
    var items: [Answer.Item] = []
    var place = 0
    while place < lines.count {
      let count = repeated(lines[place...])
      if count >= Self.fewestRepeated {
        items.append(again(Array(lines[place..<place + count])))
        place += count
      } else {
        items.append(lines[place].row.spans.count > 1 ? fold(lines[place].row) : spanItem(lines[place]))
        place += 1
      }
    }
    return items
  }

  private mutating func line(_ row: Outline.Row) -> Line {
    guard row.spans.count == 1 else { return Line(row: row) }
    let meaning = facts.meaning(row.spans[0])
    let outputs = meaning.outputs
    let gist = OutputGist(meaning, outputs, excerpter: excerpter, limit: outline.gistLimit)
    let earlier = gist.identity.flatMap { shown[$0] }
    if earlier == nil, let identity = gist.identity { shown[identity] = row.spans[0] }
    return Line(row: row, outputs: outputs, gist: gist, earlier: earlier)
  }

  /// How many lines at the beginning say, one after the other, what earlier ones of the same names said one after the other.
  private func repeated(_ lines: ArraySlice<Line>) -> Int {
    let spans = facts.trace.spans
    var count = 0
    for line in lines {
      guard let earlier = line.earlier, let first = lines.first, let start = first.earlier,
        earlier == start + count, line.index == first.index + count, start + count < first.index,
        spans[earlier].name == spans[line.index].name, spans[line.index].status != .error,
        facts.tree.depths[line.index] == facts.tree.depths[first.index], facts.tree.children[line.index].isEmpty
      else { break }
      count += 1
    }
    return count
  }

  /// A part of a loop that gave back what it gave back before, in one line.
  private func again(_ lines: [Line]) -> Answer.Item {
    let (first, last) = (lines[0], lines[lines.count - 1])
    let alias = { Trace.alias(ofSpanAt: $0) }
    let range = "\(alias(first.index))…\(alias(last.index))"
    let names = lines.map { excerpter.line(facts.trace.spans[$0.index].name, limit: 32) }
    let time = lines.compactMap { facts.selfTimes[$0.index] }.reduce(Int64(0)) { $0.addingSaturating($1) }
    let before = "\(alias(first.earlier ?? 0))…\(alias(last.earlier ?? 0))"
    let words = "\(range) \(indent(first.index))\(names.joined(separator: ", ")) \(Units.duration(time))"
    return Answer.Item(
      short: "\(words) → same as \(before)", full: nil,
      json: [
        "spans": .string(range), "names": .array(names.map { .string($0) }), "same_as": .string(before),
        "depth": .int(Int64(facts.tree.depths[first.index])), "duration_ms": .double(Double(time) / 1e6),
      ], rank: lines.map(\.row.rank).min() ?? 0)
  }

  // MARK: Parts of a line

  /// Deeper levels are not indented further, or a deep trace would be blanks.
  private static let deepestIndent = 12

  private func indent(_ index: Int) -> String {
    let depth = facts.tree.depths[index]
    return String(repeating: " ", count: min(depth, Self.deepestIndent))
      + (depth > Self.deepestIndent ? "(\(depth)) " : "")
  }

  private func typeWord(_ type: String) -> String { type == "UNKNOWN" ? "" : " \(excerpter.line(type, limit: 24))" }

  /// Sizes below this are seen from the gist; naming them costs more than it tells.
  private static let sizeWorthNaming = 1_000

  /// ` 1.3kB/20.0MB`, when one of the two is worth naming.
  private func sizes(_ inputs: Sourced?, _ outputs: Sourced?) -> String {
    guard max(inputs?.size ?? 0, outputs?.size ?? 0) >= Self.sizeWorthNaming else { return "" }
    return " \(inputs.map { Units.bytes($0.size) } ?? "-")/\(outputs.map { Units.bytes($0.size) } ?? "-")"
  }

  /// ` [3 attributes, 1 event]`: what there is of a span that recorded neither input nor output.
  private func recorded(_ span: Span) -> String {
    let own = span.attributes.count { !$0.key.hasPrefix("mlflow.") }
    let parts = [
      own > 0 ? Units.plural(own, "attribute") : nil,
      span.events.isEmpty ? nil : Units.plural(span.events.count, "event"),
    ]
    let words = parts.compactMap { $0 }.joined(separator: ", ")
    return words.isEmpty ? "" : " [\(words)]"
  }

  // MARK: Many spans

  /// More members than this are named by the first and the last.
  private static let mostNamed = 4

  /// `s3…s9`, or `s3,s6,s9` where other spans stand between them.
  private func range(_ members: [Int]) -> String {
    let (first, last) = (members[0], members[members.count - 1])
    let isGapless = last - first == members.count - 1
    return isGapless || members.count > Self.mostNamed
      ? "\(Trace.alias(ofSpanAt: first))…\(Trace.alias(ofSpanAt: last))"
      : members.map { Trace.alias(ofSpanAt: $0) }.joined(separator: ",")
  }

  /// Outputs of more members are not compared.
  private static let mostCompared = 200

  /// What like spans without spans below them gave back: the same each, or how many different things.
  private func outputs(_ members: [Int]) -> String? {
    func gist(_ index: Int) -> OutputGist {
      let meaning = facts.meaning(index)
      return OutputGist(meaning, meaning.outputs, excerpter: excerpter, limit: outline.gistLimit)
    }
    guard let first = gist(members[0]).text else { return nil }
    guard members.count <= Self.mostCompared else { return " → first \(first)" }
    let identities = members.map { gist($0).identity }
    guard !identities.contains(nil) else { return " → first \(first)" }
    let kinds = Set(identities).count
    return kinds == 1 ? " → each \(first)" : " → \(kinds) different, first \(first)"
  }

  private func fold(_ row: Outline.Row) -> Answer.Item {
    let first = row.spans[0]
    let alias = Trace.alias(ofSpanAt: first)
    let range = range(row.spans)
    let names = row.spans.lazy.map { facts.trace.spans[$0].name }
    let name = names.allSatisfy { $0 == names.first } ? names[0] : SpanShapes.template(of: names[0])
    let shownName = excerpter.line(name, limit: 60)
    let type = facts.type(first)
    var words = "\(range) \(indent(first))\(shownName) ×\(row.spans.count)\(typeWord(type))"
    if facts.trace.spans[first].status == .error { words += " ERROR" }
    let durations = row.spans.map { facts.trace.spans[$0].durationNanoseconds }
    let sorted = durations.compactMap { $0 }.sorted()
    let middle = sorted.isEmpty ? nil : sorted[sorted.count / 2]
    var longest: Int?
    if row.fold == .chain {
      words += ", one in another, \(Units.duration(durations[0]))"
    } else {
      words += " median \(Units.duration(middle))"
      longest = zip(row.spans, durations).max { ($0.1 ?? -1, $1.0) < ($1.1 ?? -1, $0.0) }?.0
      if let longest, let last = sorted.last, let middle, last > middle {
        words += ", longest \(Trace.alias(ofSpanAt: longest)) \(Units.duration(last))"
      }
    }
    let below = row.spans.map { facts.tree.subtreeSizes[$0] - 1 }
    if row.fold == .siblings, let least = below.min(), let most = below.max(), most > 0 {
      words +=
        "; \(least == most ? Units.plural(most, "span") : "\(least)–\(most) spans") below each, those of \(alias):"
    }
    let given = row.fold == .siblings && below.allSatisfy { $0 == 0 } ? outputs(row.spans) : nil
    return Answer.Item(
      short: words, full: given.map { words + $0 },
      json: .object(present: [
        "spans": .string(range), "count": .int(Int64(row.spans.count)), "name": .string(shownName),
        "type": .string(excerpter.line(type, limit: 24)), "nested": row.fold == .chain ? true : nil,
        "depth": .int(Int64(facts.tree.depths[first])),
        "median_ms": row.fold == .chain ? nil : middle.map { .double(Double($0) / 1e6) },
        "longest": longest.map { .string(Trace.alias(ofSpanAt: $0)) },
        "output": given.map { .string(String($0.dropFirst(" → ".count))) },
        "spans_below": row.fold == .siblings ? .int(Int64(below.reduce(0, +))) : nil,
      ]), rank: row.rank)
  }

  // MARK: One span

  private func spanItem(_ line: Line) -> Answer.Item {
    let index = line.index
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
    if let model, model != commonModel { words += " \(excerpter.line(model, limit: 40))" }
    if let usage { words += " \(Units.tokens(usage))" }
    if facts.tree.orphans.contains(index) { words += " [parent missing]" }
    if facts.tree.cycleCuts.contains(index) { words += " [ring of parents cut here]" }
    let reason = meaning.unusualFinishReason
    if let reason { words += " [finish: \(excerpter.line(reason, limit: 24))]" }
    let error = span.status == .error ? facts.errors.first { $0.spanIndex == index } : nil
    if let error { words += " \"\(excerpter.line(error.sentence, limit: outline.gistLimit))\"" }
    let (inputs, outputs) = (meaning.inputs, line.outputs)
    let short = words + sizes(inputs, outputs) + (inputs == nil && outputs == nil ? recorded(span) : "")
    let isTurn = facts.turn.output?.spanIndex == index
    let output = isTurn ? line.gist?.text : earlier(line) ?? line.gist?.text
    let arguments =
      outline.showsArguments && ["TOOL", "RETRIEVER"].contains(type)
      ? inputs.map { excerpter.line($0.value, limit: outline.gistLimit / 2) } : newInput(index)
    let result = error == nil ? output.map { isTurn ? " → the output above" : " → \($0)" } ?? "" : ""
    let full = arguments == nil && result.isEmpty ? nil : short + (arguments.map { " (\($0))" } ?? "") + result
    return Answer.Item(
      short: short, full: full,
      json: .object(present: [
        "span": .string(alias), "span_id": .string(span.id.description), "name": .string(name),
        "type": .string(excerpter.line(type, limit: 24)),
        "status": .string(span.status.rawValue), "depth": .int(Int64(facts.tree.depths[index])),
        "parent": facts.tree.parents[index].map { .string(Trace.alias(ofSpanAt: $0)) },
        "start_ms": .double(Double(facts.offset(index)) / 1e6),
        "duration_ms": span.durationNanoseconds.map { .double(Double($0) / 1e6) },
        "self_ms": selfTime.map { .double(Double($0) / 1e6) },
        "model": model.map { .string(excerpter.line($0, limit: 40)) },
        "tokens": usage.map(Units.json), "cost": meaning.cost.map { .double($0) },
        "finish_reason": reason.map { .string(excerpter.line($0, limit: 24)) },
        "error": error.map { .string(excerpter.line($0.sentence, limit: outline.gistLimit)) },
        "input_bytes": inputs.map { .int(Int64($0.size)) }, "output_bytes": outputs.map { .int(Int64($0.size)) },
        "arguments": arguments.map { .string($0) },
        "output": (isTurn ? line.gist?.words : earlier(line) ?? line.gist?.words).map { .string($0) },
      ]), rank: line.row.rank)
  }

  /// More new messages of a model call are only counted.
  private static let mostMessages = 2

  /// What a model was sent that no call before was: the last of it, for the first of a chat is its instructions.
  private func newInput(_ index: Int) -> String? {
    guard let messages = newMessages?.of(index), !messages.isEmpty else { return nil }
    let shown = messages.suffix(Self.mostMessages).map { message in
      "\(excerpter.line(message.role, limit: 12)) \"\(excerpter.line(message.text, limit: outline.gistLimit / 2))\""
    }
    let rest = messages.count - shown.count
    return "new: " + (rest > 0 ? "\(Units.plural(rest, "message")), " : "") + shown.joined(separator: ", ")
  }

  /// Where this was shown first, in words, so that it is not shown again; nil when it is as short as those words.
  private func earlier(_ line: Line) -> String? {
    guard let place = line.earlier, let identity = line.gist?.identity else { return nil }
    return identity.isShort ? nil : "same \(identity.isWords ? "words " : "")as \(Trace.alias(ofSpanAt: place))"
  }
}
