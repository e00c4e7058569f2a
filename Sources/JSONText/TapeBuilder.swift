/// The tape while it is written. An array would look after its buffer at every word. What is read and written through its pointer
/// lies below the count, which is never above the capacity.
@safe struct TapeBuilder: ~Copyable {
  private var words: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// Words written so far.
  private(set) var count = 0

  /// The word of the innermost container that is still open; -1 when none is.
  private(set) var open = -1
  /// How many containers are open.
  private(set) var depth = 0
  /// Children of the innermost one so far.
  private var children = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe words = .allocate(capacity: self.capacity)
  }

  deinit { unsafe words.deallocate() }

  /// Adds a word.
  @inline(__always)
  mutating func append(_ word: TapeWord) {
    if count == capacity { grow() }
    // Below the capacity, which is what was allocated.
    unsafe words[count] = word.bits
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
    unsafe larger.update(from: words, count: count)
    unsafe words.deallocate()
    unsafe words = larger
    capacity *= 2
  }

  /// Opens a container whose first byte is at that offset. Until it is closed, its first word keeps what belongs to the one
  /// around it: so no stack is needed.
  mutating func openContainer(isObject: Bool, at offset: Int) {
    let outer = TapeWord(kind: isObject ? .object : .array, length: children, offset: open + 1)
    open = count
    children = 0
    depth += 1
    append(outer)
    append(TapeWord(start: offset, end: 0))
  }

  /// Whether the innermost container is an object.
  @inline(__always)
  var isInObject: Bool { unsafe TapeWord(bits: words[open]).kind == .object }

  /// Counts one more child of the innermost container.
  @inline(__always)
  mutating func countChild() { children += 1 }

  /// Whether the innermost container has as many children as its word can say, or the tape as many words.
  var isFull: Bool { children >= TapeWord.maximumLength || count >= TapeWord.maximumOffset }

  /// Closes the innermost container behind the byte at that offset.
  mutating func closeContainer(at end: Int) {
    // `open` is a word that was written, with another behind it.
    let (outer, bounds) = unsafe (TapeWord(bits: words[open]), TapeWord(bits: words[open + 1]))
    unsafe words[open] = TapeWord(kind: outer.kind, length: children, offset: count).bits
    unsafe words[open + 1] = TapeWord(start: bounds.start, end: end).bits
    (open, children) = (outer.offset - 1, outer.length)
    depth -= 1
  }

  /// The tape, in an array without room to spare.
  consuming func finished() -> [UInt64] {
    unsafe Array(UnsafeBufferPointer(start: words, count: count))
  }
}
