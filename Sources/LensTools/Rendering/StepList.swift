import JSONText
import TraceAnalysis
import TraceModel

/// The steps of a trace in their order: suspects at length, the others in a line.
struct StepList {
  let ranking: SuspicionRanking
  let facts: TraceFacts
  let excerpter: Excerpter

  /// Suspects whose words are shown at length.
  private static let mostSuspects = 6
  /// Bytes of a suspect's words, before there is room for all of them; what a message says is in its first 600 characters.
  private static let excerpt = 760
  /// Bytes of a suspect's words, where there is room.
  private static let whole = 6_000
  /// Bytes of the words of the others.
  private static let line = 72

  func section(_ remedy: NextCall) -> Answer.Section {
    let places = Dictionary(uniqueKeysWithValues: ranking.suspicions.enumerated().map { ($1.step.spanIndex, $0) })
    let items = ranking.steps.map { step -> Answer.Item in
      let place = places[step.spanIndex] ?? .max
      let isSuspect = place < Self.mostSuspects
      let span = facts.trace.spans[step.spanIndex]
      let (alias, name) = (Trace.alias(ofSpanAt: step.spanIndex), excerpter.line(span.name, limit: 40))
      let id = span.id.description.prefix(8)
      let head = "\(alias) \(id) \(name)\(isSuspect ? " (suspect \(place + 1))" : "")"
      func text(_ limit: Int) -> String { "\(head): \"\(excerpter.line(step.text, limit: limit))\"" }
      let short = text(isSuspect ? Self.excerpt : Self.line)
      let full = isSuspect ? text(Self.whole) : text(Self.excerpt / 2)
      return Answer.Item(
        short: short, full: full == short ? nil : full,
        json: .object(present: [
          "span": .string(alias), "span_id": .string(span.id.description), "name": .string(name),
          "suspect": isSuspect ? .int(Int64(place + 1)) : nil,
          "start_ms": .double(Double(facts.offset(step.spanIndex)) / 1e6),
          "text": .string(excerpter.line(step.text, limit: isSuspect ? Self.excerpt : Self.line)),
        ]), rank: isSuspect ? 4 + place / 2 : 8)
    }
    return Answer.Section(
      key: "steps", heading: "steps in their order: what each said or gave back", items: items, remedy: remedy,
      noun: "step")
  }
}
