import TraceModel

/// What spans say that have others below them: what one of those said already, or what came of them.
struct EnclosingSteps {
  /// What an enclosing span is to the steps below it.
  enum Part {
    /// It says what they said, in other wrapping.
    case repeats
    /// One of them spoke, and it tells what came of that.
    case tellsOutcome
    /// It speaks for itself.
    case ownWords
  }

  /// Shorter texts stand in others by chance.
  private static let shortest = 12
  /// So much of what it says, in percent, is said below it.
  private static let repeatedShare = 60
  /// More spans below one are not looked at.
  private static let mostBelow = 2_000

  private let parts: [Int: Part]

  /// - Parameter said: The words of the spans that have any, by the span's place.
  init(_ facts: TraceFacts, _ said: [Int: String]) {
    // In one spelling: what is handed up is often wrapped or indented anew.
    var normalized: [Int: String] = [:]
    func words(_ index: Int) -> String? {
      if let known = normalized[index] { return known }
      guard let text = said[index] else { return nil }
      let words = StepText.normalized(text)
      normalized[index] = words
      return words
    }
    var parts: [Int: Part] = [:]
    for index in facts.trace.spans.indices where !facts.tree.children[index].isEmpty {
      guard said[index] != nil, let own = words(index) else { continue }
      var pending = facts.tree.children[index]
      var (looked, repeated, hasSpeaker) = (0, 0, false)
      var counted: Set<String> = []
      var isRepeated = false
      while let below = pending.popLast(), looked < Self.mostBelow, !isRepeated {
        looked += 1
        pending += facts.tree.children[below]
        if facts.isModelCall(below), said[below] != nil { hasSpeaker = true }
        guard let other = words(below) else { continue }
        if other == own || (own.utf8.count >= Self.shortest && other.contains(own)) {
          isRepeated = true
        } else if other.utf8.count >= Self.shortest, counted.insert(other).inserted, own.contains(other) {
          repeated += other.utf8.count
        }
      }
      if isRepeated || repeated * 100 >= own.utf8.count * Self.repeatedShare
        || (!counted.isEmpty && Self.isMostly(own, of: counted))
      {
        parts[index] = .repeats
      } else if hasSpeaker, !facts.isModelCall(index), !facts.isToolCall(index) {
        parts[index] = .tellsOutcome
      }
    }
    self.parts = parts
  }

  private static let (mostWords, runOfWords) = (600, 4)

  /// Whether most of a text is made of runs of words that stand in others: a part of what a tool gave back, say.
  private static func isMostly(_ text: String, of others: Set<String>) -> Bool {
    let own = runs(text)
    guard own.count >= runOfWords else { return false }
    let known = others.reduce(into: Set<ArraySlice<Substring>>()) { $0.formUnion(runs($1)) }
    return own.intersection(known).count * 100 >= own.count * repeatedShare
  }

  /// Each run of some words.
  private static func runs(_ text: String) -> Set<ArraySlice<Substring>> {
    let words = Array(text.split(separator: " ", maxSplits: mostWords).prefix(mostWords))
    guard words.count >= runOfWords else { return [] }
    return Set(words.indices.dropLast(runOfWords - 1).map { words[$0..<($0 + runOfWords)] })
  }

  /// What the span is to those below it.
  func part(of index: Int) -> Part { parts[index] ?? .ownWords }
}
