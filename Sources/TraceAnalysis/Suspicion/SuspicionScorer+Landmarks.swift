import JSONText
import TraceModel
import TraceSemantics

extension SuspicionScorer {
  /// In a run of more acting steps than this the order of acting says little of most of them.
  private static let manyActing = 12
  /// So many places at the top are left to the score.
  private static let kept = 3

  /// In a long run the steps behind the first three give way to its landmarks, which are worth a look whatever the score:
  /// who first said what the answer says, whose request was the first that failed, who acted last. What they have in
  /// common is that they hold for any app, in any language.
  func withLandmarks(_ ranked: [Suspicion]) -> [Suspicion] {
    guard steps.count(where: { $0.role == .worker }) > Self.manyActing else { return ranked }
    var marks: [(place: Int, reason: String)] = []
    if let (place, values) = answerOrigin() {
      let shown = values.prefix(2).map { "'\($0)'" }.joined(separator: ", ")
      marks.append((place, "first to say what the answer says (\(shown))"))
    }
    if let place = steps.indices.first(where: { steps[$0].role == .worker && outcome(behind: $0)?.0 == .failed }) {
      marks.append((place, "what it asked for was the first to fail"))
    }
    if let place = lastActing() { marks.append((place, "the last to act before the answer")) }

    var result = Array(ranked.prefix(Self.kept))
    for mark in marks {
      let index = steps[mark.place].spanIndex
      if let known = result.firstIndex(where: { $0.step.spanIndex == index }) {
        if !result[known].reasons.contains(mark.reason) { result[known].reasons.append(mark.reason) }
      } else if var suspicion = ranked.first(where: { $0.step.spanIndex == index }) {
        suspicion.reasons.insert(mark.reason, at: 0)
        result.append(suspicion)
      }
    }
    let named = Set(result.map(\.step.spanIndex))
    return result + ranked.filter { !named.contains($0.step.spanIndex) }
  }

  /// The acting step that was first to say most of what the answer says and the task does not.
  private func answerOrigin() -> (place: Int, values: [String])? {
    guard let answer = facts.turn.output else { return nil }
    let text = StepText(String(answer.text.prefix(4_000)))
    var found: [Int: [String]] = [:]
    for value in text.values where !isAsked(value) {
      guard let place = origins[value], steps[place].role == .worker else { continue }
      found[place, default: []].append(value)
    }
    return found.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }.map { ($0.key, $0.value.sorted()) }
  }

  /// The last acting step that is not the answer itself.
  private func lastActing() -> Int? {
    let answer = facts.turn.output.map { Set(facts.tree.ancestry(of: $0.spanIndex)) } ?? []
    let words = facts.turn.output?.gist?.text ?? ""
    return steps.indices.last { place in
      steps[place].role == .worker && !answer.contains(steps[place].spanIndex) && steps[place].text != words
    }
  }
}
