import JSONText
import TraceModel
import TraceSemantics

/// A number that a tool gave with one unit and a model said with another of the same kind: a week's demand taken for a day's,
/// euros for dollars, miles for kilometres.
///
/// Only where every tool that gave the number said what it counts, and nothing else in the run has the number with the unit
/// that was said: what was converted has another number.
struct ChangedUnit: Detector {
  let name = "changed_unit"

  /// Of larger traces, longer texts and more values it takes longer than it is worth.
  private static let (mostSpans, longest, mostSaid, mostGiven, mostFindings) = (2_000, 20_000, 200, 8_000, 4)
  /// Bytes of all that models said.
  private static let mostWords = 1_000_000

  /// A number that a tool gave.
  private struct Given {
    var measure: Measure
    var spanIndex: Int
  }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let spans = facts.trace.spans
    guard spans.count <= Self.mostSpans else { return .notChecked("more than \(Self.mostSpans) spans") }
    let tools = spans.indices.filter { ["TOOL", "RETRIEVER"].contains(facts.type($0)) }
    guard tools.contains(where: { facts.meaning($0).outputs != nil }) else {
      return .notChecked("no tool span has recorded its output")
    }
    let said = said(facts)
    guard !said.isEmpty else { return .findings([]) }
    let given = given(tools, facts, Set(said.map(\.1.number)))
    guard !given.isEmpty else { return .findings([]) }
    let asked = Set(Measure.all(in: String((facts.turn.input?.text ?? "").prefix(Self.longest))).map(\.number))
    var findings: [Finding] = []
    var seen: Set<Double> = []
    for (index, measure) in said where findings.count < Self.mostFindings {
      guard let unit = measure.unit, !asked.contains(measure.number), !seen.contains(measure.number) else { continue }
      let sources = given.filter {
        spans[$0.spanIndex].startTime <= spans[index].startTime && $0.measure.isSame(as: measure.number)
      }
      guard let source = sources.first, sources.allSatisfy({ $0.measure.unit?.kind == unit.kind }),
        !sources.contains(where: { $0.measure.unit == unit }), let other = source.measure.unit
      else { continue }
      seen.insert(measure.number)
      findings.append(Self.finding(index, measure, source, other, facts))
    }
    return .findings(findings)
  }

  /// The numbers with a unit that models said, and that tell where they come from; by the order of the calls.
  private func said(_ facts: TraceFacts) -> [(Int, Measure)] {
    var said: [(Int, Measure)] = []
    // The answer of a run is mostly its last model's, word by word: it is read once, and looked at for each who said it.
    var last: (text: String, measures: [Measure]) = ("", [])
    var left = Self.mostWords
    func add(_ text: String, _ index: Int) {
      guard left > 0, said.count < Self.mostSaid else { return }
      // Counting characters takes long, and nearly all texts are short.
      let words = text.utf8.count <= Self.longest ? text : String(text.prefix(Self.longest))
      left -= words.utf8.count
      if last.text != words { last = (words, measures(words)) }
      said += last.measures.map { (index, $0) }
    }
    for index in facts.trace.spans.indices where facts.isModelCall(index) {
      let meaning = facts.meaning(index)
      if let text = meaning.outputChat?.messages.last?.text ?? meaning.outputs?.value.string { add(text, index) }
    }
    if let answer = facts.turn.output, !facts.isModelCall(answer.spanIndex), !facts.isToolCall(answer.spanIndex) {
      add(answer.text, answer.spanIndex)
    }
    return said
  }

  private func measures(_ text: String) -> [Measure] {
    Measure.all(in: text) { $0 != $0.rounded() || abs($0) > 12 }.filter { $0.unit != nil }
  }

  private func given(_ tools: [Int], _ facts: TraceFacts, _ wanted: Set<Double>) -> [Given] {
    var given: [Given] = []
    for index in tools where given.count < Self.mostGiven {
      guard let outputs = facts.meaning(index).outputs, outputs.size <= 1_000_000,
        Measure.hasNumber(outputs.value.rawBytes, where: wanted.contains) || Self.hasColumn(outputs.value.rawBytes)
      else { continue }
      given += Measure.all(in: outputs.value).map { Given(measure: $0, spanIndex: index) }
    }
    return given
  }

  /// Whether a list of numbers may stand in JSON, whose mean may be what was said.
  private static func hasColumn(_ text: ArraySlice<UInt8>) -> Bool {
    text.indices.contains { place in
      guard text[place] == UInt8(ascii: "["), place + 2 < text.endIndex else { return false }
      return text[(place + 1)...(place + 2)].contains { $0 &- UInt8(ascii: "0") < 10 }
    }
  }

  private static func finding(
    _ index: Int, _ measure: Measure, _ source: Given, _ unit: MeasureUnit, _ facts: TraceFacts
  ) -> Finding {
    let spans = facts.trace.spans
    let alias = Trace.alias(ofSpanAt: source.spanIndex)
    let given = source.measure
    let path = given.path.steps.isEmpty ? "" : " \(given.isMean ? "of" : "at") \(given.path)"
    let number = given.isMean ? "\(given.words) as the mean" : given.words
    let theirUnit = unit.kind == .rate ? ", \(unit.words)" : " in \(unit.words)"
    let own = Evidence.ofOutput(index, around: measure.words, in: facts)
    let theirs = Evidence(.outputs, of: source.spanIndex, at: source.measure.path, in: facts)
    return Finding(
      kind: "changed_unit", severity: .medium, confidence: .medium, title: "a number with another unit",
      traceID: facts.trace.info.id, spanIndex: index,
      why:
        "\(spans[index].name) says '\(measure.words)' (\(measure.unit?.words ?? "")), but \(spans[source.spanIndex].name) (\(alias)) gave \(number)\(path)\(theirUnit).",
      evidence: own + (theirs.map { [$0] } ?? []), standing: .hint)
  }
}
