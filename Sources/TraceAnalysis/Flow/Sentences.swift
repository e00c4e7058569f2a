/// A text cut at the ends of its sentences: a point between digits, or in a word, ends none.
enum Sentences {
  static func of(_ text: String) -> [Substring] {
    var text = text
    text.makeContiguousUTF8()
    let found = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe ranges($0.span) } ?? []
    return found.map { range in
      text[
        text.utf8.index(
          text.startIndex, offsetBy: range.lowerBound)..<text.utf8.index(text.startIndex, offsetBy: range.upperBound)]
    }
  }

  /// Byte by byte: characters would take ten times as long.
  private static func ranges(_ text: Span<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    var place = 0
    while place < text.count {
      let length = end(text, place)
      guard length > 0 else {
        place += 1
        continue
      }
      if start < place { found.append(start..<place) }
      place += length
      start = place
    }
    if start < text.count { found.append(start..<text.count) }
    return found
  }

  /// Bytes of what ends a sentence at a place; 0 where nothing does.
  @inline(__always)
  private static func end(_ text: Span<UInt8>, _ place: Int) -> Int {
    switch text[place] {
    case UInt8(ascii: ";"), 0x0A...0x0D: 1
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): isBlank(text, place + 1) ? 1 : 0
    case 0xC2...: wideEnd(text, place)
    default: 0
    }
  }

  /// The ends of sentences in scripts that put no blank behind them, and the line ends of Unicode.
  private static func wideEnd(_ text: Span<UInt8>, _ place: Int) -> Int {
    for mark in wideEnds where stands(mark, text, place) { return mark.count }
    return 0
  }

  private static let wideEnds = ["\u{85}", "\u{2028}", "\u{2029}", "。", "！", "？", "；", "।", "؟", "؛"].map {
    Array($0.utf8)
  }
  private static let wideBlanks = ["\u{85}", "\u{A0}", "\u{2028}", "\u{2029}", "\u{202F}", "\u{3000}"].map {
    Array($0.utf8)
  }

  /// Whether the text ends at a place, or a blank stands there.
  private static func isBlank(_ text: Span<UInt8>, _ place: Int) -> Bool {
    guard place < text.count else { return true }
    let byte = text[place]
    return byte == 0x20 || (0x09...0x0D).contains(byte)
      || byte >= 0xC2 && wideBlanks.contains { stands($0, text, place) }
  }

  private static func stands(_ mark: [UInt8], _ text: Span<UInt8>, _ place: Int) -> Bool {
    guard place + mark.count <= text.count else { return false }
    for offset in mark.indices where text[place + offset] != mark[offset] { return false }
    return true
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

extension Substring {
  /// What stands behind some words, where they stand first; nil where they do not. Compared byte by byte: the search that serves
  /// any collection takes a hundred times as long.
  func rest(behind words: String) -> Substring? {
    guard let first = words.utf8.first else { return self }
    var rest = utf8
    while let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: words.utf8) { return self[utf8.index(start, offsetBy: words.utf8.count)...] }
      rest = rest[rest.index(after: start)...]
    }
    return nil
  }
}
