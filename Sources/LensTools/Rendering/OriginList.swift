import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// Where the values of the answer and of calls come from, a line for each step that was first to have some.
struct OriginList {
  let facts: TraceFacts
  let excerpter: Excerpter

  private static let rank = 11

  /// Nil where nothing can be told.
  var section: Answer.Section? {
    guard let provenance = Provenance(facts) else { return nil }
    var groups: [Group] = []
    for entry in provenance.entries {
      // What the question itself says comes from the user; what stood beside it was said before, or put in by the app.
      let isAsked = !entry.origin.isOutput && isInQuestion(entry)
      if let place = groups.firstIndex(where: { $0.origin == entry.origin && $0.isAsked == isAsked }) {
        groups[place].entries.append(entry)
      } else {
        groups.append(Group(origin: entry.origin, isAsked: isAsked, entries: [entry]))
      }
    }
    return Answer.Section(
      key: "origins", heading: "where the answer's values, and those of calls, were first seen:",
      items: groups.map { group in
        let place = group.isAsked ? "asked by the user" : place(group.origin)
        return Answer.Item(
          short: "\(place): \(group.entries.map(words).joined(separator: ", "))", full: nil,
          json: json(group.origin, group.entries), rank: Self.rank)
      }, remedy: nil, noun: "origin")
  }

  private struct Group {
    var origin: ValueFlow.Appearance
    var isAsked: Bool
    var entries: [Provenance.Entry]
  }

  private func isInQuestion(_ entry: Provenance.Entry) -> Bool {
    guard let question = facts.turn.input, question.spanIndex == entry.origin.spanIndex else { return false }
    return question.text.lowercased().contains(entry.words.lowercased())
  }

  private func place(_ origin: ValueFlow.Appearance) -> String {
    let span = facts.trace.spans[origin.spanIndex]
    let step = "\(Trace.alias(ofSpanAt: origin.spanIndex)) \(excerpter.line(span.name, limit: 40))"
    guard origin.isOutput else { return "given to \(step)" }
    return facts.isModelCall(origin.spanIndex) ? "said by \(step)" : "given back by \(step)"
  }

  private func words(_ entry: Provenance.Entry) -> String {
    var words = "'\(excerpter.line(entry.words, limit: 60))'"
    func list(_ spans: [Int]) -> String {
      spans.prefix(3).map { Trace.alias(ofSpanAt: $0) }.joined(separator: ", ") + (spans.count > 3 ? ", …" : "")
    }
    if !entry.repeated.isEmpty { words += " (again \(list(entry.repeated)))" }
    if !entry.calls.isEmpty { words += " (for \(list(entry.calls)))" }
    return words
  }

  private func json(_ origin: ValueFlow.Appearance, _ entries: [Provenance.Entry]) -> JSON {
    .object([
      JSON.Member("span", .string(Trace.alias(ofSpanAt: origin.spanIndex))),
      JSON.Member("span_id", .string(facts.trace.spans[origin.spanIndex].id.description)),
      JSON.Member("field", .string(origin.isOutput ? "outputs" : "inputs")),
      JSON.Member(
        "values",
        .array(
          entries.map { entry in
            .object(present: [
              "value": .string(excerpter.line(entry.words, limit: 60)),
              "in_answer": .bool(entry.isInAnswer),
              "calls": entry.calls.isEmpty
                ? nil : .array(entry.calls.map { .string(Trace.alias(ofSpanAt: $0)) }),
              "repeated": entry.repeated.isEmpty
                ? nil : .array(entry.repeated.prefix(20).map { .string(Trace.alias(ofSpanAt: $0)) }),
            ])
          })),
    ])
  }
}
