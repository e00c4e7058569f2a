import JSONText
import TraceModel
import TraceSemantics

/// An action behind which the tool shows the same page, file or screen as before: it changed nothing, and whoever acted may
/// not have noticed.
///
/// Needs the inputs and outputs of steps that act: tools, and other steps in which no model speaks.
struct NoEffect: Detector {
  let name = "no_effect"

  /// Shorter outputs (`ok`, `done`) are alike by nature.
  private static let fewestBytes = 300
  /// More are not told.
  private static let most = 6

  /// In a larger trace only outputs that are the same byte for byte are found.
  private static let mostSpans = 2_000

  /// What a step showed.
  private struct View {
    var index: Int
    var hash: UInt64
    var size: Int
    var page: PageView?
  }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    let spans = facts.trace.spans
    var last: [String: View] = [:]
    /// Runs of steps that showed the same, by the step that showed it first.
    var runs: [(first: Int, without: [Int])] = []
    for index in spans.indices where spans[index].status != .error {
      // Agents that browse or read files show what they see.
      guard facts.isToolCall(index) || facts.type(index) == "AGENT" && facts.isObservation(index) else { continue }
      guard
        let output = spans[index].attribute(ReservedKey.spanOutputs)?.stored.rawBytes
          ?? (spans.count <= Self.mostSpans ? facts.meaning(index).outputs?.value.rawBytes : nil)
      else { continue }
      guard output.count >= Self.fewestBytes else {
        if !last.isEmpty { last[Self.family(spans[index].name)] = nil }
        continue
      }
      let family = Self.family(spans[index].name)
      var hash = FNV1a()
      hash.add(output)
      var view = View(index: index, hash: hash.value, size: output.count)
      if spans.count <= Self.mostSpans, PageView.signs.isFound(in: output.prefix(Self.head)) {
        view.page = facts.saidText(index).flatMap { PageView($0) }
      }
      defer { last[family] = view }
      guard let before = last[family], Self.isSame(before, view, facts), Self.followed(before.index, index, facts)
      else {
        continue
      }
      if let place = runs.indices.last, (runs[place].without.last ?? runs[place].first) == before.index {
        runs[place].without.append(index)
      } else {
        runs.append((before.index, [index]))
      }
    }
    guard !facts.lacksToolOutputs else { return .notChecked("no tool span has recorded its output") }
    return .findings(runs.prefix(Self.most).map { Self.finding($0.first, $0.without, facts) })
  }

  /// Bytes of an output, as it is stored, in which an address is looked for.
  private static let head = 4_000

  private static func isSame(_ before: View, _ view: View, _ facts: TraceFacts) -> Bool {
    if let page = view.page, let other = before.page { return page.isLike(other) }
    return facts.isToolCall(view.index) && before.hash == view.hash && before.size == view.size
      && facts.recordedInput(before.index) != facts.recordedInput(view.index)
  }

  /// One behind the other, with somebody between them who saw the first. Else they are work on a list.
  private static func followed(_ first: Int, _ second: Int, _ facts: TraceFacts) -> Bool {
    let spans = facts.trace.spans
    guard let end = spans[first].endTime, end.nanoseconds <= spans[second].startTime.nanoseconds,
      second - first <= 50
    else { return false }
    return (first + 1..<second).contains { !facts.isToolCall($0) && facts.meaning($0).outputs != nil }
  }

  /// `browser_click` and `browser_scroll` show the same page.
  private static func family(_ name: String) -> String {
    let first = name.prefix { !"._-/:".contains($0) }.lowercased()
    return screens.contains(first) ? first : name
  }

  private static let screens: Set<String> = [
    "browser", "page", "web", "computer", "screen", "playwright", "puppeteer", "chrome", "editor", "desktop",
  ]

  private static func finding(_ first: Int, _ without: [Int], _ facts: TraceFacts) -> Finding {
    let spans = facts.trace.spans
    let aliases = without.prefix(4).map { Trace.alias(ofSpanAt: $0) }.joined(separator: ", ")
    let more = without.count > 4 ? ", …" : ""
    return Finding(
      kind: "no_effect", severity: without.count > 1 ? .medium : .low, confidence: without.count > 1 ? .medium : .low,
      title: "an action that changed nothing", traceID: facts.trace.info.id, spanIndex: without[0],
      why:
        "\(aliases)\(more) \(spans[without[0]].name) showed again what \(Trace.alias(ofSpanAt: first)) \(spans[first].name) had: "
        + "nothing had changed in between.",
      evidence: [
        Evidence(.inputs, of: without[0], in: facts), Evidence.ofOutput(without[0], in: facts).first,
      ].compactMap { $0 }, standing: .hint)
  }
}
