import JSONText
public import TraceModel
public import TraceSemantics

/// What a sample of traces has in common: where things stand and which keys occur.
public struct SchemaSurvey: Sendable {
  /// A moment at which a side of the turn began to stand somewhere else.
  public struct Change: Sendable {
    /// Whether it is the answer's side.
    public var isOutput: Bool
    /// Where it stood before.
    public var before: Place
    /// Where it stands from then on.
    public var after: Place
    /// The last trace looked at that had it there, and the first that has it here.
    public var traces: (last: TraceInfo, first: TraceInfo)
  }

  /// A key that names a session which MLflow does not know as one.
  public struct HiddenSession: Sendable, Hashable {
    /// The attribute.
    public var key: String
    /// A session's id.
    public var example: String
  }

  /// Something and how often it occurred.
  public struct Count<Value: Hashable & Sendable>: Sendable, Hashable {
    /// The thing.
    public var value: Value
    /// How often.
    public var count: Int
  }

  /// Where one side of a turn stands.
  public struct Place: Sendable, Hashable {
    /// Names of the spans from the root to the one that holds it.
    public var spanPath: [String]
    /// The attribute.
    public var attribute: String
    /// The path inside, numbers as `*`; empty for the whole value.
    public var path: String
    /// Whether it is the last message of its side in a chat.
    public var isLastMessage: Bool
  }

  /// A span's name and type.
  public struct SpanKind: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The type.
    public var type: String
  }

  /// What is read from which attribute.
  public struct Source: Sendable, Hashable {
    /// What it tells.
    public var particular: SpanMeaning.Particular
    /// The attribute.
    public var key: String
  }

  /// A key of attributes, tags or metadata, or the name of an assessment.
  public struct Key: Sendable {
    /// The key.
    public var name: String
    /// How often it occurred.
    public var count: Int
    /// JSON kinds of its values; for an assessment its sources.
    public var kinds: [Count<String>]
    /// The largest value in bytes.
    public var largestSize: Int
    /// The values, the most frequent first; of keys with few short values all, else none.
    public var values: [Count<String>]
    /// Whether the values are few enough to be worth listing.
    public var hasFewValues: Bool
  }

  /// Traces looked at.
  public let traceCount: Int
  /// Traces whose root is only a wrapper.
  public let wrapperRoots: Int
  /// Conventions and the spans that follow them.
  public let conventions: [Count<String>]
  /// Where the user's words stand, the most frequent first.
  public let inputs: [Count<Place>]
  /// Where the answer stands.
  public let outputs: [Count<Place>]
  /// Span names and types.
  public let spans: [Count<SpanKind>]
  /// Where type, model, tokens, … are read from, and of how many spans.
  public let sources: [Count<Source>]
  /// Attribute keys of all spans.
  public let attributes: [Key]
  /// Keys of trace tags.
  public let tags: [Key]
  /// Keys of trace metadata.
  public let metadata: [Key]
  /// Names of assessments.
  public let assessments: [Key]
  /// Changes of the places in the course of time; empty where places go to and fro.
  public let changes: [Change]
  /// Milliseconds that all but a tenth of the traces do not exceed; nil where none has ended.
  public let slowMs: Int64?
  /// Sessions that only an attribute names, and in how many traces.
  public let hiddenSessions: [Count<HiddenSession>]

  /// Surveys the traces.
  public init(_ traces: [Trace]) {
    var conventions: [String: Int] = [:]
    var inputs: [Place: Int] = [:]
    var outputs: [Place: Int] = [:]
    var spans: [SpanKind: Int] = [:]
    var (attributes, tags, metadata, assessments) = (KeyCounter(), KeyCounter(), KeyCounter(), KeyCounter())
    var sources: [Source: Int] = [:]
    var wrappers = 0
    var (inputCourse, outputCourse) = (Course(), Course())
    var hidden: [String: (example: String, count: Int)] = [:]
    let inOrder = traces.sorted { ($0.info.requestTime, $0.info.id) < ($1.info.requestTime, $1.info.id) }
    for trace in inOrder {
      let tree = SpanTree(trace.spans)
      let turn = TurnReading(trace, tree: tree)
      wrappers += turn.hasWrapperRoot ? 1 : 0
      if let place = turn.input.map({ Self.place($0, trace, tree) }) {
        inputs[place, default: 0] += 1
        inputCourse.add(place, trace.info)
      }
      if let place = turn.output.map({ Self.place($0, trace, tree) }) {
        outputs[place, default: 0] += 1
        outputCourse.add(place, trace.info)
      }
      var sessionKeys: [String: String] = [:]
      for (place, span) in trace.spans.enumerated() {
        let meaning = SpanMeaning(span)
        for convention in meaning.conventions { conventions[convention.name, default: 0] += 1 }
        spans[SpanKind(name: span.name, type: meaning.type), default: 0] += 1
        if place < Self.mostSources {
          for (particular, key) in meaning.sources {
            sources[Source(particular: particular, key: key), default: 0] += 1
          }
        }
        if trace.info.sessionID == nil, let session = meaning.session, let id = session.value.string {
          sessionKeys[session.key] = id
        }
        for (key, value) in span.attributes { attributes.add(Self.withoutNumbers(key), value) }
      }
      for (key, id) in sessionKeys {
        hidden[key] = (hidden[key]?.example ?? id, (hidden[key]?.count ?? 0) + 1)
      }
      for (key, value) in trace.info.tags { tags.add(key, value) }
      for (key, value) in trace.info.metadata { metadata.add(key, value) }
      for assessment in trace.info.assessments where assessment.isValid { assessments.add(assessment) }
    }
    traceCount = traces.count
    wrapperRoots = wrappers
    self.conventions = Self.ranked(conventions) { $0 }
    self.inputs = Self.ranked(inputs) { $0.spanPath.joined(separator: "\u{0}") + $0.attribute + $0.path }
    self.outputs = Self.ranked(outputs) { $0.spanPath.joined(separator: "\u{0}") + $0.attribute + $0.path }
    self.spans = Self.ranked(Self.folded(spans)) { $0.name + "\u{0}" + $0.type }
    self.sources = Self.ranked(sources) { $0.particular.rawValue + $0.key }
    self.attributes = attributes.keys
    self.tags = tags.keys
    self.metadata = metadata.keys
    self.assessments = assessments.keys
    changes = inputCourse.changes(isOutput: false) + outputCourse.changes(isOutput: true)
    let durations = traces.compactMap(\.info.executionDurationMs).sorted()
    slowMs = durations.isEmpty ? nil : durations[(durations.count - 1) * 9 / 10]
    let named = hidden.map { (HiddenSession(key: $0.key, example: $0.value.example), $0.value.count) }
    hiddenSessions = Self.ranked(Dictionary(uniqueKeysWithValues: named)) { $0.key }
  }

  private static func place(_ side: TurnReading.Side, _ trace: Trace, _ tree: SpanTree) -> Place {
    let steps = side.gist?.path.steps ?? []
    let path = steps.map { Int($0) == nil ? $0 : "*" }.joined(separator: ".")
    return Place(
      spanPath: tree.ancestry(of: side.spanIndex).reversed().map { trace.spans[$0].name }, attribute: side.field.key,
      path: path, isLastMessage: side.gist?.isLastMessage ?? false)
  }

  /// Parts of a key that are numbers as `*`: `llm.input_messages.0.message.role` is one key of each message.
  private static func withoutNumbers(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return key }
    return key.split(separator: ".", omittingEmptySubsequences: false).map { $0.allSatisfy(\.isNumber) ? "*" : $0 }
      .joined(separator: ".")
  }

  /// Of larger traces only the first spans are asked what is read from where.
  private static let mostSources = 2_000
  /// More names than this are numbered ones (`step_17`), told apart by nothing but the number.
  private static let mostSpanNames = 40

  private static func folded(_ spans: [SpanKind: Int]) -> [SpanKind: Int] {
    guard spans.count > mostSpanNames else { return spans }
    return spans.reduce(into: [:]) { folded, entry in
      var name = ""
      for character in entry.key.name {
        if !character.isNumber { name.append(character) } else if name.last != "*" { name.append("*") }
      }
      folded[SpanKind(name: name, type: entry.key.type), default: 0] += entry.value
    }
  }

  /// The most frequent first, equal ones by name, so that the answer is the same every time.
  static func ranked<Value: Hashable & Sendable>(_ counts: [Value: Int], by name: (Value) -> String) -> [Count<Value>] {
    counts.map { Count(value: $0.key, count: $0.value) }
      .sorted { $0.count != $1.count ? $0.count > $1.count : name($0.value) < name($1.value) }
  }
}

/// Where a side stands, trace by trace in the order of time.
private struct Course {
  /// More changes than these are an app that answers in several ways, not one that was changed.
  private static let mostChanges = 3

  private var steps: [(place: SchemaSurvey.Place, first: TraceInfo, last: TraceInfo, count: Int)] = []
  private var sessions: Set<String?> = []

  mutating func add(_ place: SchemaSurvey.Place, _ info: TraceInfo) {
    sessions.insert(info.sessionID)
    if steps.last?.place == place {
      steps[steps.count - 1].last = info
      steps[steps.count - 1].count += 1
    } else {
      steps.append((place, info, info, 1))
    }
  }

  func changes(isOutput: Bool) -> [SchemaSurvey.Change] {
    // Two traces that differ are two apps, unless they are of one chat.
    let isOneSession = sessions.count == 1 && sessions.first != .some(nil)
    guard (2...Self.mostChanges + 1).contains(steps.count), Set(steps.map(\.place)).count == steps.count,
      isOneSession || steps.allSatisfy({ $0.count > 1 })
    else { return [] }
    return zip(steps, steps.dropFirst()).map { before, after in
      SchemaSurvey.Change(
        isOutput: isOutput, before: before.place, after: after.place, traces: (before.last, after.first))
    }
  }
}

/// Counts the keys of one kind and their values.
private struct KeyCounter {
  private struct Entry {
    var count = 0
    var kinds: [String: Int] = [:]
    var largestSize = 0
    var values: [String: Int] = [:]
    var hasLongValue = false
  }

  /// More different values than this, or longer ones, are not a choice but content.
  private static let mostValues = 12
  private static let longestValue = 80

  private var entries: [String: Entry] = [:]

  mutating func add(_ key: String, _ value: AttributeValue) {
    let size = value.size
    // A long value is not worth decoding for its kind alone: its first byte tells it.
    let decoded = size <= 4 * Self.longestValue ? value.decoded : nil
    let kind = decoded.map { Self.name($0.kind) } ?? Self.kind(ofLong: value)
    let text = decoded.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) }
    add(key, kind: kind, size: size, text: text)
  }

  mutating func add(_ key: String, _ value: String) {
    let kind = (try? JSONDocument(value)).map { Self.name($0.root.kind) } ?? "string"
    add(key, kind: kind, size: value.utf8.count, text: value)
  }

  mutating func add(_ assessment: Assessment) {
    let value =
      assessment.scorerError == nil
      ? assessment.value.map { String(decoding: $0.rawBytes, as: UTF8.self) } : "(scorer error)"
    add(assessment.name, kind: assessment.sourceType, size: value?.utf8.count ?? 0, text: value)
  }

  private mutating func add(_ key: String, kind: String, size: Int, text: String?) {
    var entry = entries[key] ?? Entry()
    entry.count += 1
    entry.kinds[kind, default: 0] += 1
    entry.largestSize = max(entry.largestSize, size)
    if let text, text.utf8.count <= Self.longestValue {
      if entry.values[text] != nil || entry.values.count <= Self.mostValues { entry.values[text, default: 0] += 1 }
    } else {
      entry.hasLongValue = true
    }
    entries[key] = entry
  }

  var keys: [SchemaSurvey.Key] {
    entries.map { name, entry in
      SchemaSurvey.Key(
        name: name, count: entry.count, kinds: SchemaSurvey.ranked(entry.kinds) { $0 },
        largestSize: entry.largestSize, values: SchemaSurvey.ranked(entry.values) { $0 },
        hasFewValues: !entry.hasLongValue && entry.values.count <= Self.mostValues)
    }.sorted { $0.count != $1.count ? $0.count > $1.count : $0.name < $1.name }
  }

  private static func name(_ kind: JSONKind) -> String {
    switch kind {
    case .null: "null"
    case .true, .false: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  private static func kind(ofLong value: AttributeValue) -> String {
    switch value.stored.kind == .string ? value.stored.rawBytes.dropFirst().first : value.stored.rawBytes.first {
    case UInt8(ascii: "{"): "object"
    case UInt8(ascii: "["): "array"
    default: "string"
    }
  }
}
