public import JSONText
public import TraceModel
import TraceSemantics

/// Words that were recorded, and the place they stand at: whoever reads that place again finds the same words.
public struct Evidence: Sendable, Hashable {
  /// A part of a span, by the names of get_trace, or of the trace's info.
  public enum Field: String, Sendable, Hashable {
    /// What went in, as ``SpanMeaning/inputs``.
    case inputs
    /// What came out, as ``SpanMeaning/outputs``.
    case outputs
    /// The span's events, an array.
    case events
    /// The message beside the status.
    case statusMessage = "status.message"
    /// The assessments of the trace, by their place.
    case assessments
  }

  /// The span, by its place in ``Trace/spans``; nil for the trace's own info.
  public var spanIndex: Int?
  /// The part it stands in.
  public var field: Field
  /// The way to the value in that part.
  public var path: JSONPath
  /// The bytes of the value's text: of a string decoded, of anything else as JSON.
  public var range: Range<Int>
  /// The words.
  public var excerpt: String

  /// Longer pieces are cut: the range says where it goes on.
  private static let longest = 220

  /// The words at a place: around `words` where those stand in it, else from its beginning. Nil where there is no such
  /// place, or nothing in it.
  public init?(
    _ field: Field, of spanIndex: Int?, at path: JSONPath = JSONPath(steps: []), around words: String? = nil,
    in facts: TraceFacts
  ) {
    guard let text = Self.text(field, spanIndex, path, in: facts.trace, facts.meaning), !text.isEmpty else {
      return nil
    }
    let range = Self.window(text, words.map { Array($0.utf8) })
    self.init(
      spanIndex: spanIndex, field: field, path: path, range: range,
      excerpt: String(decoding: text[range], as: UTF8.self))
  }

  private init(spanIndex: Int?, field: Field, path: JSONPath, range: Range<Int>, excerpt: String) {
    self.spanIndex = spanIndex
    self.field = field
    self.path = path
    self.range = range
    self.excerpt = excerpt
  }

  /// The words that stand at this place of a trace; nil where it has no such place.
  public func read(from trace: Trace) -> String? {
    guard let text = Self.text(field, spanIndex, path, in: trace, { SpanMeaning(trace.spans[$0]) }),
      range.upperBound <= text.count
    else { return nil }
    return String(decoding: text[range], as: UTF8.self)
  }

  // MARK: Reading

  private static func text(
    _ field: Field, _ spanIndex: Int?, _ path: JSONPath, in trace: Trace, _ meaning: (Int) -> SpanMeaning
  ) -> [UInt8]? {
    let value: JSONValue?
    switch (field, spanIndex) {
    case (.assessments, _):
      guard let place = path.steps.first.flatMap({ Int($0) }), trace.info.assessments.indices.contains(place)
      else { return nil }
      let assessment = trace.info.assessments[place]
      if path.steps.last == "rationale" { return assessment.rationale.map { Array($0.utf8) } }
      return assessment.value.map { Array($0.rawBytes) }
    case (_, nil): return nil
    case (.statusMessage, let index?): return trace.spans[index].statusMessage.map { Array($0.utf8) }
    case (.events, let index?): value = trace.spans[index].record["events"]
    case (.inputs, let index?): value = meaning(index).inputs?.value
    case (.outputs, let index?): value = meaning(index).outputs?.value
    }
    guard let value, case .found(let found) = path.resolve(in: value) else { return nil }
    return found.kind == .string ? found.stringBytes : Array(found.rawBytes)
  }

  /// A piece of the text that splits no character.
  private static func window(_ text: [UInt8], _ words: [UInt8]?) -> Range<Int> {
    var start = 0
    if let words, !words.isEmpty, let hit = text.firstRange(of: words) {
      start = max(0, min(hit.lowerBound - longest / 3, text.count - longest))
    }
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    var end = min(text.count, start + longest)
    while end > start, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
    return start..<end
  }
}

extension Evidence {
  /// How a span failed: the exception's message, else the status message.
  static func ofFailure(_ index: Int, in facts: TraceFacts) -> [Evidence] {
    let events = facts.trace.spans[index].events
    if let place = events.lastIndex(where: { $0.exception != nil }) {
      for steps in [["attributes", "exception.message"], ["attributes", "exception.type"]] {
        if let found = Evidence(.events, of: index, at: JSONPath(steps: ["\(place)"] + steps), in: facts) {
          return [found]
        }
      }
    }
    return Evidence(.statusMessage, of: index, in: facts).map { [$0] } ?? []
  }

  /// The result of a call that messages tell of, where it stands in them.
  static func ofResult(_ use: ToolUse, in facts: TraceFacts) -> [Evidence] {
    guard let index = use.resultSpanIndex, let result = use.result, let inputs = facts.meaning(index).inputs,
      let path = inputs.value.path(to: result), let found = Evidence(.inputs, of: index, at: path, in: facts)
    else { return ofOutput(use.spanIndex, around: use.name, in: facts) }
    return [found]
  }

  /// What a span gave back: the words a person would quote.
  static func ofOutput(_ index: Int, around words: String? = nil, in facts: TraceFacts) -> [Evidence] {
    guard let outputs = facts.meaning(index).outputs else { return ofFailure(index, in: facts) }
    let path = Gist(of: outputs.value, side: .output)?.path ?? JSONPath(steps: [])
    let found =
      Evidence(.outputs, of: index, at: path, around: words, in: facts)
      ?? Evidence(.outputs, of: index, around: words, in: facts)
    return found.map { [$0] } ?? []
  }
}

extension JSONValue {
  /// The way to the last place at which a value stands in this one, as it is written; nil where it stands nowhere.
  fileprivate func path(to value: JSONValue, depth: Int = 0) -> JSONPath? {
    if kind == value.kind, rawBytes.elementsEqual(value.rawBytes) { return JSONPath(steps: []) }
    guard depth < 8 else { return nil }
    let parts: [(step: String, value: JSONValue)] =
      switch kind {
      case .object: members.map { ($0.key, $0.value) }
      case .array: elements.enumerated().map { ("\($0)", $1) }
      default: []
      }
    for part in parts.reversed() where part.value.rawBytes.count >= value.rawBytes.count {
      if let rest = part.value.path(to: value, depth: depth + 1) { return JSONPath(steps: [part.step] + rest.steps) }
    }
    return nil
  }
}
