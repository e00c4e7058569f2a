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

  /// The first of the words, in their order, that stands in the text; nil when none does.
  func first(in text: some Collection<UInt8>) -> String? {
    words.first { word in
      ByteSearch([String(decoding: word, as: UTF8.self)]).isFound(in: text)
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether any of the words stands in the text.
  func isFound(in text: some Collection<UInt8>) -> Bool {
    let found = text.withContiguousStorageIfAvailable { bytes in unsafe isFound(bytes.span) }
    return found ?? isFound(Array(text).span)
  }

  private func isFound(_ text: Span<UInt8>) -> Bool {
    let beginnings = beginnings.span
    for position in text.indices where beginnings[Int(text[position])] {
      for word in words where Self.stands(word, text, position) { return true }
    }
    return false
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
