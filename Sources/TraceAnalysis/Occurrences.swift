public import JSONText
public import TraceModel

/// A place in a trace where something that was looked for stands.
public struct Occurrence: Sendable {
  /// What the place belongs to.
  public enum Owner: Sendable, Hashable {
    /// A span, by its place in ``Trace/spans``.
    case span(Int)
    /// An assessment, by its place among those of the info.
    case assessment(Int)
  }

  /// What the place belongs to.
  public var owner: Owner
  /// An attribute's key, or `name`, `status.message`, `events <name>`, `value`, `rationale`.
  public var key: String
  /// The way to the value inside of it; JSON held in strings is entered.
  public var path: JSONPath
  /// How often it stands in this value.
  public var count: Int
  /// Where it stands first, in bytes of ``text``.
  public var first: Range<Int>
  /// The words of the value, decoded.
  public var text: [UInt8]
}

/// Looks through all that was recorded of a trace, value by value, so that escapes of JSON do not matter.
public struct OccurrenceSearch<Failure: Error> {
  /// Where it stands in a text; in order, without overlaps.
  public typealias Matcher = ([UInt8]) throws(Failure) -> [Range<Int>]

  private let matcher: Matcher
  private var found: [Occurrence] = []

  /// Deeper values are searched as text.
  private static var deepest: Int { 64 }

  /// A search by a matcher.
  public init(_ matcher: @escaping Matcher) { self.matcher = matcher }

  /// All places in the order of the spans, the assessments last.
  public mutating func occurrences(in trace: Trace) throws(Failure) -> [Occurrence] {
    found = []
    for (index, span) in trace.spans.enumerated() {
      let owner = Occurrence.Owner.span(index)
      try look(Array(span.name.utf8), owner, "name", [])
      if let message = span.statusMessage { try look(Array(message.utf8), owner, "status.message", []) }
      for (key, value) in span.attributes { try look(into: value.decoded, owner, key) }
      for (place, event) in span.events.enumerated() {
        try look(into: event.record, owner, "events \(event.name)", ["\(place)"])
      }
    }
    for (index, assessment) in trace.info.assessments.enumerated() {
      let owner = Occurrence.Owner.assessment(index)
      if let value = assessment.value { try look(into: value, owner, "value") }
      if let rationale = assessment.rationale { try look(Array(rationale.utf8), owner, "rationale", []) }
    }
    return found
  }

  /// The value by its parts; where it is in none of them, as the text it is recorded as: it may stand across several.
  private mutating func look(
    into value: JSONValue, _ owner: Occurrence.Owner, _ key: String, _ steps: [String] = []
  ) throws(Failure) {
    let before = found.count
    try look(value, owner, key, steps)
    if found.count == before, value.isContainer { try look(Array(value.rawBytes), owner, key, steps) }
  }

  private mutating func look(
    _ value: JSONValue, _ owner: Occurrence.Owner, _ key: String, _ steps: [String]
  ) throws(Failure) {
    if steps.count > Self.deepest { return try look(Array(value.rawBytes), owner, key, steps) }
    switch value.kind {
    case .object:
      for member in value.members {
        try look(Array(member.key.utf8), owner, key, steps + [member.key])
        try look(member.value, owner, key, steps + [member.key])
      }
    case .array:
      for (place, element) in value.elements.enumerated() { try look(element, owner, key, steps + ["\(place)"]) }
    case .string:
      if let nested = value.nestedDocument() { return try look(nested.root, owner, key, steps) }
      try look(value.stringBytes, owner, key, steps)
    case .number: try look(Array(value.rawBytes), owner, key, steps)
    case .null, .true, .false: break
    }
  }

  private mutating func look(
    _ text: [UInt8], _ owner: Occurrence.Owner, _ key: String, _ steps: [String]
  ) throws(Failure) {
    guard !text.isEmpty, case let hits = try matcher(text), let first = hits.first else { return }
    found.append(
      Occurrence(
        owner: owner, key: key, path: JSONPath(steps: steps), count: hits.count, first: first, text: text))
  }
}
