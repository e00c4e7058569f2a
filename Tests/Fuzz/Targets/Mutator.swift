import JSONText

/// Makes inputs of a target: the n-th input of a seed is the same in every run, whatever came before it.
public struct Mutator: Sendable {
  private let target: FuzzTarget
  private let seed: UInt64
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private let trees: JSONMutator

  /// A mutator of a target's own seeds.
  public init(_ target: FuzzTarget, corpus: Corpus, seed: UInt64) {
    self.target = target
    self.seed = seed
    seeds = target.seeds(corpus) + [[]]
    words = (target.words + Self.words).map { Array($0.utf8) } + Self.odd
    let isTree = target.shape == .json || target.shape == .jsonLines
    trees = JSONMutator(
      donors: isTree ? seeds.compactMap { try? JSONDocument($0) }.map { JSON($0.root) } : [], words: target.words)
  }

  /// How many inputs there are to begin with: the first ones are the seeds as they are.
  public var seedCount: Int { seeds.count }

  /// The input of that number.
  public func input(_ number: Int) -> [UInt8] {
    if number < seeds.count { return Array(seeds[number].prefix(target.maximumLength)) }
    var numbers = SeededNumbers(seed &* 0x9E37_79B9 &+ UInt64(number))
    var bytes = seeds[numbers.pick(seeds.count)]
    // Trees go on being trees most of the time, for what is no tree is refused at the door.
    let isVariedAsBytes: Bool
    switch target.shape {
    case .text: isVariedAsBytes = true
    case .json:
      trees.vary(&bytes, &numbers)
      isVariedAsBytes = numbers.pick(4) == 0
    case .jsonLines:
      trees.varyLines(&bytes, &numbers)
      isVariedAsBytes = numbers.pick(6) == 0
    case .protobuf:
      ProtobufMutator.vary(&bytes, &numbers, words)
      isVariedAsBytes = numbers.pick(4) == 0
    }
    if isVariedAsBytes {
      for _ in 0...numbers.pick(5) { vary(&bytes, &numbers) }
    }
    return Array(bytes.prefix(target.maximumLength))
  }

  // MARK: Bytes

  private static let words = [
    "\"", "'", "\\", "\\\"", "\\u0000", "\\ud83d", "\\ude00", "{", "}", "[", "]", ":", ",", "null", "true", "false",
    "NaN",
    "-Infinity", "0", "-0", "1e999", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551616", "0.1e-400", "\n", "\r\n", "\t", "\u{0}", "\u{1b}[2J", "\u{202e}", "\u{2028}", "\u{200b}",
    "\u{feff}", "\u{e0041}", "\u{301}", "é", "日本", "😀", "👩‍👧", "%00", "%", "+", "/", "..", "~0", "~1", "$", "=", " ",
    "--", ";", "/*", "`", "(", ")",
  ]
  /// Bytes that are no text.
  private static let odd: [[UInt8]] = [
    [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
  ]

  private func vary(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    let place = numbers.pick(bytes.count + 1)
    let range = place..<min(bytes.count, place + 1 + numbers.pick([1, 4, 16, 128][numbers.pick(4)]))
    switch numbers.pick(13) {
    case 0 where !range.isEmpty: bytes[place] ^= 1 << UInt8(numbers.pick(8))
    case 1 where !range.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: numbers.next())
    case 2 where !range.isEmpty: bytes.removeSubrange(range)
    case 3 where !range.isEmpty: bytes.insert(contentsOf: Array(bytes[range]), at: numbers.pick(bytes.count))
    case 4 where !range.isEmpty:
      // Again and again, as far as there is room.
      let piece = Array(bytes[range])
      let count = min(
        [2, 3, 10, 100, 2_000][numbers.pick(numbers.pick(4) == 0 ? 5 : 3)],
        (target.maximumLength - bytes.count) / piece.count)
      for _ in 0..<max(1, count) { bytes.insert(contentsOf: piece, at: place) }
    case 5, 6, 7: bytes.insert(contentsOf: numbers.pick(words) ?? [], at: place)
    case 8 where !range.isEmpty: bytes.replaceSubrange(range, with: numbers.pick(words) ?? [])
    case 9:
      let other = seeds[numbers.pick(seeds.count)]
      let start = numbers.pick(other.count)
      let end = min(other.count, start + 1 + numbers.pick(64))
      bytes.replaceSubrange(range, with: other[start..<end])
    case 10: Self.replaceNumber(&bytes, from: place, &numbers)
    case 11:
      let depth = [1, 2, 3, 30, 520][numbers.pick(numbers.pick(4) == 0 ? 5 : 3)]
      let (open, close) = [("[", "]"), ("{\"a\":", "}"), ("(", ")")][numbers.pick(3)]
      bytes.insert(contentsOf: Array(repeating: Array(close.utf8), count: depth).joined(), at: range.upperBound)
      bytes.insert(contentsOf: Array(repeating: Array(open.utf8), count: depth).joined(), at: place)
    default: bytes.removeSubrange(place...)
    }
  }

  /// The next number in the text, made as large, small or odd as it gets.
  private static func replaceNumber(_ bytes: inout [UInt8], from place: Int, _ numbers: inout SeededNumbers) {
    func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let others = [
      "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "4294967296", "2147483648",
      "1e308", "-1e400", "0.5", "00", "1_000", "+5", "253402300800000",
    ]
    bytes.replaceSubrange(start..<end, with: (numbers.pick(others) ?? "0").utf8)
  }
}
