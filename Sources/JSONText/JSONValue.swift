/// A cursor at one value of a ``JSONDocument``.
///
/// Strings and numbers are decoded when asked for; ``rawBytes`` is the text as it stands in the document, so a value can
/// be handed on without loss (`5` stays `5`, `5.0` stays `5.0`).
public struct JSONValue: Sendable {
  @usableFromInline let storage: JSONDocument.Storage
  @usableFromInline let index: Int

  @inlinable
  init(storage: JSONDocument.Storage, index: Int) {
    self.storage = storage
    self.index = index
  }

  /// The word `null`, for where a document has nothing.
  public static let null = JSONValue(
    storage: JSONDocument.Storage(
      bytes: Array("null".utf8), tape: [TapeWord(kind: .null, length: 4, offset: 0).bits]),
    index: 0)

  @inlinable
  var word: TapeWord { TapeWord(bits: storage.tape[index]) }

  /// What this value is.
  @inlinable
  public var kind: JSONKind { word.kind }

  /// Whether this is the word `null`.
  @inlinable
  public var isNull: Bool { kind == .null }

  /// Whether this is an array or an object.
  @inlinable
  public var isContainer: Bool { word.isContainer }

  /// The truth value, or nil when this is no `true` or `false`.
  public var bool: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The decoded string, or nil when this is none. Ill-formed UTF-8 and lone surrogates become U+FFFD.
  public var string: String? {
    guard kind == .string else { return nil }
    if let plainBytes { return String(decoding: plainBytes, as: UTF8.self) }
    return String(decoding: stringBytes, as: UTF8.self)
  }

  /// The decoded string as UTF-8, empty when this is no string.
  public var stringBytes: [UInt8] {
    let word = word
    guard word.kind == .string else { return [] }
    let body = storage.bytes[word.offset..<word.offset + word.length]
    return word.hasEscapes ? unescape(body) : Array(body)
  }

  /// The UTF-8 of a string that is written without escapes, where it stands; nil for any other value.
  public var plainBytes: ArraySlice<UInt8>? {
    let word = word
    guard word.kind == .string, !word.hasEscapes else { return nil }
    return storage.bytes[word.offset..<word.offset + word.length]
  }

  /// What a string says that holds, as JSON text, nothing but a string without escapes: `"\"TOOL\""` says `TOOL`. Nil for any
  /// other value: that has to be scanned.
  public var quotedWord: String? {
    guard kind == .string, word.hasEscapes, word.length >= 4 else { return nil }
    let body = storage.bytes[word.offset..<word.offset + word.length]
    let inner = body.dropFirst(2).dropLast(2)
    let (backslash, quote) = (UInt8(ascii: "\\"), UInt8(ascii: "\""))
    guard body[body.startIndex] == backslash, body[body.startIndex + 1] == quote,
      body[body.endIndex - 2] == backslash, body[body.endIndex - 1] == quote, !inner.contains(backslash)
    else { return nil }
    return String(decoding: inner, as: UTF8.self)
  }

  /// Length of the string as it stands in the document, without its quotes and before decoding; 0 for other kinds.
  public var encodedStringLength: Int { kind == .string ? word.length : 0 }

  /// The number as it is written, or nil when this is none.
  public var numberText: String? {
    guard kind == .number else { return nil }
    return String(decoding: rawBytes, as: UTF8.self)
  }

  /// The integer, if this is a number written as one that fits 64 bits. `5.0` is not an integer here.
  public var int64: Int64? {
    let word = word
    guard word.kind == .number else { return nil }
    let text = storage.bytes
    let bytes = text.span
    let isNegative = bytes[word.offset] == UInt8(ascii: "-")
    // Counted downwards, for the least integer has no positive counterpart.
    var value: Int64 = 0
    for index in (word.offset + (isNegative ? 1 : 0))..<(word.offset + word.length) {
      let digit = bytes[index] &- UInt8(ascii: "0")
      let (product, isTooBig) = value.multipliedReportingOverflow(by: 10)
      let (difference, isTooLong) = product.subtractingReportingOverflow(Int64(digit))
      guard digit < 10, !isTooBig, !isTooLong else { return nil }
      value = difference
    }
    guard !isNegative else { return value }
    return value == .min ? nil : -value
  }

  /// The nearest double, or nil when this is no number. `NaN` and `Infinity` are read as Python writes them.
  public var double: Double? {
    guard let text = numberText else { return nil }
    return Double(text)
  }

  /// The same, nil also for what has no bounds (`Infinity`, `1e400`) and for `NaN`: what somebody measured always has them.
  public var finiteDouble: Double? { double.flatMap { $0.isFinite ? $0 : nil } }

  /// Elements of an array or members of an object; 0 for other kinds.
  @inlinable
  public var count: Int { isContainer ? word.length : 0 }

  /// The text of this value as it stands in the document, quotes and brackets included.
  public var rawBytes: ArraySlice<UInt8> {
    let word = word
    switch word.kind {
    case .array, .object:
      let bounds = TapeWord(bits: storage.tape[index + 1])
      return storage.bytes[bounds.start..<bounds.end]
    case .string:
      return storage.bytes[word.offset - 1..<word.offset + word.length + 1]
    case .null, .true, .false, .number:
      return storage.bytes[word.offset..<word.offset + word.length]
    }
  }

  /// The member of that name, the last one if there are several (as Python's parser has it); nil when there is none.
  public subscript(key: String) -> JSONValue? {
    guard kind == .object else { return nil }
    let found = unsafe key.utf8.withContiguousStorageIfAvailable { unsafe lastMember($0.span) }
    // Strings of this program are contiguous.
    let place = found ?? lastMember(Array(key.utf8).span)
    return place.map { JSONValue(storage: storage, index: $0) }
  }

  /// Where a value stands in its document, for who asks for it again: finding it takes a walk over the members around it.
  public struct Place: Sendable {
    // A tape has fewer words than its document has bytes, of which 2^32 are the most.
    fileprivate let index: UInt32
    fileprivate init(_ index: Int) { self.index = UInt32(truncatingIfNeeded: index) }
  }

  /// Where this value stands in its document.
  public var place: Place { Place(index) }

  /// The value at a place of the same document.
  public subscript(place: Place) -> JSONValue { JSONValue(storage: storage, index: Int(place.index)) }

  /// The tape index of the value of the last member with that name. A plain loop over the tape: this is where reading a
  /// trace spends its time, and cursors would count references at every step.
  private func lastMember(_ name: Span<UInt8>) -> Int? {
    let (words, text) = (storage.tape, storage.bytes)
    let tape = words.span
    let bytes = text.span
    var found: Int?
    var next = index + 2
    let end = word.offset
    while next < end {
      let key = TapeWord(bits: tape[next])
      if key.hasEscapes {
        if hasName(next, name) { found = next + 1 }
      } else if key.length == name.count, Self.equal(bytes, key.offset, name) {
        found = next + 1
      }
      let value = TapeWord(bits: tape[next + 1])
      next = value.isContainer ? value.offset : next + 2
    }
    return found
  }

  @inline(__always)
  static func equal(_ bytes: Span<UInt8>, _ start: Int, _ name: Span<UInt8>) -> Bool {
    // From the back: names of one family begin alike.
    var offset = name.count - 1
    while offset >= 0 {
      if bytes[start + offset] != name[offset] { return false }
      offset -= 1
    }
    return true
  }

  private func hasName(_ keyIndex: Int, _ name: Span<UInt8>) -> Bool {
    let key = JSONValue(storage: storage, index: keyIndex).stringBytes
    return key.count == name.count && Self.equal(key.span, 0, name)
  }

  /// The element at that place, or nil when there is none. Takes time in proportion to the place.
  public subscript(position: Int) -> JSONValue? {
    guard kind == .array, position >= 0, position < count else { return nil }
    var skipped = 0
    for element in elements {
      if skipped == position { return element }
      skipped += 1
    }
    return nil
  }

  /// The elements of an array in order; empty for other kinds.
  public var elements: Elements {
    kind == .array
      ? Elements(storage: storage, cursor: index + 2, end: word.offset) : Elements(storage: storage, cursor: 0, end: 0)
  }

  /// The members of an object in document order; empty for other kinds.
  public var members: Members {
    kind == .object
      ? Members(storage: storage, cursor: index + 2, end: word.offset) : Members(storage: storage, cursor: 0, end: 0)
  }

  /// The JSON that a string holds, if it holds an object or an array: MLflow nests JSON in strings.
  public func nestedDocument() -> JSONDocument? {
    guard kind == .string else { return nil }
    let bytes = stringBytes
    guard let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return nil }
    return try? JSONDocument(bytes)
  }

  @inlinable
  static func following(_ storage: JSONDocument.Storage, _ index: Int) -> Int {
    let word = TapeWord(bits: storage.tape[index])
    return word.isContainer ? word.offset : index + 1
  }

  /// The elements of an array.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    @usableFromInline let storage: JSONDocument.Storage
    @usableFromInline var cursor: Int
    @usableFromInline let end: Int

    /// The next element.
    @inlinable
    public mutating func next() -> JSONValue? {
      guard cursor < end else { return nil }
      let value = JSONValue(storage: storage, index: cursor)
      cursor = JSONValue.following(storage, cursor)
      return value
    }
  }

  /// One member of an object.
  public struct Member: Sendable {
    @usableFromInline let storage: JSONDocument.Storage
    @usableFromInline let index: Int

    @usableFromInline
    init(storage: JSONDocument.Storage, index: Int) {
      self.storage = storage
      self.index = index
    }

    /// The member's name.
    public var key: String { JSONValue(storage: storage, index: index).string ?? "" }
    /// The member's value.
    public var value: JSONValue { JSONValue(storage: storage, index: index + 1) }

    /// The first byte of the member's name, as it is written; nil for an empty name.
    public var keyFirstByte: UInt8? {
      let word = TapeWord(bits: storage.tape[index])
      return word.length > 0 ? storage.bytes[word.offset] : nil
    }

    /// Whether the member's name, as it is written, begins with these bytes. Makes no string.
    public func keyHasPrefix(_ prefix: StaticString) -> Bool {
      let word = TapeWord(bits: storage.tape[index])
      let text = storage.bytes
      return word.length >= prefix.utf8CodeUnitCount && Self.stands(prefix, in: text.span, at: word.offset)
    }

    /// Whether these bytes stand somewhere in the member's name, as it is written. Makes no string.
    public func keyContains(_ part: StaticString) -> Bool {
      let word = TapeWord(bits: storage.tape[index])
      let count = part.utf8CodeUnitCount
      guard count > 0 else { return true }
      guard word.length >= count else { return false }
      let text = storage.bytes
      let bytes = text.span
      // A literal of this program, of one byte at least.
      let first = unsafe part.utf8Start.pointee
      for start in word.offset...(word.offset + word.length - count) where bytes[start] == first {
        if Self.stands(part, in: bytes, at: start) { return true }
      }
      return false
    }

    /// - Parameter start: With room for all of the part behind it.
    @inline(__always)
    private static func stands(_ part: StaticString, in bytes: Span<UInt8>, at start: Int) -> Bool {
      let count = part.utf8CodeUnitCount
      precondition(start >= 0 && start + count <= bytes.count)
      // A literal of this program, of so many bytes; so many were found in the text, too.
      let part = unsafe part.utf8Start
      var offset = 0
      while offset < count {
        if unsafe bytes[unchecked: start &+ offset] != part[offset] { return false }
        offset &+= 1
      }
      return true
    }
  }

  /// The members of an object.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    @usableFromInline let storage: JSONDocument.Storage
    @usableFromInline var cursor: Int
    @usableFromInline let end: Int

    /// The next member.
    @inlinable
    public mutating func next() -> Member? {
      guard cursor < end else { return nil }
      let member = Member(storage: storage, index: cursor)
      cursor = JSONValue.following(storage, cursor + 1)
      return member
    }
  }
}
