import JSONText
import TraceAnalysis
import TraceModel

/// The steps of a trace in their order: suspects at length, what they were asked and what came of it beside them, the others
/// in a line.
struct StepList {
  let ranking: SuspicionRanking
  let facts: TraceFacts
  let excerpter: Excerpter
  /// Bytes of the whole answer.
  let room: Int

  /// Suspects that are named as such, and whose words are shown at length in an answer of the usual size.
  private static let mostSuspects = 6
  /// Each so many bytes more show one step more at length.
  private static let bytesPerStep = 900
  /// Bytes of a suspect's words, before there is room for all of them; what a message says is in its first 600 characters.
  private static let excerpt = 760
  /// Bytes of a suspect's words, where there is room.
  private static let whole = 6_000
  /// Bytes of the words of the others.
  private static let line = 72
  /// Bytes of what stands beside a suspect.
  private static let beside = 260
  /// Bytes of what a tool gave back, in a step that is shown in a line.
  private static let shortestResult = 48
  /// Of more calls in one step, how many there are is told.
  private static let mostResults = 4

  /// How a step is shown.
  private struct Display {
    /// Bytes of its words, and where there is room.
    var short, full: Int
    /// When it is served, and when in full.
    var rank, fullRank: Int
  }

  func section(_ remedy: NextCall) -> Answer.Section {
    let places = Dictionary(uniqueKeysWithValues: ranking.suspicions.enumerated().map { ($1.step.spanIndex, $0) })
    let displays = displays(places)
    let results = results
    let items = zip(ranking.steps, displays).map { step, display -> Answer.Item in
      let place = places[step.spanIndex] ?? .max
      let isSuspect = place < Self.mostSuspects && step.isCandidate
      let span = facts.trace.spans[step.spanIndex]
      let (alias, name) = (Trace.alias(ofSpanAt: step.spanIndex), excerpter.line(span.name, limit: 40))
      let id = span.id.description.prefix(8)
      let speaker = step.speaker.map { excerpter.line($0, limit: 40) }
      let head = "\(alias) \(id) \(speaker.map { "\($0)/" } ?? "")\(name)\(isSuspect ? " (suspect \(place + 1))" : "")"
      let gaveBack = results[step.spanIndex] ?? []
      func shown(_ limit: Int) -> [String] {
        gaveBack.prefix(Self.mostResults).map {
          excerpter.line($0, limit: min(max(limit / 2, Self.shortestResult), Self.beside))
        }
      }
      let more = gaveBack.count > Self.mostResults ? " → (\(gaveBack.count - Self.mostResults) more)" : ""
      func text(_ limit: Int) -> String {
        "\(head): \"\(excerpter.line(step.text, limit: limit))\"" + shown(limit).map { " → \"\($0)\"" }.joined() + more
      }
      let (short, full) = (text(display.short), text(display.full))
      return Answer.Item(
        short: short, full: full == short ? nil : full,
        json: .object(present: [
          "span": .string(alias), "span_id": .string(span.id.description), "name": .string(name),
          "speaker": speaker.map { .string($0) },
          "suspect": isSuspect ? .int(Int64(place + 1)) : nil,
          "start_ms": .double(Double(facts.offset(step.spanIndex)) / 1e6),
          "text": .string(excerpter.line(step.text, limit: display.short)),
          "tool_results": gaveBack.isEmpty ? nil : .array(shown(display.short).map { .string($0) }),
        ]), rank: display.rank, fullRank: display.fullRank)
    }
    return Answer.Section(
      key: "steps", heading: "steps in their order: what each said or gave back", items: items, remedy: remedy,
      noun: "step")
  }

  /// What the tools gave back that a model asked for, by the place of its span, where only messages tell it.
  private var results: [Int: [JSONValue]] {
    facts.toldToolUses.reduce(into: [:]) { results, use in
      guard let result = use.result else { return }
      results[use.spanIndex, default: []].append(result)
    }
  }

  /// How each step is shown: suspects first and at length; beside them what they were asked and what came of it; then who
  /// else acted, the more suspicious first; what came of the others last.
  private func displays(_ places: [Int: Int]) -> [Display] {
    let longSteps = Self.mostSuspects + max(0, room - OutputOptions.usualMaxChars) / Self.bytesPerStep
    let steps = ranking.steps
    var displays = steps.map { step -> Display in
      let place = places[step.spanIndex] ?? .max
      if place < longSteps {
        // The whole of the first is worth more than the beginning of a further step, of the others less.
        return Display(
          short: Self.excerpt, full: Self.whole, rank: place < Self.mostSuspects ? 4 + place / 2 : 7,
          fullRank: place == 0 ? 0 : 20 + place)
      }
      if step.isOutcome { return Display(short: Self.line, full: Self.excerpt / 2, rank: 9, fullRank: 30) }
      return Display(short: Self.line, full: Self.excerpt, rank: 8, fullRank: 10)
    }
    for place in steps.indices
    where steps[place].isCandidate && (places[steps[place].spanIndex] ?? .max) < Self.mostSuspects {
      let around = [request(before: place)].compactMap { $0 } + outcomes(behind: place)
      for other in around where displays[other].rank > 7 {
        displays[other] = Display(short: Self.beside, full: Self.excerpt / 2, rank: 7, fullRank: 28)
      }
    }
    return displays
  }

  /// Who handed the work to a step: the last dispatcher before it that said so in words.
  private func request(before place: Int) -> Int? {
    ranking.steps[..<place].indices.suffix(3).last {
      ranking.steps[$0].role == .orchestrator && ranking.steps[$0].isProse
    }
  }

  /// What came of a step: of several results the last, which often tells how it ended.
  private func outcomes(behind place: Int) -> [Int] {
    let run = ranking.steps[(place + 1)...].prefix { $0.isOutcome }
    return Set([run.startIndex, run.endIndex - 1]).filter { run.indices.contains($0) }.sorted()
  }
}
