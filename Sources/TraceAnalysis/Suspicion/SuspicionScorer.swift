import TraceModel

/// Adds up what speaks for and against each step.
struct SuspicionScorer {
  let facts: TraceFacts
  let steps: [Step]
  private let texts: [StepText]
  private let taskWords: Set<String>
  /// Where each value was said first.
  let origins: [String: Int]
  let taskValues: Set<String>
  private let symptom: Symptom?
  /// The gravest hint about each span.
  private let hints: [Int: Finding.Severity]

  init(_ facts: TraceFacts, _ steps: [Step], task: String, symptom: Symptom?, hints: [Finding]) {
    self.symptom = symptom
    self.hints = hints.reduce(into: [:]) { gravest, hint in
      if let index = hint.spanIndex { gravest[index] = max(gravest[index] ?? .low, hint.severity) }
    }
    self.facts = facts
    self.steps = steps
    texts = steps.map { StepText($0.text) }
    let taskText = StepText(task)
    taskWords = taskText.vocabulary
    taskValues = taskText.values
    var origins: [String: Int] = [:]
    for (place, text) in texts.enumerated() {
      for value in text.values where origins[value] == nil { origins[value] = place }
    }
    self.origins = origins
  }

  /// The most suspicious first.
  func ranked() -> [Suspicion] {
    var (acted, lookups) = (0, 0)
    let all = steps.indices.map { place -> Suspicion in
      guard steps[place].role == .worker else { return suspicion(place, nil) }
      if isSoundLookup(place) {
        lookups += 1
        return suspicion(place, nil)
      }
      acted += 1
      return suspicion(
        place, Order(place: acted - 1, lookupsBefore: lookups, isLookup: steps[place].isLookup))
    }
    let ranked = all.indices.sorted { left, right in
      all[left].score == all[right].score ? left < right : all[left].score > all[right].score
    }.map { all[$0] }
    return withLandmarks(ranked)
  }

  /// Where a step stands among those that act.
  private struct Order {
    /// From 0, without those that only look up what was asked for.
    var place: Int
    /// How many of those come before it.
    var lookupsBefore: Int
    /// Whether it is one itself.
    var isLookup: Bool

    /// In words, for the first.
    var words: String? {
      switch (place, lookupsBefore) {
      case (0, 0): "the first to act on the task"
      case (0, _) where !isLookup: "the first to do more than look up what was asked"
      case (1, 0): "the second to act"
      case (2, 0): "the third to act"
      default: nil
      }
    }
  }

  private func suspicion(_ place: Int, _ order: Order?) -> Suspicion {
    var result = Suspicion(step: steps[place], score: 0, terms: [], reasons: [])
    func add(_ name: String, _ amount: Double, _ weight: Double, _ reason: String? = nil) {
      guard amount != 0 else { return }
      result.terms.append((name, amount, amount * weight))
      result.score += amount * weight
      if let reason { result.reasons.append(reason) }
    }
    if let order { add("early", Self.earliness(order.place), Suspicion.Weights.early, order.words) }
    if isSoundLookup(place) { add("lookup", 1, Suspicion.Weights.lookup, "looks up what was asked") }
    switch steps[place].role {
    case .tool, .result: add("tool", 1, Suspicion.Weights.tool)
    case .orchestrator:
      add("orchestrator", 1, Suspicion.Weights.orchestrator)
      // What it told others to do is what it did; the rest is its book-keeping.
      if steps[place].isProse, isFollowed(place) {
        add("instruction", 1, Suspicion.Weights.instruction, "told the next what to do")
      }
    case .trivial: add("trivial", 1, Suspicion.Weights.trivial)
    case .plan: add("plan", 1, Suspicion.Weights.plan)
    case .worker: break
    }
    guard !steps[place].isOutcome else { return result }
    if let (outcome, next) = outcome(behind: place) {
      let alias = Trace.alias(ofSpanAt: steps[next].spanIndex)
      let words = outcome == .failed ? "what it asked for failed at once (\(alias))" : "it got nothing back (\(alias))"
      add("outcome", 1, Suspicion.Weights.outcome, words)
    }
    let assumptions = StepSignals.assumptions(texts[place], steps[place].text)
    if let first = assumptions.first {
      let amount = Double(min(2, assumptions.count)) / 2
      add("assumption", amount, Suspicion.Weights.assumption, "takes data for given (\"\(first)\")")
    }
    if let hint = hints[steps[place].spanIndex] {
      add("hint", hint == .low ? 0.5 : 1, Suspicion.Weights.hint)
    }
    addValues(place, add)
    addSymptom(place, add)
    if !taskWords.isEmpty {
      let shared = taskWords.intersection(texts[place].vocabulary).count
      add("task", Double(shared) / Double(taskWords.count), Suspicion.Weights.task)
    }
    return result
  }

  /// Whether a step only looks up what was asked for, and was told something. Where that failed or found nothing, it may have
  /// been asked in the wrong way.
  private func isSoundLookup(_ place: Int) -> Bool { steps[place].isLookup && outcome(behind: place) == nil }

  /// Whether a step that acts comes right behind, but for a word on who it is.
  private func isFollowed(_ place: Int) -> Bool {
    steps[(place + 1)...].prefix(2).contains { $0.role == .worker || $0.role == .tool }
  }

  /// What of the user's complaint the step speaks of.
  private func addSymptom(_ place: Int, _ add: (String, Double, Double, String?) -> Void) {
    guard let symptom else { return }
    let held = NotedValue.all(in: steps[place].text)
    let share = symptom.share(in: texts[place], values: held)
    guard share > 0 else { return }
    let words = symptom.found(in: texts[place], values: held).prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    add("symptom", share, Suspicion.Weights.symptom, "speaks of the complaint (\(words))")
  }

  /// Whether the user said a value, as it is or word for word among others.
  func isAsked(_ value: String) -> Bool {
    taskValues.contains(value) || StepText.words(value).allSatisfy { taskWords.contains($0) }
  }

  /// Values that nothing before has, and the steps that repeat them.
  private func addValues(_ place: Int, _ add: (String, Double, Double, String?) -> Void) {
    let new = texts[place].values.filter { origins[$0] == place && !isAsked($0) }
    guard !new.isEmpty else { return }
    let named = new.sorted { (Self.worth($1), $0) < (Self.worth($0), $1) }.prefix(2)
    let shown = named.map { "'\($0)'" }.joined(separator: ", ")
    let words = "first to say \(shown)" + (new.count > named.count ? " and \(new.count - named.count) more" : "")
    add(
      "unsupported", Double(new.count) / (Double(new.count) + Suspicion.Weights.someValues),
      Suspicion.Weights.unsupported, words)
    let followers = steps.indices.dropFirst(place + 1).filter { !texts[$0].values.isDisjoint(with: new) }
    guard !followers.isEmpty else { return }
    let aliases = followers.prefix(3).map { Trace.alias(ofSpanAt: steps[$0].spanIndex) }.joined(separator: ", ")
    let more = followers.count > 3 ? " and \(followers.count - 3) more" : ""
    add(
      "reach", Double(followers.count) / Double(steps.count), Suspicion.Weights.reach, "repeated by \(aliases)\(more)")
  }

  /// How much a value tells a reader: the longer ones say more, but not whole addresses, sentences and keys.
  private static func worth(_ value: String) -> Int {
    guard value.count <= 32, !value.contains("://"), value.count < 16 || !value.allSatisfy(\.isHexDigit) else {
      return 0
    }
    return value.contains(" ") || value.contains(where: \.isNumber) ? value.count : value.count / 3
  }

  /// What came of a step, as the tools right behind it tell and what encloses them: the first failure, else nothing where
  /// the last gave nothing.
  func outcome(behind place: Int) -> (StepSignals.Outcome, Int)? {
    var last: (StepSignals.Outcome, Int)?
    for next in steps[(place + 1)...].indices.prefix(Self.mostOutcomes) {
      guard steps[next].isOutcome else { break }
      let status = facts.trace.spans[steps[next].spanIndex].status
      let outcome = StepSignals.outcome(steps[next].text, status: status)
      if let outcome, outcome == .failed { return (outcome, next) }
      last = outcome.map { ($0, next) }
    }
    return last
  }

  /// A step calls no more tools than this at once, or what follows is a run of its own.
  private static let mostOutcomes = 8

  /// 1 for the first, and so much less for each that follows that the sixth has a third.
  private static func earliness(_ order: Int) -> Double {
    (0..<min(order, 40)).reduce(1) { amount, _ in amount * Suspicion.Weights.fading }
  }
}
