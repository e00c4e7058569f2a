/// Looks for any of some words in bytes, without making strings of them: most texts that detectors look at hold none.
struct ByteSearch: Sendable {
  private let words: [[UInt8]]
  /// Which bytes a word begins with, in both cases.
  private let beginnings: [Bool]

  /// - Parameter words: In lower case; the text's ASCII letters are read as such.
  init(_ words: [String]) {
    self.words = words.map { Array($0.utf8) }
    var beginnings = Array(repeating: false, count: 256)
    for word in self.words {
      guard let first = word.first else { continue }
      beginnings[Int(first)] = true
      if first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") { beginnings[Int(first & ~0x20)] = true }
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
    for position in text.indices where beginnings[Int(text[position])] {
      for (place, word) in words.enumerated() where Self.stands(word, text, position) { return place }
    }
    return nil
  }

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
