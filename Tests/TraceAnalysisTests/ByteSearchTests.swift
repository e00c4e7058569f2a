import FuzzTargets
import Testing

@testable import TraceAnalysis

@Suite("Words are found in bytes wherever they stand") struct ByteSearchTests {
  /// The word that stands first, looked for at each place.
  private func naive(_ words: [String], _ text: [UInt8]) -> String? {
    let text = text.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    for place in text.indices {
      if let word = words.first(where: { text[place...].starts(with: $0.utf8) }) { return word }
    }
    return nil
  }

  @Test(arguments: [
    ["finish", "stop_reason", "done_reason"], ["tool_call", "tool"], ["tool", "tool_call"], ["\u{e9}t", "ab"], ["z"],
    [
      "aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm", "nn", "oo", "pp", "qq", "rr", "ss",
      "tt",
      "uu",
    ],
  ])
  func anywhere(_ words: [String]) {
    let search = ByteSearch(words)
    var generator = SeededNumbers(7)
    // Of few different letters, so that beginnings stand where no word does.
    let letters = Array(Set(words.joined().utf8)).sorted() + Array(" FTO\"".utf8)
    for _ in 0..<300 {
      let count = Int.random(in: 0..<90, using: &generator)
      var text = (0..<count).map { _ in letters.randomElement(using: &generator) ?? 32 }
      #expect(search.first(in: text) == naive(words, text))
      let place = Int.random(in: 0...text.count, using: &generator)
      text.insert(contentsOf: words.randomElement(using: &generator)?.uppercased().utf8.map { $0 } ?? [], at: place)
      #expect(search.first(in: text) == naive(words, text))
    }
  }
}
