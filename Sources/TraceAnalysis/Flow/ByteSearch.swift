/// Looks for any of some words in bytes, without making strings of them: most texts that detectors look at hold none.
struct ByteSearch: Sendable {
  private let words: [[UInt8]]
  /// The words, by the two bytes that they begin with, of which five bits each are the same in both cases: those of a
  /// beginning stand in `places` from one start to the next, in their order.
  private let starts: [Int]
  private let places: [Int]
  /// Two neighbouring bytes of each word, letters in lower case, by which sixteen places at a time are passed over: those that
  /// are rarest in texts. Empty where there are so many that this takes longer.
  private let pairs: [Pair]
  /// How far behind a word's beginning its pair stands at most.
  private let reach: Int

  /// Two bytes as they stand in memory, in all lanes.
  private typealias Pair = SIMD8<UInt16>

  private static func pair(_ word: [UInt8], at place: Int) -> Pair {
    Pair(repeating: UInt16(littleEndian: UInt16(word[place] | 0x20) | UInt16(word[place + 1] | 0x20) << 8))
  }

  private static let mostPairs = 20
  private static let blockSize = MemoryLayout<Pair>.size

  /// - Parameter words: In lower case; the text's ASCII letters are read as such.
  init(_ words: [String]) {
    self.words = words.map { Array($0.utf8) }
    var table = Array(repeating: [Int](), count: 1 << 10)
    for (place, word) in self.words.enumerated() {
      guard let first = word.first else { continue }
      let seconds = word.count > 1 ? [word[1]] : Array(0...31)
      for second in seconds { table[Self.beginning(first, second)].append(place) }
    }
    places = table.flatMap(\.self)
    starts = table.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    guard self.words.allSatisfy({ $0.count > 1 }) else {
      (pairs, reach) = ([], 0)
      return
    }
    let rarest = self.words.map { word in
      (word, (0..<word.count - 1).max { Self.rarity(word, $0) < Self.rarity(word, $1) } ?? 0)
    }
    let pairs = Set(rarest.map { Self.pair($0, at: $1) })
    self.pairs = pairs.count > Self.mostPairs ? [] : Array(pairs)
    reach = rarest.map(\.1).max() ?? 0
  }

  /// The bytes of JSON texts, the most frequent first.
  private static let frequent = Array(" etaoinsrhld\"cumfpgwyb,:.\\v'k0123456789-_xjqz".utf8)

  /// What nearly every record of a span has in it, in lower case: a pair of these bytes would be met in each.
  private static let usual: Set<[UInt8]> = {
    let record = """
      {"trace_id": "", "span_id": "", "parent_span_id": "", "name": "", "start_time_unix_nano": 1, "end_time_unix_nano": 1, \
      "events": [], "status": {"code": "status_code_ok", "message": ""}, "attributes": {"mlflow.spanstarttimens": "1", \
      "mlflow.tracerequestid": "\\"tr-\\"", "mlflow.spantype": "\\"llm\\"", "mlflow.spanloglevel": "1", "mlflow.spaninputs": \
      "{\\"messages\\": [{\\"role\\": \\"user\\", \\"content\\": \\"\\"}]}", "mlflow.spanoutputs": "{\\"text\\": \\"\\"}"}, "links": []}
      """
    let bytes = Array(record.utf8)
    return Set(zip(bytes, bytes.dropFirst()).map { [$0 | 0x20, $1 | 0x20] })
  }()

  private static func rarity(_ word: [UInt8], _ place: Int) -> Int {
    func rank(_ byte: UInt8) -> Int { frequent.firstIndex(of: byte) ?? frequent.count }
    let isUsual = usual.contains([word[place] | 0x20, word[place + 1] | 0x20])
    return rank(word[place]) + rank(word[place + 1]) - (isUsual ? 2 * frequent.count : 0)
  }

  /// Whether any of the words stands in the text.
  func isFound(in text: some Collection<UInt8>) -> Bool { first(in: text) != nil }

  /// The word that stands first in the text, of several there the one that was given first; nil when none does.
  func first(in text: some Collection<UInt8>) -> String? {
    let found = text.withContiguousStorageIfAvailable { bytes in unsafe place(bytes.span) }
    return (found ?? place(Array(text).span)).map { String(decoding: words[$0], as: UTF8.self) }
  }

  private func place(_ text: Span<UInt8>) -> Int? {
    let (starts, places) = (starts.span, places.span)
    var (position, checked) = (0, 0)
    while position < text.count {
      var end = text.count
      if !pairs.isEmpty {
        let pair = nextPair(text, from: position)
        // What begins before a pair may be the word that it is of.
        position = max(checked, pair.place - reach)
        end = pair.isFound ? pair.place + 1 : end
      }
      checked = end
      while position < end {
        // Behind the last byte there is nothing that could be a second one.
        let second = position + 1 < text.count ? text[position + 1] : 0
        let beginning = Self.beginning(text[position], second)
        var candidate = starts[beginning]
        while candidate < starts[beginning + 1] {
          if Self.stands(words[places[candidate]], text, position) { return places[candidate] }
          candidate += 1
        }
        position += 1
      }
    }
    return nil
  }

  /// Where the next pair stands; else the place behind which so few bytes are left that each has to be looked at.
  private func nextPair(_ text: Span<UInt8>, from start: Int) -> (place: Int, isFound: Bool) {
    let raw = unsafe text.bytes
    let pairs = pairs.span
    let lower = Pair(repeating: 0x2020)
    var position = start
    while position + Self.blockSize < text.count {
      // Sixteen bytes from `position`, and from the one behind it, lie inside the span; any bit pattern is valid.
      let first = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: Pair.self) | lower
      let second = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: position &+ 1, as: Pair.self) | lower
      var hits = SIMD2<UInt64>(repeating: 0)
      for place in pairs.indices {
        hits |= Self.lanes(of: pairs[place], in: first)
        hits |= Self.lanes(of: pairs[place], in: second)
      }
      if hits[0] | hits[1] != 0 {
        return (position + firstByte(in: first, second), true)
      }
      position &+= Self.blockSize
    }
    return (position, false)
  }

  /// The lanes in which a pair stands. Masks are put together as integers: the operators of masks are not inlined.
  @inline(__always)
  private static func lanes(of pair: Pair, in text: Pair) -> SIMD2<UInt64> {
    unsafe unsafeBitCast(text .== pair, to: SIMD2<UInt64>.self)
  }

  /// The first byte at which a pair stands, in lanes that begin at the first byte and in such that begin at the second.
  private func firstByte(in first: Pair, _ second: Pair) -> Int {
    var (even, odd) = (SIMD2<UInt64>(repeating: 0), SIMD2<UInt64>(repeating: 0))
    for pair in pairs {
      even |= Self.lanes(of: pair, in: first)
      odd |= Self.lanes(of: pair, in: second)
    }
    return min(Self.firstLane(even), Self.firstLane(odd) + 1)
  }

  /// The byte at which the first lane begins that is hit; one behind all of them where none is.
  @inline(__always)
  private static func firstLane(_ hits: SIMD2<UInt64>) -> Int {
    let bit = hits[0] != 0 ? hits[0].trailingZeroBitCount : 64 + hits[1].trailingZeroBitCount
    return bit / 16 * 2
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
