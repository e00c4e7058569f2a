import FuzzTargets
import Testing

@testable import TraceAnalysis

@Suite("Values are found in texts as a reader of one byte after the other finds them") struct ValueTextTests {
  /// The runs of bytes with a digit in them: escapes, signs and the letters of scripts without blanks divide them.
  private func runs(_ text: [UInt8]) -> [Range<Int>] {
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) || byte >= 128 }
    func length(_ byte: UInt8) -> Int {
      byte == 0xC2 ? 2 : (0xE0...0xEF).contains(byte) ? 3 : (0xF0...0xF7).contains(byte) ? 4 : 1
    }
    func isPart(_ byte: UInt8) -> Bool {
      isDigit(byte) || isLetter(byte) && length(byte) == 1 || ".,-_".utf8.contains(byte)
    }
    var found: [Range<Int>] = []
    var place = 0
    while place < text.count {
      if text[place] == 92 {
        while place < text.count, text[place] == 92 { place += 1 }
        guard place < text.count else { break }
        if "nrtbf".utf8.contains(text[place]) {
          place += 1
        } else if text[place] == 117, place + 5 <= text.count,
          text[(place + 1)..<(place + 5)].allSatisfy({ isDigit($0) || (97...102).contains($0 | 32) })
        {
          place += 5
        }
      } else if !isPart(text[place]) {
        place += length(text[place])
      } else {
        let start = place
        while place < text.count, isPart(text[place]) { place += 1 }
        if text[start..<place].contains(where: isDigit) { found.append(start..<place) }
      }
    }
    return found
  }

  @Test("in texts of pieces that divide values or do not") func pieces() {
    let pieces = [
      "7", "42", "order", "Order-4711", "-", ".", ",", "_", " ", "\"", "\\", "\\n", "\\\\n", "\\u00e9", "\\u12",
      "\\u20ac5", "€",
      "–", "é", "д", "価", "格", "¥", "😀", "a long word that has none, and more", "1,234.50", "{", "u", "n", "2026-11-19",
    ]
    var generator = SeededNumbers(11)
    for _ in 0..<4_000 {
      let count = Int.random(in: 0..<12, using: &generator)
      let text = Array((0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined().utf8)
      var found: [Range<Int>] = []
      ValueText.scan(text[...]) { found.append($0.range) }
      let runs = runs(text)
      let words = String(decoding: text, as: UTF8.self)
      for range in found {
        #expect(runs.contains { $0.contains(range.lowerBound) && $0.upperBound >= range.upperBound }, "\(words)")
      }
      // Each run tells its first number at least, but for ids of many digits.
      for run in runs where text[run].count(where: { (48...57).contains($0) }) <= 15 {
        #expect(found.contains { run.contains($0.lowerBound) }, "\(words)")
      }
    }
  }

  @Test("a part of a text is read by its own places") func part() {
    let text = Array("12 and Order-4711 for 30 EUR".utf8)
    var found: [String] = []
    ValueText.scan(text[3...]) { found.append(String(decoding: text[$0.range], as: UTF8.self)) }
    #expect(found == ["Order-4711", "4711", "30"])
  }
}
