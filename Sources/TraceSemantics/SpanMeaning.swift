public import JSONText
public import TraceModel

/// A value and the attribute it was read from, so that an answer can cite it.
public struct Sourced: Sendable {
  /// The value, decoded.
  public var value: JSONValue
  /// The attribute's key; of a value put together from several, what their keys begin with; of an event, its name.
  public var key: String
  /// Bytes of the value as JSON text.
  public var size: Int { value.rawBytes.count }
}

/// What a span means, whichever convention it follows. Several may meet in one span; MLflow's own attributes come first.
public struct SpanMeaning: Sendable {
  /// The span.
  public let span: Span

  /// The conventions found, a bit each in the order of ``Convention/all``.
  private let found: UInt64
  /// Where MLflow's own attributes of type, inputs and outputs stand, which nearly every span has; of the last two where they say
  /// anything.
  private let typePlace, inputsPlace, outputsPlace: JSONValue.Place?
  /// Whether some attribute may count tokens or dollars: most spans have none, and are not searched for each of the keys.
  private let hasFigures: Bool

  /// What was decoded in advance; nil where it is decoded whenever somebody asks.
  private let kept: Kept?

  /// What is asked for most, decoded once.
  private final class Kept: Sendable {
    let type: String
    let inputs, outputs: Sourced?
    let documents: [RetrievedDocument]?

    init(_ meaning: SpanMeaning) {
      type = meaning.type
      (inputs, outputs) = (meaning.inputs, meaning.outputs)
      documents = ["RETRIEVER", "RERANKER"].contains(type) ? meaning.documents(in: outputs) : nil
    }
  }

  /// What stands in the key of each attribute that counts tokens or dollars.
  static let figureMarks: [StaticString] = ["oken", "cost"]

  /// Looks once over the keys of the span's attributes.
  public init(_ span: Span) {
    self.span = span
    var found: UInt64 = 0
    var hasFigures = false
    let attributes = span.attributeObject
    for member in attributes?.members ?? JSONValue.null.members {
      guard let first = member.keyFirstByte else { continue }
      for (marker, place) in Convention.markersByFirstByte[Int(first)] where found & 1 << place == 0 {
        if member.keyHasPrefix(marker) { found |= 1 << place }
      }
      // Most keys begin so, and none of them counts anything.
      if !hasFigures, !member.keyHasPrefix("mlflow.span") {
        hasFigures = Self.figureMarks.contains { member.keyContains($0) }
      }
    }
    typePlace = attributes?[ReservedKey.spanType]?.place
    // Looked at once: whether a short one says anything has to be read.
    func told(_ key: String) -> JSONValue.Place? {
      attributes?[key].flatMap { AttributeValue(stored: $0).saysNothing ? nil : $0.place }
    }
    inputsPlace = told(ReservedKey.spanInputs)
    outputsPlace = told(ReservedKey.spanOutputs)
    self.found = found
    self.hasFigures = hasFigures
    kept = nil
  }

  /// The same meaning with type, payloads and documents decoded now and kept, for many readers of one span.
  public var keepingPayloads: SpanMeaning { SpanMeaning(self, kept: Kept(self)) }

  private init(_ meaning: SpanMeaning, kept: Kept) {
    (span, found, hasFigures) = (meaning.span, meaning.found, meaning.hasFigures)
    (typePlace, inputsPlace, outputsPlace) = (meaning.typePlace, meaning.inputsPlace, meaning.outputsPlace)
    self.kept = kept
  }

  /// The conventions the span's attributes follow. MLflow's server adds its own attributes to spans of others, so its own
  /// convention is only named when there is no other.
  public var conventions: [Convention] {
    let all = Array(present)
    return all.count > 1 ? all.filter { $0.name != Convention.mlflow.name } : all
  }

  var present: Present { Present(bits: found) }

  /// The conventions of a set of bits, the lowest first.
  struct Present: Sequence, IteratorProtocol {
    var bits: UInt64

    mutating func next() -> Convention? {
      guard bits != 0 else { return nil }
      defer { bits &= bits - 1 }
      return Convention.all[bits.trailingZeroBitCount]
    }
  }

  // MARK: Type

  /// MLflow's span type (`LLM`, `TOOL`, `RETRIEVER`, …, or a word of the app's own); `UNKNOWN` when nothing tells it.
  public var type: String { kept?.type ?? typeSource?.type ?? "UNKNOWN" }

  /// The type and the attribute that tells it.
  public var typeSource: (type: String, key: String)? {
    if let type = own(typePlace)?.text, !type.isEmpty, type != "UNKNOWN" {
      return (type, ReservedKey.spanType)
    }
    for convention in present {
      for typeKey in convention.types {
        if let word = span.attribute(typeKey.key)?.text, let type = typeKey.values[word] { return (type, typeKey.key) }
      }
      for (key, type) in convention.presentTypes {
        if let member = span.attributeObject?.members.first(where: { $0.keyHasPrefix(key) }) {
          return (type, member.key)
        }
      }
    }
    return nil
  }

  /// Whether the span called a model.
  public var isModelCall: Bool { ["LLM", "CHAT_MODEL"].contains(type) }

  /// Whether the span called a tool.
  public var isToolCall: Bool { type == "TOOL" }

  // MARK: Payloads

  /// What MLflow recorded as the input, if that says anything.
  public var ownInputs: AttributeValue? { own(inputsPlace) }

  /// What MLflow recorded as the output, if that says anything.
  public var ownOutputs: AttributeValue? { own(outputsPlace) }

  private func own(_ place: JSONValue.Place?) -> AttributeValue? {
    place.map { AttributeValue(stored: span.record[$0]) }
  }

  /// What went in.
  public var inputs: Sourced? {
    if let kept { return kept.inputs }
    if let own = ownInputs { return Sourced(value: own.decoded, key: ReservedKey.spanInputs) }
    return first(\.inputs) ?? (type == "TOOL" ? nil : first(\.contextKeys)) ?? fromEvents(isOutput: false)
      ?? spreadMessages(isOutput: false) ?? (isForeign ? nil : OwnKeys.find(in: span, isOutput: false))
  }

  /// What came out.
  public var outputs: Sourced? {
    if let kept { return kept.outputs }
    if let own = ownOutputs { return Sourced(value: own.decoded, key: ReservedKey.spanOutputs) }
    return first(\.outputs) ?? (type == "TOOL" ? first(\.contextKeys) : nil) ?? fromEvents(isOutput: true)
      ?? spreadMessages(isOutput: true) ?? (isForeign ? nil : OwnKeys.find(in: span, isOutput: true))
  }

  /// Whether a convention other than MLflow's tells what is what.
  private var isForeign: Bool { found & ~1 != 0 }

  /// The model that answered, or the one that was asked.
  public var model: String? {
    if let named = first(\.models)?.value.string { return named }
    if let asked = inputs?.value["model"]?.string { return asked }
    // Only what a model gives back names one; other outputs are not decoded for it.
    return isModelCall ? outputs?.value["model"]?.string : nil
  }

  // MARK: Particulars

  /// Tokens of this call alone.
  public var tokenUsage: TokenUsage? {
    guard hasFigures else { return nil }
    if let usage = span.attribute(ReservedKey.chatTokenUsage).flatMap({ TokenUsage($0.decoded) }) { return usage }
    let usage = TokenUsage(
      input: count(\.inputTokens), output: count(\.outputTokens), total: count(\.totalTokens))
    return usage.input == nil && usage.output == nil && usage.total == nil ? nil : usage
  }

  /// Tokens read from a cache, which the input's tokens count too.
  public var cachedTokens: Int64? {
    span.attribute(ReservedKey.chatTokenUsage)?.decoded["cache_read_input_tokens"]?.int64 ?? count(\.cachedTokens)
  }

  /// Tokens that the model wrote while reasoning, which the output's tokens count too.
  public var reasoningTokens: Int64? { count(\.reasoningTokens) }

  /// The name of the tool that is called; nil where the span's name is all there is.
  public var toolName: String? { first(\.tools)?.value.string }

  /// The id of the call that the model made of this tool.
  public var toolCallID: String? { first(\.toolCallIDs)?.value.string }

  /// The agent at work.
  public var agentName: String? { first(\.agents)?.value.string }

  /// The session, as the instrumentation names it.
  public var session: Sourced? { first(\.sessions) }

  /// The app's user, as the instrumentation names them.
  public var user: Sourced? { first(\.users) }

  /// Instructions that stand apart from the messages.
  public var systemPrompt: Sourced? { first(\.systemPrompts) }

  /// Milliseconds to the first token. OpenTelemetry has seconds, the others milliseconds.
  public var timeToFirstTokenMs: Double? {
    guard let found = first(\.timesToFirstToken), let number = found.value.finiteDouble else { return nil }
    return found.key.hasPrefix("gen_ai.") ? number * 1_000 : number
  }

  /// US dollars that this call cost, or for an agent those of its calls together; nil when nobody worked it out.
  public var cost: Double? {
    guard hasFigures, let value = first(\.costs)?.value else { return nil }
    let number = value.double ?? (value["total_cost"] ?? value["total"])?.double ?? value.string.flatMap { Double($0) }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  /// Parameters of the call of the model (`temperature`, `max_tokens`, …), in the order they were recorded.
  public var parameters: [(name: String, value: JSONValue)] {
    let prefixes = present.flatMap(\.parameterPrefixes)
    var found: [(name: String, value: JSONValue)] = []
    for (key, value) in span.attributes {
      guard let prefix = prefixes.first(where: { key.hasPrefix($0) }) else { continue }
      if key == prefix {
        found += value.decoded.members.map { ($0.key, $0.value) }
      } else if key != "gen_ai.request.model" {
        found.append((String(key.dropFirst(prefix.count)), value.decoded))
      }
    }
    guard found.isEmpty, isModelCall, let inputs else { return found }
    // What is neither a payload nor a model is a parameter.
    let others: Set<String> = ["model", "stream", "user"]
    return inputs.value.members.filter { !$0.value.isContainer && !others.contains($0.key) && $0.value.kind != .string }
      .map { ($0.key, $0.value) }
  }

  /// The documents of a retriever, where they are kept.
  var keptDocuments: [RetrievedDocument]?? {
    guard let kept, ["RETRIEVER", "RERANKER"].contains(kept.type) else { return nil }
    return .some(kept.documents)
  }

  /// What the first of the attributes says that says something.
  func first(_ keys: KeyPath<Convention, [String]>) -> Sourced? {
    for convention in present {
      for key in convention[keyPath: keys] {
        if let attribute = span.attribute(key), !attribute.saysNothing {
          return Sourced(value: attribute.decoded, key: key)
        }
      }
    }
    return nil
  }

  private func count(_ keys: KeyPath<Convention, [String]>) -> Int64? {
    guard let value = first(keys)?.value, let count = value.int64 ?? value.string.flatMap({ Int64($0) }), count != 0
    else { return nil }
    return count
  }
}

extension AttributeValue {
  /// `null`, `""`, `{}` and `[]` count as absent, as they do for MLflow; so does what the producer left out.
  var saysNothing: Bool { isEmpty || isRedacted }

  /// Whether the producer left the value out on purpose (Claude Code).
  var isRedacted: Bool { size <= 16 && text == "<REDACTED>" }
}
