/// A pattern of LIKE, as SQLite matches it: `%` for any characters, `_` for one, no way to escape them, the whole text.
struct LikePattern: Sendable {
  /// What stands between two `%`; nil for a `_`.
  private var pieces: [[UInt8?]]
  private let ignoresCase: Bool

  init(_ pattern: String, ignoresCase: Bool) {
    self.ignoresCase = ignoresCase
    var pieces: [[UInt8?]] = [[]]
    for byte in pattern.utf8 {
      switch byte {
      case UInt8(ascii: "%"): pieces.append([])
      case UInt8(ascii: "_"): pieces[pieces.count - 1].append(nil)
      default: pieces[pieces.count - 1].append(ignoresCase ? Self.lowered(byte) : byte)
      }
    }
    self.pieces = pieces
  }

  /// Whether the words stand somewhere in the bytes.
  static func contains(_ words: String, _ bytes: [UInt8]) -> Bool {
    var pattern = LikePattern("", ignoresCase: false)
    pattern.pieces = [[], words.utf8.map { $0 }, []]
    return pattern.matches(bytes)
  }

  func matches(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard pieces.count > 1 else { return end(of: pieces[0], at: 0, in: bytes) == bytes.count }
    guard var position = end(of: pieces[0], at: 0, in: bytes) else { return false }
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let next = firstEnd(of: piece, from: position, in: bytes) else { return false }
      position = next
    }
    let last = pieces[pieces.count - 1]
    if last.isEmpty { return true }
    // The last piece has to reach the end; a `_` may take several bytes, so every start is tried.
    return (position...bytes.count).contains { isStart($0, bytes) && end(of: last, at: $0, in: bytes) == bytes.count }
  }

  private func firstEnd(of piece: [UInt8?], from start: Int, in bytes: [UInt8]) -> Int? {
    guard start <= bytes.count else { return nil }
    for place in start...bytes.count where isStart(place, bytes) {
      if let end = end(of: piece, at: place, in: bytes) { return end }
    }
    return nil
  }

  /// Where the piece ends that begins there; nil when it does not stand there.
  private func end(of piece: [UInt8?], at start: Int, in bytes: [UInt8]) -> Int? {
    var position = start
    for wanted in piece {
      guard position < bytes.count else { return nil }
      guard let wanted else {
        position += 1
        while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
        continue
      }
      guard (ignoresCase ? Self.lowered(bytes[position]) : bytes[position]) == wanted else { return nil }
      position += 1
    }
    return position
  }

  /// Not in the middle of a character.
  private func isStart(_ place: Int, _ bytes: [UInt8]) -> Bool { place == bytes.count || bytes[place] & 0xC0 != 0x80 }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
