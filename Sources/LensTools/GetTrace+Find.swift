import JSONText
import MCP
import TraceModel

extension GetTrace {
  /// Where words occur: in names, status messages, attributes (as decoded text) and events.
  func occurrences(of words: String, in trace: Trace, _ context: LensContext) throws(ToolError) -> ToolResult {
    let needle = Array(words.utf8.map(Self.folded))
    guard !needle.isEmpty else {
      throw ToolError(.invalidArguments, "argument 'find' is empty", allowed: "Give the words to look for")
    }
    var items: [Answer.Item] = []
    var total = 0
    func look(in text: [UInt8], _ owner: String, _ key: String, _ spanID: SpanID?) {
      let hits = Self.hits(of: needle, in: text)
      guard let first = hits.first else { return }
      total += hits.count
      let window = text[max(0, first - 60)..<min(text.count, first + needle.count + 100)]
      let excerpt = context.excerpter.line(String(decoding: window, as: UTF8.self), limit: 220)
      let place = context.excerpter.line(key, limit: 60)
      items.append(
        Answer.Item(
          short: "\(owner) \(place)\(hits.count > 1 ? " (\(hits.count)×)" : ""): \"\(excerpt)\"", full: nil,
          json: .object(present: [
            "span": spanID == nil ? nil : .string(String(owner.prefix { $0 != " " })),
            "span_id": spanID.map { .string($0.description) }, "place": .string(place),
            "count": .int(Int64(hits.count)),
            "byte": .int(Int64(first)), "excerpt": .string(excerpt),
          ]), rank: 0))
    }
    for (index, span) in trace.spans.enumerated() {
      let owner = "\(Trace.alias(ofSpanAt: index)) \(context.excerpter.line(span.name, limit: 40))"
      look(in: Array(span.name.utf8), owner, "name", span.id)
      if let message = span.statusMessage { look(in: Array(message.utf8), owner, "status.message", span.id) }
      for (key, value) in span.attributes {
        let stored = value.stored
        look(in: stored.kind == .string ? stored.stringBytes : Array(stored.rawBytes), owner, key, span.id)
      }
      for event in span.events { look(in: Array(event.record.rawBytes), owner, "events \(event.name)", span.id) }
    }
    for assessment in trace.info.assessments {
      let owner = "assessment \(context.excerpter.line(assessment.name, limit: 40))"
      if let value = assessment.value { look(in: Array(value.rawBytes), owner, "value", nil) }
      if let rationale = assessment.rationale { look(in: Array(rationale.utf8), owner, "rationale", nil) }
    }
    let shown = context.excerpter.line(words, limit: 80)
    var answer = Answer(
      title: "'\(shown)' occurs \(total) times in \(Units.plural(items.count, "place")) of trace \(trace.info.id)",
      facts: [
        Answer.Fact("trace_id", .string(trace.info.id.rawValue)), Answer.Fact("find", .string(shown)),
        Answer.Fact("count", .int(Int64(total))),
      ])
    if !items.isEmpty {
      answer.sections = [Answer.Section(key: "places", heading: nil, items: items, remedy: nil, noun: "place")]
    } else {
      answer.notes = [
        Answer.Note(
          "looked in names, status messages, attributes, events and assessments of "
            + "\(Units.plural(trace.spans.count, "span")); case did not matter")
      ]
    }
    return answer.render(output, style: context.style)
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private static func hits(of needle: [UInt8], in text: [UInt8]) -> [Int] {
    guard text.count >= needle.count else { return [] }
    var found: [Int] = []
    var position = 0
    let last = text.count - needle.count
    while position <= last {
      if folded(text[position]) == needle[0],
        text[position..<position + needle.count].elementsEqual(needle, by: { folded($0) == $1 })
      {
        found.append(position)
        position += needle.count
      } else {
        position += 1
      }
    }
    return found
  }
}
