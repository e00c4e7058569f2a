import JSONText
import TraceModel
import TraceSemantics

/// Where the values of an answer, and those that tools were called with, come from: which step was the first to have them.
public struct Provenance: Sendable {
  /// A value and its way.
  public struct Entry: Sendable, Hashable {
    /// The value, as it was written where it is used.
    public var words: String
    /// Whether it is in the answer.
    public var isInAnswer: Bool
    /// The calls of tools that it was given to, by their places in ``Trace/spans``.
    public var calls: [Int]
    /// The first to have it.
    public var origin: ValueFlow.Appearance
    /// Further steps that gave it back, in order of time.
    public var repeated: [Int]
  }

  /// Values of the answer, then those of calls, in the order in which they are written.
  public let entries: [Entry]

  /// Of larger traces it takes longer than it is worth.
  private static let (mostSpans, mostBytes) = (500, 4_000_000)
  /// More values are not told of the answer, of one call, and of all calls.
  private static let (mostOfAnswer, mostOfCall, mostOfCalls) = (10, 2, 8)

  /// Finds them; nil where there is nothing to ask for, one step only, or too much to look through.
  public init?(_ facts: TraceFacts) {
    guard (2...Self.mostSpans).contains(facts.trace.spans.count), let flow = ValueFlow(facts),
      flow.byteCount <= Self.mostBytes
    else { return nil }
    var entries: [Entry] = []
    let answer = facts.turn.output
    let holders = Set(answer.map { facts.tree.ancestry(of: $0.spanIndex) + [$0.spanIndex] } ?? [])
    if let answer {
      let text = answer.text
      let values = NotedValue.all(in: String(text.prefix(8_000))).filter(\.isTelling)
      var found = values.compactMap { value in
        flow.origin(of: value.token).map { (value.words, $0, flow.outputs(with: value.token)) }
      }
      found += Phrases.all(in: text).filter { phrase in !values.contains { $0.words == phrase } }.compactMap { phrase in
        let all = flow.appearances(of: phrase)
        return all.first.map { (phrase, $0, all.filter(\.isOutput).map(\.spanIndex)) }
      }
      entries = found.prefix(Self.mostOfAnswer).map { words, origin, outputs in
        Entry(
          words: words, isInAnswer: true, calls: [], origin: origin,
          repeated: outputs.filter { $0 != origin.spanIndex && !holders.contains($0) })
      }
    }
    var told = 0
    for index in facts.trace.spans.indices where facts.isToolCall(index) && told < Self.mostOfCalls {
      guard let inputs = facts.meaning(index).inputs else { continue }
      let text = String(decoding: inputs.value.rawBytes.prefix(2_000), as: UTF8.self)
      let values = NotedValue.all(in: text).filter(\.isTelling).compactMap { value in
        flow.origin(of: value.token).map { (value.words, $0) }
      }
      for (words, origin) in values.filter({ $0.1.spanIndex != index }).prefix(Self.mostOfCall) {
        told += 1
        if let place = entries.firstIndex(where: { $0.words == words && $0.origin == origin }) {
          entries[place].calls.append(index)
        } else {
          entries.append(Entry(words: words, isInAnswer: false, calls: [index], origin: origin, repeated: []))
        }
      }
    }
    guard !entries.isEmpty else { return nil }
    self.entries = entries
  }
}
