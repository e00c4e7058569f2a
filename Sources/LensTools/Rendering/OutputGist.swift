import JSONText
import TraceModel
import TraceSemantics

/// What came out of a span, in a few words: documents by their names, else the words a person would quote.
struct OutputGist {
  /// The words; nil when nothing came out.
  let words: String?
  /// Whether they are recorded words, which stand in quotes, or ours about documents.
  private let isQuotation: Bool
  /// The words as they stand in a line.
  var text: String? { words.map { isQuotation ? "\"\($0)\"" : $0 } }
  /// The whole of it, by which two outputs are told to be the same.
  let identity: Identity?

  /// What makes two outputs the same.
  enum Identity: Hashable {
    /// The value, byte for byte.
    case value([UInt8])
    /// The words in it, whatever they are wrapped in.
    case words(String)

    var isWords: Bool {
      if case .words = self { true } else { false }
    }

    /// Whether it costs less than the words that would stand for it.
    var isShort: Bool {
      switch self {
      case .value(let bytes): bytes.count < 24
      case .words(let text): text.utf8.count < 24
      }
    }
  }

  /// Longer values are not worth hashing.
  private static let longestCompared = 16_384

  /// More documents are counted, not named.
  private static let mostNamed = 6
  /// Of a value without words no more than this is looked at.
  private static let longestRaw = 8_192

  init(_ meaning: SpanMeaning, _ outputs: Sourced?, excerpter: Excerpter, limit: Int) {
    let isRetrieval = ["RETRIEVER", "RERANKER"].contains(meaning.type)
    let mayBeDocuments = isRetrieval || (outputs?.value.kind == .array && !meaning.isModelCall)
    if mayBeDocuments, let documents = meaning.documents(in: outputs),
      documents.allSatisfy({ $0.text != nil || $0.id != nil || $0.source != nil })
    {
      words = Self.list(documents, excerpter, limit)
      isQuotation = false
      identity = outputs.flatMap { Self.identity($0, words: nil) }
      return
    }
    let found = outputs.flatMap { Gist(of: $0.value, side: .output)?.text }
    isQuotation = true
    words = outputs.map { outputs in
      let raw = { String(decoding: outputs.value.rawBytes.prefix(Self.longestRaw), as: UTF8.self) }
      return excerpter.line(found ?? raw(), limit: limit)
    }
    identity = outputs.flatMap { Self.identity($0, words: found) }
  }

  private static func identity(_ outputs: Sourced, words: String?) -> Identity? {
    if let words { return words.utf8.count <= longestCompared ? .words(words) : nil }
    return outputs.size <= longestCompared ? .value(Array(outputs.value.rawBytes)) : nil
  }

  /// From this much room on, what is known of a document beside its text is shown: a date, a status, what replaced it.
  private static let roomForMetadata = 200

  /// `3 documents: warranty-v3 "Electronics carry …"; shipping-v7 "Standard …"; …`, the room shared among the named.
  private static func list(_ documents: [RetrievedDocument], _ excerpter: Excerpter, _ limit: Int) -> String {
    guard !documents.isEmpty else { return "no documents" }
    let named = documents.prefix(mostNamed)
    let names = named.map { document -> String in
      let name = [document.id, document.source].compactMap { $0 }.first.map { excerpter.line($0, limit: 40) }
      let score = document.score.map { "(\(shortened($0)))" }
      let more = limit >= roomForMetadata ? metadata(document, excerpter, limit / named.count / 2) : nil
      return [name, score, more].compactMap { $0 }.joined(separator: " ")
    }
    let room = (limit - names.reduce(0) { $0 + $1.utf8.count }) / named.count - 5
    let parts = zip(named, names).map { document, name -> String in
      guard room >= 16 || name.isEmpty, let text = document.text else { return name }
      return (name.isEmpty ? "" : name + " ") + "\"\(excerpter.line(text, limit: max(24, room)))\""
    }
    let more = documents.count > named.count ? "; and \(documents.count - named.count) more" : ""
    return "\(Units.plural(documents.count, "document")): \(parts.joined(separator: "; "))\(more)"
  }

  /// `{updated 2023-04-01, status superseded}`: the plain members that are not its name already.
  private static func metadata(_ document: RetrievedDocument, _ excerpter: Excerpter, _ limit: Int) -> String? {
    guard let known = document.metadata else { return nil }
    let words = known.members.compactMap { member -> String? in
      guard !member.value.isContainer, !member.value.isNull else { return nil }
      let value = member.value.string ?? String(decoding: member.value.rawBytes, as: UTF8.self)
      guard value != document.id, !value.isEmpty else { return nil }
      return "\(member.key) \(value)"
    }
    guard !words.isEmpty, limit >= 24 else { return nil }
    return "{\(excerpter.line(words.joined(separator: ", "), limit: limit))}"
  }

  private static func shortened(_ score: Double) -> String {
    guard abs(score) < 1e6 else { return "\(score)" }
    return "\((score * 1_000).rounded() / 1_000)"
  }
}
