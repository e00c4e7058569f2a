public import JSONText
import TraceModel

/// A document that a retrieval gave back.
public struct RetrievedDocument: Sendable {
  /// Its id, where it has one.
  public var id: String?
  /// Where it comes from: a name, a path, an address.
  public var source: String?
  /// How well it fits, in the retriever's own measure.
  public var score: Double?
  /// What it says; nil for what has no text.
  public var text: String?
  /// What else is known of it: dates, a status, what it was replaced by.
  public var metadata: JSONValue?
  /// The whole of it, where such things stand beside its text.
  public var fields: JSONValue?
  /// Where it stands in the payload.
  public var path: JSONPath
}

extension SpanMeaning {
  /// The documents of a retrieval in their order; nil when the output is no list of documents. An empty list found nothing.
  public var documents: [RetrievedDocument]? { keptDocuments ?? documents(in: outputs) }

  /// The same where the outputs are known.
  public func documents(in outputs: Sourced?) -> [RetrievedDocument]? {
    let isRetrieval = type == "RETRIEVER" || type == "RERANKER"
    if let source = outputs, let found = Self.documents(source.value, [], isRetrieval) { return found }
    // What is empty counts as absent elsewhere; here it is an answer.
    guard isRetrieval else { return nil }
    for key in ["mlflow.spanOutputs", "output.value", "langfuse.observation.output"] {
      if let value = span.attribute(key), value.isEmpty, value.decoded.kind == .array { return [] }
    }
    return nil
  }

  private static func documents(_ value: JSONValue, _ steps: [String], _ isRetrieval: Bool) -> [RetrievedDocument]? {
    switch value.kind {
    case .array:
      var found: [RetrievedDocument] = []
      for (place, element) in value.elements.enumerated() {
        guard let document = document(element, steps + ["\(place)"], isRetrieval) else { return nil }
        found.append(document)
      }
      return found.isEmpty && !isRetrieval ? nil : found
    case .object:
      for key in ["documents", "results", "docs", "chunks", "matches", "hits", "context", "nodes"] {
        if let member = value[key], member.kind == .array,
          let found = documents(member, steps + [key], isRetrieval)
        {
          return found
        }
      }
      // What a tool gave back to a model is a message with the list in a string.
      for key in ["content", "text", "output", "result"] {
        if let nested = value[key]?.nestedDocument()?.root, let found = documents(nested, steps + [key], isRetrieval) {
          return found
        }
      }
      return nil
    case .string: return value.nestedDocument().flatMap { documents($0.root, steps, isRetrieval) }
    default: return nil
    }
  }

  /// What a document may stand in. The last is mostly its text, and holds it only as an object.
  private static let wrappers: MemberNames = ["kwargs", "node", "document"]
  /// What its text may be called. Only documents call it by the first two.
  private static let texts: MemberNames = [
    "page_content", "pageContent", "content", "text", "document", "snippet", "body", "chunk",
  ]
  private static let names: MemberNames = ["id", "doc_id", "document_id", "source", "uri", "url", "path", "title"]
  private static let ids: MemberNames = ["id", "doc_id", "document_id", "chunk_id", "id_"]
  private static let sources: MemberNames = ["doc_uri", "source", "uri", "url", "path", "file", "file_name", "title"]
  private static let scores: MemberNames = ["score", "similarity", "relevance_score", "_score"]

  private static func document(_ value: JSONValue, _ steps: [String], _ isRetrieval: Bool) -> RetrievedDocument? {
    let path = JSONPath(steps: steps)
    if let text = value.string { return isRetrieval ? RetrievedDocument(text: text, path: path) : nil }
    guard value.kind == .object else { return nil }
    // LangChain's serialised form, LlamaIndex's node with a score, a pair of document and score.
    let body = value.members(of: wrappers).first { $0.place < 2 || $0.value.kind == .object }?.value ?? value
    let metadata = body["metadata"] ?? value["metadata"]
    let said = body.members(of: texts)
    let text = said.lazy.compactMap(\.value.string).first
    let places = [metadata, body, value].compactMap { $0 }
    let scored = places.map { $0.members(of: scores) }
    let isMarked = said.contains { $0.place < 2 } || metadata != nil || value["score"] != nil
    // What a tool found: a text that has a name. A message has a speaker, too.
    let isNamed = text != nil && value["role"] == nil && body.members(of: names).contains { $0.value.kind == .string }
    guard isMarked || isNamed || (isRetrieval && text != nil) else { return nil }
    func word(_ names: MemberNames) -> String? {
      places.lazy.compactMap { $0.members(of: names).lazy.compactMap { $0.value.string ?? $0.value.numberText }.first }
        .first
    }
    // The likeliest name first, wherever it stands.
    let score = scored.joined().filter { $0.value.double != nil }.min { $0.place < $1.place }?.value.double
    return RetrievedDocument(
      id: word(ids), source: word(sources), score: score, text: text, metadata: metadata, fields: body, path: path)
  }
}
