import JSONText
import TraceModel
import TraceSemantics

/// Finds the steps of a trace. Spans that only wrap others, and repeat what those say, are none.
struct StepReader {
  /// More is not read of one step.
  private static let longestText = 16_384

  let facts: TraceFacts
  /// The user's request.
  let task: String

  init(_ facts: TraceFacts) {
    self.facts = facts
    let side = facts.turn.input
    task = side?.text ?? ""
  }

  /// The steps in order: as they began; those that tell what came of others, when they were over.
  func steps() -> [Step] {
    var steps: [Step] = []
    var said: [Int: String] = [:]
    for index in facts.trace.spans.indices {
      guard let text = text(index), !text.isEmpty else { continue }
      said[index] = text
    }
    let enclosing = EnclosingSteps(facts, said)
    for index in facts.trace.spans.indices {
      guard let text = said[index], enclosing.part(of: index) != .repeats else { continue }
      steps.append(Step(spanIndex: index, text: text, role: .worker, isTelling: isTelling(index, text)))
    }
    let given = GivenWords(facts, task: task)
    let speakers = Speakers(of: steps.map(\.spanIndex), facts)
    let acting = acting(steps, speakers)
    for place in steps.indices {
      steps[place].speaker = speakers.agent(around: steps[place].spanIndex)
      steps[place].isLookup =
        facts.meaning(steps[place].spanIndex).outputChat.map { given.areAllOf(Self.spoken($0)) } ?? false
      steps[place].role =
        enclosing.part(of: steps[place].spanIndex) == .tellsOutcome
        ? .result : role(steps[place], place, speakers, acting)
    }
    for place in reporting(steps, speakers) { steps[place].role = .tool }
    steps = inOrder(steps)
    let dispatchers = Dispatchers(steps, speakers)
    for place in steps.indices
    where [.worker, .plan].contains(steps[place].role) && !isCalling(steps[place].spanIndex)
      && dispatchers.hold(speakers[steps[place].spanIndex])
    {
      steps[place].role = .orchestrator
    }
    for place in steps.indices where steps[place].role == .worker && isDictated(place, steps) {
      steps[place].role = .orchestrator
    }
    // Who writes the program that is run acts, whatever else it does.
    for place in steps.indices where steps[place].role == .orchestrator && steps[place].hasProgram {
      if steps[(place + 1)...].prefix(2).contains(where: \.isOutcome) { steps[place].role = .worker }
    }
    for place in leadingUp(steps) { steps[place].role = .plan }
    return steps
  }

  /// By start, and what encloses others by where the last of those stands.
  private func inOrder(_ steps: [Step]) -> [Step] {
    func key(_ step: Step) -> (Int, Int) {
      guard step.role == .result else { return (step.spanIndex, 0) }
      // Spans are in order of start, so whatever began last in it has the highest place.
      var last = step.spanIndex
      var pending = [last]
      while let index = pending.popLast() {
        last = max(last, index)
        pending += facts.tree.children[index]
      }
      // Of several that end with the same step, the innermost comes first.
      return (last, 1 + facts.trace.spans.count - facts.tree.depths[step.spanIndex])
    }
    return steps.map { (key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// What came out of the span, in words: text and calls of a chat, else the value itself.
  private func text(_ index: Int) -> String? {
    let meaning = facts.meaning(index)
    guard let outputs = meaning.outputs else {
      // How a step failed is what it gave back; what called it only hands the failure on.
      let handsOn = facts.tree.children[index].contains { facts.trace.spans[$0].status == .error }
      return handsOn ? nil : facts.trace.spans[index].statusMessage
    }
    var words: [String] = []
    if outputs.size > 16 * Self.longestText {
      // What is so long is data; its beginning tells what kind.
      words = [String(decoding: outputs.value.rawBytes.prefix(Self.longestText), as: UTF8.self)]
    } else if outputs.value.kind == .string {
      words = [outputs.value.string ?? ""]
    } else if let chat = meaning.outputChat {
      for message in Self.spoken(chat) {
        if let text = message.text { words.append(text) }
        words += message.toolCalls.map { call in
          "\(call.name)(\(call.arguments.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) } ?? ""))"
        }
      }
    } else if !(meaning.documents(in: outputs) ?? []).isEmpty {
      words = [String(decoding: outputs.value.rawBytes.prefix(Self.longestText), as: UTF8.self)]
    } else if let gist = Gist(of: outputs.value, side: .output) {
      words = [gist.text]
    } else {
      words = [String(decoding: outputs.value.rawBytes.prefix(Self.longestText), as: UTF8.self)]
    }
    return String(words.joined(separator: "\n").prefix(Self.longestText))
  }

  /// What a step itself added to a chat: the messages at its end behind the last of a user or a tool. A graph gives back
  /// the whole chat each time.
  private static func spoken(_ chat: Chat) -> ArraySlice<ChatMessage> {
    let heard = chat.messages.lastIndex { $0.role == .user || $0.role == .tool || $0.role == .system }
    let own = chat.messages[((heard ?? -1) + 1)...]
    return own.isEmpty ? chat.messages.suffix(1) : own
  }

  /// Fewer words are no more than a label.
  private static let fewestWords = 20

  /// The calls of tools that a step made.
  private func calls(_ index: Int) -> [ChatMessage.ToolCall] {
    facts.meaning(index).outputChat.map { Self.spoken($0).flatMap(\.toolCalls) } ?? []
  }

  private func isCalling(_ index: Int) -> Bool { !calls(index).isEmpty }

  private func isTelling(_ index: Int, _ text: String) -> Bool {
    guard facts.meaning(index).outputs != nil else { return false }
    if isCalling(index) { return true }
    guard let first = text.first(where: { !$0.isWhitespace }), first != "{", first != "[" else { return false }
    return StepText.words(String(text.prefix(1_000))).count >= Self.fewestWords
  }

  // MARK: Roles

  private static let toolTypes: Set<String> = ["TOOL", "RETRIEVER", "RERANKER", "EMBEDDING", "PARSER", "MEMORY"]
  private static let toolNames = [
    "terminal", "executor", "tool", "sandbox", "interpreter", "observation", "repl", "environment", "shell", "console",
  ]
  /// How those begin who report what came of a program, whatever they are called.
  private static let reportOpenings = [
    "exitcode:", "exit code", "execution logs", "execution result", "observation:", "traceback (most recent", "stdout:",
    "tool output", "code output:", "the script ran",
  ]
  private static let orchestratorNames = ["orchestr", "planner", "manager", "supervisor", "router"]
  /// Fewer characters are a sign-off or a hand-over.
  private static let shortest = 60

  private func role(_ step: Step, _ place: Int, _ speakers: Speakers, _ acting: Set<String>) -> Step.Role {
    let name = facts.trace.spans[step.spanIndex].name.lowercased()
    let isModelCall = facts.isModelCall(step.spanIndex)
    if Self.toolTypes.contains(facts.type(step.spanIndex))
      || !isModelCall && Self.toolNames.contains(where: { name.contains($0) })
    {
      return .tool
    }
    if isReport(step) { return .tool }
    if isCalling(step.spanIndex) { return .worker }
    let speaker = speakers[step.spanIndex]
    let isCalledOne = Self.orchestratorNames.contains { speaker.lowercased().contains($0) }
    if isCalledOne && !acting.contains(speaker) || step.isLedger {
      return .orchestrator
    }
    let characters = step.text.prefix(400).filter { !$0.isWhitespace }.count
    if characters < Self.shortest { return .trivial }
    if place < 2, !step.hasProgram, restatesTask(step.text) { return .plan }
    return .worker
  }

  /// Those who call tools themselves, but for handing over: a `router` may be one who knows roads.
  private func acting(_ steps: [Step], _ speakers: Speakers) -> Set<String> {
    let calling = steps.map(\.spanIndex).filter { index in
      calls(index).contains { Self.handingOver.isDisjoint(with: IdentifierWords.of($0.name)) }
    }
    return Set(calling.map { speakers[$0] })
  }

  private static let handingOver: Set<String> = ["transfer", "handoff", "hand", "delegate", "assign", "route"]

  /// Whether a step only passes on what the account right before it says is to be done next: where all model calls have one
  /// name, that is what tells who instructs.
  private func isDictated(_ place: Int, _ steps: [Step]) -> Bool {
    guard let ledger = steps[..<place].suffix(2).last(where: \.isLedger), !isCalling(steps[place].spanIndex) else {
      return false
    }
    return StepText.normalized(ledger.text).contains(StepText.normalized(steps[place].text.prefix(Self.dictated)))
  }

  /// Characters by which an instruction is known again.
  private static let dictated = 200

  /// What else those say who report what came of programs, whatever they are called, and write none: that there was none to
  /// run, say.
  private func reporting(_ steps: [Step], _ speakers: Speakers) -> [Int] {
    let places = Dictionary(grouping: steps.indices.filter { !facts.isModelCall(steps[$0].spanIndex) }) {
      speakers[steps[$0].spanIndex]
    }
    return places.values.filter { own in
      own.contains { isReport(steps[$0]) } && !own.contains { steps[$0].hasProgram }
    }.flatMap { own in own.filter { steps[$0].role == .worker || steps[$0].role == .trivial } }
  }

  private func isReport(_ step: Step) -> Bool {
    let opening = step.text.prefix(40).drop(while: \.isWhitespace).lowercased()
    return !facts.isModelCall(step.spanIndex) && Self.reportOpenings.contains { opening.hasPrefix($0) }
  }

  /// Model calls that only talk before any of them acts, in a run in which they mostly act by calls and programs.
  private func leadingUp(_ steps: [Step]) -> [Int] {
    let workers = steps.indices.filter { steps[$0].role == .worker && facts.isModelCall(steps[$0].spanIndex) }
    let acting = workers.filter { place in
      steps[place].hasProgram || steps[place].text.contains("<code>") || isCalling(steps[place].spanIndex)
        || (place + 1 < steps.count && steps[place + 1].isOutcome)
    }
    guard let first = acting.first, acting.count >= Self.fewestActing, acting.count * 2 >= workers.count else {
      return []
    }
    return workers.filter { $0 < first }
  }

  private static let fewestActing = 3

  /// Whether the first words of the task stand in the text.
  private func restatesTask(_ text: String) -> Bool {
    let beginning = StepText.normalized(task).prefix(60)
    return beginning.count >= 40 && StepText.normalized(text).contains(beginning)
  }
}
