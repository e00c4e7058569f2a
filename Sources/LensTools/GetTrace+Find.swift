import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceSemantics

extension GetTrace {
  /// Where words, or what a `/regular expression/` fits, occur: in names, status messages, attributes, events, assessments.
  func occurrences(of words: String, in trace: Trace, _ context: LensContext) throws(ToolError) -> ToolResult {
    let isExpression = words.utf8.count > 2 && words.hasPrefix("/") && (words.hasSuffix("/") || words.hasSuffix("/i"))
    let matcher = try isExpression ? Self.expressionMatcher(words) : Self.wordMatcher(words)
    let found = try Self.occurrences(matcher, trace)
    let total = found.reduce(0) { $0 + $1.count }
    let shown = context.excerpter.line(words, limit: 80)
    var answer = Answer(
      title:
        "\(isExpression ? shown : "'\(shown)'") occurs \(Units.plural(total, "time")) in \(Units.plural(found.count, "place")) "
        + "of trace \(trace.info.id)",
      facts: [
        Answer.Fact("trace_id", .string(trace.info.id.rawValue)), Answer.Fact("find", .string(shown)),
        Answer.Fact("count", .int(Int64(total))),
      ])
    guard !found.isEmpty else {
      answer.notes = [
        Answer.Note(
          "looked in names, status messages, attributes, events and assessments of "
            + "\(Units.plural(trace.spans.count, "span"))\(words.hasSuffix("/") && isExpression ? "" : "; case did not matter")"
        )
      ]
      return answer.render(output, style: context.style)
    }
    // No line is shorter, so further ones could find no room.
    let made = found.prefix(max(8, output.maxChars / 24))
    answer.sections = [
      Answer.Section(
        key: "places", heading: nil, items: made.map { item($0, matcher, trace, context) },
        remedy: NextCall(
          "get_trace",
          [
            "trace_id": .string(trace.info.id.rawValue), "find": .string(words),
            "max_chars": .int(Int64(min(200_000, output.maxChars * 4))),
          ]), noun: "place", omittedCount: found.count - made.count)
    ]
    if let call = Self.call(for: found[0], trace) { answer.next = [call] }
    return answer.render(output, style: context.style)
  }

  /// The words around the first place. Secrets are masked before anything is cut, for half a secret is not recognised.
  private func excerpt(_ place: Occurrence, _ matcher: Matcher, _ context: LensContext) -> String {
    let margin = 4_096
    let (lower, upper) = (place.first.lowerBound, min(place.first.upperBound, place.first.lowerBound + 120))
    let around = place.text[max(0, lower - margin)..<min(place.text.count, upper + margin)]
    let safe = context.excerpter.masked(
      Array(around), under: place.path.steps.last { Int($0) == nil } ?? place.key)
    // What was before it in the text was looked at, so the first hit in the window is the same one.
    guard let hit = (try? matcher(safe))?.first else { return "inside a masked secret" }
    let head = SafeText.suffix(safe[..<hit.lowerBound], 60)
    let tail = SafeText.prefix(safe[hit.lowerBound...], min(hit.count, 120) + 100)
    return "\"\(context.excerpter.line(String(decoding: head + tail, as: UTF8.self), limit: 220))\""
  }

  private func item(
    _ place: Occurrence, _ matcher: Matcher, _ trace: Trace, _ context: LensContext
  ) -> Answer.Item {
    let excerpt = excerpt(place, matcher, context)
    let (alias, name, spanID): (String, String, SpanID?)
    switch place.owner {
    case .span(let index):
      (alias, name, spanID) = (Trace.alias(ofSpanAt: index), trace.spans[index].name, trace.spans[index].id)
    case .assessment(let index): (alias, name, spanID) = ("assessment", trace.info.assessments[index].name, nil)
    }
    let key = context.excerpter.line(place.key, limit: 60)
    let path = context.excerpter.line(place.path.description, limit: 120)
    let count = place.count > 1 ? " (\(place.count)×)" : ""
    let position = [key, path].filter { !$0.isEmpty }.joined(separator: " ")
    return Answer.Item(
      short: "\(alias) \(context.excerpter.line(name, limit: 40)) \(position)\(count): \(excerpt)", full: nil,
      json: .object(present: [
        "span": spanID == nil ? nil : .string(alias), "span_id": spanID.map { .string($0.description) },
        "assessment": spanID == nil ? .string(context.excerpter.line(name, limit: 40)) : nil,
        "place": .string(key), "path": path.isEmpty ? nil : .string(path), "count": .int(Int64(place.count)),
        "byte": .int(Int64(place.first.lowerBound)), "excerpt": .string(excerpt),
      ]), rank: 0)
  }

  /// The call that shows the value around the first place, whole.
  private static func call(for place: Occurrence, _ trace: Trace) -> NextCall? {
    guard case .span(let index) = place.owner else { return nil }
    let meaning = SpanMeaning(trace.spans[index])
    let field: (name: String, path: JSONPath)
    if place.key == meaning.inputs?.key {
      field = ("inputs", place.path)
    } else if place.key == meaning.outputs?.key {
      field = ("outputs", place.path)
    } else if trace.spans[index].attribute(place.key) != nil {
      field = ("attributes", JSONPath(steps: [place.key] + place.path.steps))
    } else if place.key.hasPrefix("events ") {
      field = ("events", place.path)
    } else {
      return nil
    }
    let path = field.path.description
    return NextCall(
      "get_trace",
      JSON.object(present: [
        "trace_id": .string(trace.info.id.rawValue), "span_ids": [.string(Trace.alias(ofSpanAt: index))],
        "fields": [.string(field.name)], "path": path.isEmpty ? nil : .string(path),
      ]).members)
  }

  // MARK: Matching

  private typealias Matcher = OccurrenceSearch<RegularExpression.Failure>.Matcher

  private static func occurrences(_ matcher: @escaping Matcher, _ trace: Trace) throws(ToolError) -> [Occurrence] {
    var search = OccurrenceSearch(matcher)
    do {
      return try search.occurrences(in: trace)
    } catch {
      throw toolError(error)
    }
  }

  /// A failed search as an error of the argument.
  private static func toolError(_ failure: RegularExpression.Failure) -> ToolError {
    switch failure {
    case .tooManySteps:
      ToolError(
        .invalidArguments,
        "argument 'find': the expression was given up: on some recorded text it takes more than a million steps",
        allowed: "Write it without a repetition inside a repetition, like (a+)+, or look for plain words")
    case .noLibrary:
      ToolError(
        .invalidArguments,
        "argument 'find': expressions need the library PCRE2 (libpcre2-8), which this system does not have",
        allowed: "Install it (Debian: libpcre2-8-0), or look for plain words without slashes around them")
    case .unreadable(let words, let offset):
      ToolError(
        .invalidArguments, "argument 'find' is no regular expression: \(words), at byte \(offset + 1)",
        allowed: "Write /expression/ or /expression/i in Perl's syntax, or plain words without slashes around them")
    }
  }

  private static func wordMatcher(_ words: String) throws(ToolError) -> Matcher {
    let needle = Array(words.utf8.map(folded))
    guard !needle.isEmpty else {
      throw ToolError(.invalidArguments, "argument 'find' is empty", allowed: "Give the words to look for")
    }
    return { bytes throws(RegularExpression.Failure) in hits(of: needle, in: bytes) }
  }

  private static func expressionMatcher(_ words: String) throws(ToolError) -> Matcher {
    let ignoresCase = words.hasSuffix("i")
    let pattern = String(words.dropFirst().dropLast(ignoresCase ? 2 : 1))
    do {
      let expression = try RegularExpression(pattern, ignoresCase: ignoresCase)
      return { bytes throws(RegularExpression.Failure) in try expression.ranges(in: bytes) }
    } catch {
      throw toolError(error)
    }
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private static func hits(of needle: [UInt8], in text: [UInt8]) -> [Range<Int>] {
    guard text.count >= needle.count else { return [] }
    var found: [Range<Int>] = []
    var position = 0
    let last = text.count - needle.count
    while position <= last {
      if folded(text[position]) == needle[0],
        text[position..<position + needle.count].elementsEqual(needle, by: { folded($0) == $1 })
      {
        found.append(position..<position + needle.count)
        position += needle.count
      } else {
        position += 1
      }
    }
    return found
  }
}
