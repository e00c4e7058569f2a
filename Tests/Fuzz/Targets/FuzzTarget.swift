/// Something that takes bytes of others, and what has to hold of it whatever they are.
///
/// A new target is one more file with a static member, and one line in ``all``.
public struct FuzzTarget: Sendable {
  /// How inputs are varied.
  public enum Shape: Sendable {
    /// Bytes and words.
    case text
    /// A JSON document, varied as a tree more often than as text.
    case json
    /// JSON documents, one a line.
    case jsonLines
    /// A protobuf message, varied as a tree of fields more often than as bytes.
    case protobuf
  }

  /// Looks at one input; throws what does not hold of it.
  public typealias Check = @Sendable ([UInt8]) throws -> Void

  /// What it is called by.
  public let name: String
  /// What is held to what, in one line.
  public let summary: String
  /// How inputs are varied.
  public let shape: Shape
  /// Words that mean something there.
  public let words: [String]
  /// Longer inputs are cut.
  public let maximumLength: Int
  /// Where variation begins.
  public let seeds: @Sendable (Corpus) -> [[UInt8]]
  /// The check, after whatever has to be made ready once.
  public let prepare: @Sendable (Corpus) throws -> Check

  init(
    _ name: String, _ summary: String, shape: Shape = .text, words: [String] = [], maximumLength: Int = 4_096,
    seeds: @escaping @Sendable (Corpus) -> [[UInt8]], prepare: @escaping @Sendable (Corpus) throws -> Check
  ) {
    self.name = name
    self.summary = summary
    self.shape = shape
    self.words = words
    self.maximumLength = maximumLength
    self.seeds = seeds
    self.prepare = prepare
  }

  init(
    _ name: String, _ summary: String, shape: Shape = .text, words: [String] = [], maximumLength: Int = 4_096,
    seeds: @escaping @Sendable (Corpus) -> [[UInt8]], check: @escaping Check
  ) {
    self.init(name, summary, shape: shape, words: words, maximumLength: maximumLength, seeds: seeds) { _ in check }
  }

  /// All there are. The parsers come first, what answers with them behind.
  public static let all: [FuzzTarget] = [
    json, spans, protobuf, filter, messages, yaml, texts, references, expressions, files, storeFilter, server, answers,
  ]
}

/// Something that has to hold and does not.
public struct Violation: Error, Sendable, CustomStringConvertible {
  /// What was found.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless it holds.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(Violation) {
  guard condition else { throw Violation(what()) }
}
