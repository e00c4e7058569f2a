/// Looks for any of some words in bytes, without making strings of them: most texts that detectors look at hold none.
struct ByteSearch: Sendable {
  private let words: [[UInt8]]
  /// Which two bytes a word begins with, by the five bits that are the same in both cases.
  private let beginnings: [Bool]

  /// - Parameter words: In lower case; the text's ASCII letters are read as such.
  init(_ words: [String]) {
    self.words = words.map { Array($0.utf8) }
    var beginnings = Array(repeating: false, count: 1 << 10)
    for word in self.words {
      guard let first = word.first else { continue }
      let seconds = word.count > 1 ? [word[1]] : Array(0...255)
      for second in seconds { beginnings[Self.beginning(first, second)] = true }
    }
    self.beginnings = beginnings
  }

  /// Whether any of the words stands in the text.
  func isFound(in text: some Collection<UInt8>) -> Bool { first(in: text) != nil }

  /// The word that stands first in the text, of several there the one that was given first; nil when none does.
  func first(in text: some Collection<UInt8>) -> String? {
    let found = text.withContiguousStorageIfAvailable { bytes in unsafe place(bytes.span) }
    return (found ?? place(Array(text).span)).map { String(decoding: words[$0], as: UTF8.self) }
  }

  private func place(_ text: Span<UInt8>) -> Int? {
    let beginnings = beginnings.span
    var position = 0
    while position < text.count {
      // Behind the last byte there is nothing that could be a second one.
      let second = position + 1 < text.count ? text[position + 1] : 0
      if beginnings[Self.beginning(text[position], second)] {
        for (place, word) in words.enumerated() where Self.stands(word, text, position) { return place }
      }
      position += 1
    }
    return nil
  }

  @inline(__always)
  private static func beginning(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

  private static func stands(_ word: [UInt8], _ text: Span<UInt8>, _ position: Int) -> Bool {
    guard position + word.count <= text.count else { return false }
    for offset in word.indices where lowered(text[position + offset]) != word[offset] { return false }
    return true
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
