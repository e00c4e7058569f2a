import JSONText
import TraceAnalysis
import TraceModel

/// The steps of a trace in their order: suspects at length, the others in a line.
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

  func section(_ remedy: NextCall) -> Answer.Section {
    let places = Dictionary(uniqueKeysWithValues: ranking.suspicions.enumerated().map { ($1.step.spanIndex, $0) })
    let longSteps = Self.mostSuspects + max(0, room - OutputOptions.usualMaxChars) / Self.bytesPerStep
    let items = ranking.steps.map { step -> Answer.Item in
      let place = places[step.spanIndex] ?? .max
      let isSuspect = place < Self.mostSuspects
      let isLong = place < longSteps
      let span = facts.trace.spans[step.spanIndex]
      let (alias, name) = (Trace.alias(ofSpanAt: step.spanIndex), excerpter.line(span.name, limit: 40))
      let id = span.id.description.prefix(8)
      let head = "\(alias) \(id) \(name)\(isSuspect ? " (suspect \(place + 1))" : "")"
      func text(_ limit: Int) -> String { "\(head): \"\(excerpter.line(step.text, limit: limit))\"" }
      let short = text(isLong ? Self.excerpt : Self.line)
      let full = isLong ? text(Self.whole) : text(Self.excerpt / 2)
      return Answer.Item(
        short: short, full: full == short ? nil : full,
        json: .object(present: [
          "span": .string(alias), "span_id": .string(span.id.description), "name": .string(name),
          "suspect": isSuspect ? .int(Int64(place + 1)) : nil,
          "start_ms": .double(Double(facts.offset(step.spanIndex)) / 1e6),
          "text": .string(excerpter.line(step.text, limit: isLong ? Self.excerpt : Self.line)),
        ]), rank: isSuspect ? 4 + place / 2 : isLong ? 7 : 8)
    }
    return Answer.Section(
      key: "steps", heading: "steps in their order: what each said or gave back", items: items, remedy: remedy,
      noun: "step")
  }
}
