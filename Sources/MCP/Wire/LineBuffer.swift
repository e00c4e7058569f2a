#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Cuts a stream of bytes into lines. Its memory is bounded by the longest line allowed, whatever comes in.
///
/// One trailing CR goes, blank lines are passed over, and so is a byte order mark at the start of the stream.
package struct LineBuffer {
  /// What comes out.
  package enum Line: Hashable {
    case line([UInt8])
    /// A line beyond the limit. Told once, as soon as it is known; its rest is thrown away up to the next line feed.
    case oversized
  }

  /// Bytes allowed in a line, without its line feed.
  let limit: Int

  /// Room for one more read is kept at the end; `start..<end` is not yet handed out.
  private var storage: [UInt8] = []
  private var start = 0
  private var end = 0
  /// No line feed lies before this place.
  private var searched = 0
  private var isDiscarding = false
  private var isFirstLine = true

  /// What one read asks for.
  package static let chunk = 64 * 1024
  /// The room kept when idle; more is given back after a long line.
  private static let usualCapacity = 2 * chunk

  package init(limit: Int) { self.limit = limit }

  /// The memory it holds, in bytes.
  package var capacity: Int { storage.capacity }

  /// Lets a reader put bytes at the end; it returns how many, or a number below 1, which is handed back.
  package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    makeRoom()
    let end = end
    let count = unsafe storage.withUnsafeMutableBytes { bytes in
      // `makeRoom` has seen to it that a chunk fits behind `end`.
      unsafe read(UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + Self.chunk]))
    }
    if count > 0 { self.end += count }
    return count
  }

  /// The next line, or nil when more bytes are needed.
  package mutating func next() -> Line? {
    while true {
      guard let feed = nextFeed() else {
        if isDiscarding {
          drop()
        } else if end - start > limit + (isFirstLine ? 4 : 1) {
          // A mark at the start and a CR at the end do not count, and may be all that is too much.
          isDiscarding = true
          isFirstLine = false
          drop()
          return .oversized
        }
        return nil
      }
      let range = start..<feed
      start = feed + 1
      searched = start
      if isDiscarding {
        isDiscarding = false
      } else if let line = line(range) {
        return line
      }
    }
  }

  /// What is left when the stream has ended: a last line without its line feed.
  package mutating func finish() -> Line? {
    let range = start..<end
    drop()
    return isDiscarding ? nil : line(range)
  }

  private mutating func line(_ range: Range<Int>) -> Line? {
    var bytes = storage[range]
    if isFirstLine, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    isFirstLine = false
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    if bytes.count > limit { return .oversized }
    if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
      return nil
    }
    return .line(Array(bytes))
  }

  private mutating func nextFeed() -> Int? {
    let range = searched..<end
    let found = unsafe storage.withUnsafeBytes { bytes -> Int? in
      guard !range.isEmpty, let base = bytes.baseAddress else { return nil }
      // The range lies inside the array, and the pointer that comes back inside the range.
      guard let hit = unsafe memchr(base + range.lowerBound, Int32(UInt8(ascii: "\n")), range.count) else { return nil }
      return unsafe UnsafeRawPointer(hit) - base
    }
    if found == nil { searched = end }
    return found
  }

  private mutating func drop() {
    start = 0
    end = 0
    searched = 0
  }

  private mutating func makeRoom() {
    if start == end {
      drop()
      if storage.count > Self.usualCapacity { storage = [] }
    }
    if storage.count - end < Self.chunk, start > 0 {
      unsafe storage.withUnsafeMutableBytes { bytes in
        // Both ranges lie inside the array; they may overlap.
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      searched -= start
      end -= start
      start = 0
    }
    if storage.count - end < Self.chunk {
      let wanted = max(Self.usualCapacity, min(2 * storage.count, limit + 2 * Self.chunk), end + Self.chunk)
      var larger = [UInt8](repeating: 0, count: wanted)
      unsafe larger.withUnsafeMutableBytes { room in
        // `room` is larger than the array that is copied into it.
        unsafe storage.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
      }
      storage = larger
    }
  }
}
