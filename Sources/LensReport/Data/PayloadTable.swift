import JSONText
import LensTools

/// Recorded values as the page holds them: each once, masked, and of those that are too long only head and tail.
struct PayloadTable {
  /// Bytes that the values of a page may have.
  struct Limits: Sendable {
    /// Of one value.
    var value: Int
    /// Of all.
    var total: Int
  }

  private struct Entry {
    var head: [UInt8]
    /// Empty where the value is whole.
    var tail: [UInt8]
    var size: Int
    /// Whether a finding, the question or the answer stands in it: it is cut last.
    var isImportant: Bool

    var kept: Int { head.count + tail.count }
  }

  private let excerpter: Excerpter
  private let limits: Limits
  private var entries: [Entry] = []
  private var places: [[UInt8]: Int] = [:]

  init(excerpter: Excerpter, limits: Limits) {
    self.excerpter = excerpter
    self.limits = limits
  }

  /// Takes a value in and says its place.
  ///
  /// - Parameter key: The key it stands under, which may be all that says "secret".
  mutating func add(_ value: JSONValue, under key: String? = nil, isImportant: Bool = false) -> Int {
    add(json: Self.compacted(value.rawBytes), under: key, isImportant)
  }

  /// The same for words, whose line breaks are to be kept.
  mutating func add(_ text: String, isImportant: Bool = false) -> Int {
    add(json: JSON.string(text).bytes[...], under: nil, isImportant)
  }

  private mutating func add(json: ArraySlice<UInt8>, under key: String?, _ isImportant: Bool) -> Int {
    let bytes = excerpter.whole(json, under: key)
    let entry = Self.cut(Entry(head: bytes, tail: [], size: bytes.count, isImportant: isImportant), to: limits.value)
    // Two long values with the same ends and size may differ between them.
    let identity = entry.tail.isEmpty ? entry.head : bytes
    if let place = places[identity] {
      entries[place].isImportant = entries[place].isImportant || isImportant
      return place
    }
    entries.append(entry)
    places[identity] = entries.count - 1
    return entries.count - 1
  }

  /// Head and tail of an entry, three to one.
  private static func cut(_ entry: Entry, to limit: Int) -> Entry {
    guard entry.kept > limit else { return entry }
    var entry = entry
    let back = SafeText.suffix((entry.tail.isEmpty ? entry.head : entry.tail)[...], limit / 4)
    entry.tail = Array(back)
    entry.head = Array(SafeText.prefix(entry.head[...], limit - limit / 4))
    return entry
  }

  /// Blanks between the tokens left out: as text they would be shown as escapes, which are no JSON.
  private static func compacted(_ json: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard json.contains(where: { $0 < 0x20 }) else { return json }
    var output: [UInt8] = []
    output.reserveCapacity(json.count)
    var isString = false
    var isEscaped = false
    for byte in json {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isString = true
      } else if byte <= 0x20 {
        continue
      }
      output.append(byte)
    }
    return output[...]
  }

  /// What was left out of a page.
  struct Omission: Sendable {
    /// Values of which only head and tail are there.
    var count = 0
    /// Bytes that are not.
    var bytes = 0
  }

  /// Cuts what is too much for all together, the longest first, and of what matters last.
  mutating func level() -> Omission {
    let important = entries.indices.filter { entries[$0].isImportant }
    let others = entries.indices.filter { !entries[$0].isImportant }
    let first = cut(important, to: others.isEmpty ? limits.total : Self.threeQuarters(limits.total))
    _ = cut(others, to: limits.total - first)
    return entries.reduce(into: Omission()) { omission, entry in
      guard entry.kept < entry.size else { return }
      omission.count += 1
      omission.bytes += entry.size - entry.kept
    }
  }

  private static func threeQuarters(_ number: Int) -> Int { number / 4 * 3 + number % 4 * 3 / 4 }

  /// The highest limit under which they fit together, and the bytes they then have.
  private mutating func cut(_ places: [Int], to room: Int) -> Int {
    let sizes = places.map { entries[$0].kept }.sorted()
    var left = max(0, room)
    for (place, size) in sizes.enumerated() {
      let share = left / (sizes.count - place)
      guard size > share else {
        left -= size
        continue
      }
      for index in places { entries[index] = Self.cut(entries[index], to: share) }
      break
    }
    return places.reduce(0) { $0 + entries[$1].kept }
  }

  /// The values as a list: a string, or of what was cut `[head, tail, bytes in all]`.
  func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for entry in entries {
      let head = JSON.string(String(decoding: entry.head, as: UTF8.self))
      guard entry.kept < entry.size else {
        writer.write(head)
        continue
      }
      writer.write([head, .string(String(decoding: entry.tail, as: UTF8.self)), .int(Int64(entry.size))])
    }
    writer.endArray()
  }
}
