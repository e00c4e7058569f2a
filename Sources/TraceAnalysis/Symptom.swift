import JSONText
import TraceModel
import TraceSemantics

/// What a user complains of, in words: `the date was wrong`, `it says 30 days`. Steps that speak of it come before others.
public struct Symptom: Sendable {
  /// The words that say what it is about.
  private let words: Set<String>
  /// The numbers and ids in it.
  private let values: Set<UInt64>

  private static let common: Set<String> = [
    "the", "a", "an", "it", "is", "was", "are", "were", "be", "of", "to", "in", "on", "for", "and", "or", "but",
    "not", "no", "that", "this", "with", "as", "at", "by", "from", "he", "she", "they", "we", "you", "i", "my",
    "our", "your", "their", "its", "wrong", "bad", "answer", "bot", "agent", "app", "user", "says", "said", "say",
    "told", "does", "did", "do", "has", "had", "have", "why", "what", "when", "where", "how", "should", "would",
    "instead", "there", "which", "who",
  ]

  /// Reads a complaint; nil when it says nothing that could be looked for.
  public init?(_ text: String) {
    let text = String(text.prefix(2_000))
    words = Set(StepText.words(text).filter { $0.utf8.count > 1 && !Self.common.contains($0) })
    values = Set(NotedValue.all(in: text).filter { $0.words.utf8.count > 1 }.map(\.token.key))
    guard !words.isEmpty || !values.isEmpty else { return nil }
  }

  /// How much of it stands in a text: 0 to 1. A value counts as much as three words.
  func share(in text: StepText, values held: [NotedValue]) -> Double {
    let wordsFound = words.intersection(text.vocabulary).count
    let valuesFound = held.count { values.contains($0.token.key) }
    return Double(wordsFound + 3 * valuesFound) / Double(words.count + 3 * values.count)
  }

  /// What of it stands in a text, in words for a reason.
  func found(in text: StepText, values held: [NotedValue]) -> [String] {
    let shown = held.filter { values.contains($0.token.key) }.map(\.words)
    return shown + words.intersection(text.vocabulary).subtracting(shown).sorted()
  }

  /// What of it a turn speaks of: in its question, its answer, or what its tools gave back.
  func found(in turn: SessionFacts.Turn) -> (share: Double, words: [String]) {
    let facts = turn.facts
    var texts = [facts.turn.input?.text, facts.turn.output?.text].compactMap {
      $0.map { String($0.prefix(Self.longest)) }
    }
    let retrievers = facts.trace.spans.indices.filter { facts.type($0) == "RETRIEVER" }
    let results = facts.toolUses.map(\.result) + retrievers.map { facts.meaning($0).outputs?.value }
    for result in results {
      guard let result else { continue }
      texts.append(String(decoding: result.rawBytes.prefix(Self.longest), as: UTF8.self))
    }
    let joined = texts.joined(separator: "\n")
    let (text, values) = (StepText(joined), NotedValue.all(in: joined))
    return (share(in: text, values: values), found(in: text, values: values))
  }

  /// Of longer texts only the beginning is read.
  private static let longest = 8_000

  /// The findings with those about steps that speak of it before others of the same weight.
  func ordered(_ findings: [Finding], _ facts: TraceFacts) -> [Finding] {
    let shares = findings.map { finding -> Double in
      let texts = finding.evidence.map(\.excerpt) + [finding.why]
      let joined = texts.joined(separator: "\n")
      return share(in: StepText(joined), values: NotedValue.all(in: joined))
    }
    return findings.indices.sorted { left, right in
      if findings[left].severity != findings[right].severity {
        return findings[left].severity > findings[right].severity
      }
      return shares[left] == shares[right] ? left < right : shares[left] > shares[right]
    }.map { findings[$0] }
  }
}
