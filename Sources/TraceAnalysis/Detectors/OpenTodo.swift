import JSONText
import TraceModel
import TraceSemantics

/// A list of things to do that an agent keeps in calls of a tool (`pending`, `in_progress`, `completed`): what was left open when
/// the answer was given, and what was ticked off though nothing was done in between.
///
/// Needs the inputs of the tool by which the list is kept, or the calls of it.
struct OpenTodo: Detector {
  let name = "open_todo"

  /// Where none of these stands in a tool's input, it keeps no list.
  private static let signs = ByteSearch([
    "in_progress", "in-progress", "\"pending", "pending\\\"", "not-started", "not_started", "completed",
    "\"done", "done\\\"", "cancelled", "canceled",
  ])
  /// A longer list is no list of one run.
  private static let longest = 60_000

  /// A list at one moment.
  private struct List {
    var index: Int
    var items: [TodoItem]
  }

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var lists: [List] = []
    for index in facts.trace.spans.indices where facts.isToolCall(index) {
      let raw = facts.rawInputs(index)
      guard raw.count <= 2 * Self.longest, Self.signs.isFound(in: raw),
        let inputs = facts.meaning(index).inputs
      else { continue }
      let items = TodoItem.list(in: inputs.value)
      if items.count >= 2 { lists.append(List(index: index, items: items)) }
    }
    guard let last = lists.last else {
      return facts.lacksToolInputs ? .notChecked("no tool span has recorded its input") : .findings([])
    }
    var findings: [Finding] = []
    // A single write may be a tool's data; who writes again keeps a list.
    if facts.turn.output != nil, lists.count >= 2, let finding = Self.open(last, facts) { findings.append(finding) }
    findings += zip(lists, lists.dropFirst()).compactMap { Self.ticked($0, $1, facts) }.prefix(3)
    return .findings(findings)
  }

  private static func open(_ last: List, _ facts: TraceFacts) -> Finding? {
    let open = last.items.filter { $0.state != .done }
    guard !open.isEmpty else { return nil }
    // Many agents do not come back to tick off the last.
    let isUsual = open.count == 1 && (open[0].state == .doing || last.items.last?.words == open[0].words)
    let shown =
      open.prefix(3).map { "'\($0.words.prefix(60))' (\($0.word))" }.joined(separator: ", ")
      + (open.count > 3 ? ", …" : "")
    return Finding(
      kind: "open_todo", severity: isUsual ? .low : .medium, confidence: isUsual ? .low : .medium,
      title: "things to do were left open", traceID: facts.trace.info.id, spanIndex: last.index,
      why:
        "Of \(last.items.count) things to do, \(open.count) \(open.count == 1 ? "was" : "were") still open when the answer was given: \(shown).",
      evidence: Evidence(.inputs, of: last.index, around: open[0].words, in: facts).map { [$0] } ?? [], standing: .hint)
  }

  /// Words of things that are done by speaking.
  private static let spoken = [
    "write", "answer", "summar", "report", "respond", "explain", "tell", "present", "draft", "plan", "think", "decide",
  ]

  /// What was ticked off from one list to the next, though no other tool ran and several are done at once.
  private static func ticked(_ before: List, _ after: List, _ facts: TraceFacts) -> Finding? {
    guard
      !(before.index + 1..<after.index).contains(where: {
        facts.isToolCall($0) || facts.type($0) == "RETRIEVER" || facts.type($0) == "AGENT"
      }),
      facts.tree.parents[before.index] == facts.tree.parents[after.index]
    else { return nil }
    let ticked = after.items.filter { item in
      item.state == .done && before.items.contains { $0.words == item.words && $0.state != .done }
        && !spoken.contains { item.words.lowercased().contains($0) }
    }
    guard ticked.count >= 2 else { return nil }
    return Finding(
      kind: "ticked_off", severity: .low, confidence: .low, title: "ticked off without being done",
      traceID: facts.trace.info.id, spanIndex: after.index,
      why:
        "\(ticked.count) things to do were marked as done (\(ticked.prefix(2).map { "'\($0.words.prefix(60))'" }.joined(separator: ", "))), though no tool ran since \(Trace.alias(ofSpanAt: before.index)), where they were open.",
      evidence: Evidence(.inputs, of: after.index, around: ticked[0].words, in: facts).map { [$0] } ?? [],
      standing: .hint)
  }
}

/// One of the things to do.
struct TodoItem: Hashable {
  /// How far it is.
  enum State: Hashable {
    case open
    case doing
    case done
  }

  /// What is to be done.
  let words: String
  /// How far it is.
  let state: State
  /// The same, as it is written.
  let word: String

  private static let states: [String: State] = [
    "pending": .open, "not_started": .open, "not-started": .open, "todo": .open, "open": .open, "in_progress": .doing,
    "in-progress": .doing, "doing": .doing, "completed": .done, "complete": .done, "done": .done, "cancelled": .done,
    "canceled": .done, "skipped": .done,
  ]
  private static let (listKeys, wordKeys) = (
    ["todos", "plan", "items", "tasks", "todoList", "todo_list", "list", "steps", "input", "kwargs", "arguments"],
    ["content", "step", "title", "task", "description", "text", "name", "subject"]
  )

  /// The items of a list in a tool's input; empty where it is none.
  static func list(in recorded: JSONValue, _ depth: Int = 0) -> [TodoItem] {
    guard depth < 4 else { return [] }
    let document = recorded.nestedDocument()
    let value = document?.root ?? recorded
    switch value.kind {
    case .array:
      let items = value.elements.compactMap { element -> TodoItem? in
        guard let word = element["status"]?.string ?? element["state"]?.string, let state = states[word.lowercased()],
          let words = wordKeys.lazy.compactMap({ element[$0]?.string }).first, !words.isEmpty
        else { return nil }
        return TodoItem(words: words, state: state, word: word)
      }
      return items.count == value.count ? items : []
    case .object:
      return listKeys.lazy.compactMap { key in value[key].map { list(in: $0, depth + 1) } }.first { !$0.isEmpty } ?? []
    default: return []
    }
  }
}
