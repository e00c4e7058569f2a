import JSONText
import TraceModel

/// Payloads under keys of an app's own, where no convention tells what is what: `app.user_text`, `chat.answer`, ….
///
/// Only the words of the key are a hint, so this is asked last, and answers cite the key.
enum OwnKeys {
  /// Words that name what was asked, the more telling first.
  private static let inputWords = [
    "question", "prompt", "query", "utterance", "input", "request", "user", "message", "text",
  ]
  /// Words that name what was answered.
  private static let outputWords = [
    "answer", "reply", "response", "completion", "output", "bot", "assistant", "result",
  ]
  /// A key that ends in one of these holds something about the words, not the words.
  private static let particulars: Set<String> = [
    "id", "ids", "name", "type", "count", "tokens", "token", "model", "format", "length", "size", "ms", "time",
    "status",
    "code", "lang", "language", "version", "role", "score", "url", "uri", "hash", "key", "index", "agent", "email",
    "tier",
  ]

  /// The attribute that most likely holds the input or the output; nil when no key says so.
  static func find(in span: Span, isOutput: Bool) -> Sourced? {
    var best: (rank: Int, field: Sourced)?
    for (key, value) in span.attributes where !key.hasPrefix("mlflow.") && !value.isEmpty {
      let words = IdentifierWords.of(key)
      guard let last = words.last, !particulars.contains(last),
        !isOutput || !words.contains("user"), isOutput || !outputWords.contains(where: { words.contains($0) }),
        let rank = (isOutput ? outputWords : inputWords).firstIndex(where: { words.contains($0) })
      else { continue }
      let decoded = value.decoded
      guard decoded.kind == .string || decoded.isContainer else { continue }
      if best.map({ rank < $0.rank }) ?? true { best = (rank, Sourced(value: decoded, key: key)) }
    }
    return best?.field
  }
}
