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
    for (index, span) in trace.spans.enumerated() {
      var places: [(String, [UInt8])] = [("name", Array(span.name.utf8))]
      if let message = span.statusMessage { places.append(("status.message", Array(message.utf8))) }
      for attribute in span.attributes {
        places.append(
          (
            attribute.key,
            attribute.value.stored.kind == .string
              ? attribute.value.stored.stringBytes : Array(attribute.value.stored.rawBytes)
          ))
      }
      for event in span.events { places.append(("events \(event.name)", Array(event.record.rawBytes))) }
      for (place, text) in places {
        let hits = Self.hits(of: needle, in: text)
        guard let first = hits.first else { continue }
        total += hits.count
        let start = max(0, first - 60)
        let window = text[start..<min(text.count, first + needle.count + 100)]
        let excerpt = context.excerpter.line(String(decoding: window, as: UTF8.self), limit: 220)
        let alias = Trace.alias(ofSpanAt: index)
        let key = context.excerpter.line(place, limit: 60)
        items.append(
          Answer.Item(
            short: "\(alias) \(key)\(hits.count > 1 ? " (\(hits.count)×)" : ""): \"\(excerpt)\"", full: nil,
            json: [
              "span": .string(alias), "span_id": .string(span.id.description), "attribute": .string(key),
              "count": .int(Int64(hits.count)), "byte": .int(Int64(first)), "excerpt": .string(excerpt),
            ], rank: 0))
      }
    }
    let shown = context.excerpter.line(words, limit: 80)
    var answer = Answer(
      title: "'\(shown)' occurs \(total) times in \(Units.plural(items.count, "place")) of trace \(trace.info.id)",
      facts: [
        JSON.Member("trace_id", .string(trace.info.id.rawValue)), JSON.Member("find", .string(shown)),
        JSON.Member("count", .int(Int64(total))),
      ])
    if !items.isEmpty {
      answer.sections = [Answer.Section(key: "places", heading: nil, items: items, remedy: nil, noun: "place")]
    } else {
      answer.notes = [
        "looked in names, status messages, attributes and events of \(Units.plural(trace.spans.count, "span")); case did not matter"
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
