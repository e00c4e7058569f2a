/// A text cut at the ends of its sentences: a point between digits, or in a word, ends none.
enum Sentences {
  static func of(_ text: String) -> [Substring] {
    var found: [Substring] = []
    var start = text.startIndex
    var place = text.startIndex
    while place < text.endIndex {
      let next = text.index(after: place)
      let character = text[place]
      let isEnd =
        character.isNewline || character == ";"
        || (".!?".contains(character) && (next == text.endIndex || text[next].isWhitespace))
      if isEnd {
        if start < place { found.append(text[start..<place]) }
        start = next
      }
      place = next
    }
    if start < text.endIndex { found.append(text[start...]) }
    return found
  }
}

/// Words that tell nothing of what a text is about.
enum CommonWords {
  static let all: Set<String> = [
    "the", "and", "for", "are", "was", "were", "not", "but", "that", "this", "with", "from", "have", "has", "had",
    "you", "your", "our", "its", "his", "her", "they", "them", "their", "will", "would", "can", "could", "should",
    "may", "might", "also", "about", "after", "before", "been", "both", "does", "did", "here", "into", "just", "like",
    "more", "most", "much", "only", "other", "over", "please", "some", "such", "than", "then", "there", "these",
    "those", "very", "what", "when", "where", "which", "who", "how", "why", "said", "says", "yes", "let", "now", "any",
    "all", "each",
  ]
}
