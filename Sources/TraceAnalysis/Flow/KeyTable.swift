/// A table of places by keys that are hashes already: `Dictionary` would hash them once more, which takes longer than all else that
/// is done with a value.
///
/// Keys come from what others recorded, so that many of them may have been made to meet: where a key stands depends on a number
/// that each process draws anew. Nothing depends on the order in which they stand.
struct KeyTable: Sendable {
  private static let multiplier = UInt64.random(in: 0 ... .max) | 1

  /// A power of two of slots, each a key and its place; of an empty one the place is -1.
  private var keys: [UInt64]
  private var places: [Int32]
  /// How far the top bits of a product are from the bottom.
  private var shift: UInt64
  private(set) var count = 0

  /// - Parameter bits: Room for as many keys as this power of two, less a quarter, before the table has to grow.
  init(bits: Int = 4) {
    keys = Array(repeating: 0, count: 1 << bits)
    places = Array(repeating: -1, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  /// Where a key is looked for first.
  private func slot(of key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift) }

  /// The place of a key; nil for one that is not there.
  subscript(key: UInt64) -> Int? {
    let (keys, places) = (keys.span, places.span)
    var slot = slot(of: key)
    while places[slot] >= 0 {
      if keys[slot] == key { return Int(places[slot]) }
      slot = (slot + 1) & (keys.count - 1)
    }
    return nil
  }

  /// Adds a key that is not there yet.
  ///
  /// - Parameter place: 0 to 2^31 - 1.
  /// - Returns: The place that the key had before, which it keeps; nil for a new one.
  mutating func add(_ key: UInt64, _ place: Int) -> Int? {
    if let known = self[key] { return known }
    if count * 4 >= keys.count * 3 { grow() }
    put(key, Int32(place))
    count += 1
    return nil
  }

  private mutating func put(_ key: UInt64, _ place: Int32) {
    var slot = slot(of: key)
    while places[slot] >= 0 { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    places[slot] = place
  }

  private mutating func grow() {
    let (oldKeys, oldPlaces) = (keys, places)
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    places = Array(repeating: -1, count: oldKeys.count * 2)
    shift -= 1
    for slot in oldKeys.indices where oldPlaces[slot] >= 0 { put(oldKeys[slot], oldPlaces[slot]) }
  }
}
