public import JSONText
public import TraceModel

/// A value and the attribute it was read from, so that an answer can cite it.
public struct Sourced: Sendable {
  /// The value, decoded.
  public var value: JSONValue
  /// The attribute's key.
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

  /// Looks once over the keys of the span's attributes.
  public init(_ span: Span) {
    self.span = span
    var found: UInt64 = 0
    if let attributes = span.record["attributes"] {
      for member in attributes.members {
        for (place, convention) in Convention.all.enumerated() where found & 1 << place == 0 {
          if member.keyHasPrefix(convention.marker) { found |= 1 << place }
        }
      }
    }
    self.found = found
  }

  /// The conventions the span's attributes follow. MLflow's server adds its own attributes to spans of others, so its own
  /// convention is only named when there is no other.
  public var conventions: [Convention] {
    let all = present
    return all.count > 1 ? all.filter { $0.name != Convention.mlflow.name } : all
  }

  private var present: [Convention] {
    Convention.all.indices.compactMap { found & 1 << $0 != 0 ? Convention.all[$0] : nil }
  }

  /// MLflow's span type (`LLM`, `TOOL`, `RETRIEVER`, …, or a word of the app's own); `UNKNOWN` when nothing tells it.
  public var type: String { typeSource?.type ?? "UNKNOWN" }

  /// The type and the attribute that tells it.
  public var typeSource: (type: String, key: String)? {
    if let type = span.attribute(ReservedKey.spanType)?.text, !type.isEmpty, type != "UNKNOWN" {
      return (type, ReservedKey.spanType)
    }
    for place in Convention.all.indices where found & 1 << place != 0 {
      let convention = Convention.all[place]
      for typeKey in convention.types {
        if let word = span.attribute(typeKey.key)?.text, let type = typeKey.values[word] { return (type, typeKey.key) }
      }
    }
    return nil
  }

  /// What went in.
  public var inputs: Sourced? { first(\.inputs) }

  /// What came out.
  public var outputs: Sourced? { first(\.outputs) }

  /// The model that answered, or the one that was asked.
  public var model: String? {
    first(\.models)?.value.string ?? inputs?.value["model"]?.string
  }

  /// Tokens of this call alone.
  public var tokenUsage: TokenUsage? {
    if let usage = span.attribute(ReservedKey.chatTokenUsage).flatMap({ TokenUsage($0.decoded) }) { return usage }
    let usage = TokenUsage(
      input: count(\.inputTokens), output: count(\.outputTokens), total: count(\.totalTokens))
    return usage.input == nil && usage.output == nil && usage.total == nil ? nil : usage
  }

  /// Whether the span called a model.
  public var isModelCall: Bool { ["LLM", "CHAT_MODEL"].contains(type) }

  /// `null`, `""`, `{}` and `[]` count as absent, as they do for MLflow.
  private func first(_ keys: KeyPath<Convention, [String]>) -> Sourced? {
    for place in Convention.all.indices where found & 1 << place != 0 {
      for key in Convention.all[place][keyPath: keys] {
        if let attribute = span.attribute(key), !attribute.isEmpty {
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
