import JSONText
import TraceModel

/// MLflow's page token: the base64 of `{"offset": N}`, written as Python writes it, so that tokens can be exchanged with
/// MLflow's own search. An offset is no snapshot: traces that arrive meanwhile shift the pages.
public struct PageToken: Sendable, Hashable {
  /// Traces to pass over; at least 1.
  public var offset: Int

  /// No store holds more, and what is added to it stays a number.
  private static let largestOffset: Int64 = 1 << 53

  /// A token for an offset.
  public init(offset: Int) { self.offset = offset }

  /// The token's text.
  public var text: String { Base64.encode(Array(#"{"offset": \#(offset)}"#.utf8)) }

  /// Reads a token.
  public init(_ text: String) throws(QueryError) {
    guard let bytes = Base64.decode(text), let root = try? JSONDocument(bytes).root,
      let offset = root["offset"]?.int64 ?? root["offset"]?.string.flatMap({ Int64($0) }),
      (1...Self.largestOffset).contains(offset)
    else {
      throw QueryError(
        "page_token '\(text.prefix(60))' is damaged", allowed: "pass next_page_token of an earlier answer as it was")
    }
    self.offset = Int(offset)
  }
}
