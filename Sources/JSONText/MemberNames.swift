/// Names of members that are looked for together: one walk over an object finds them all.
public struct MemberNames: Sendable, ExpressibleByArrayLiteral {
  private let names: [[UInt8]]
  /// A bit for each length that a name has, all from 63 on being one: most members have none of them.
  private let lengths: UInt64

  /// Names in their order, which is the one in which they are told.
  public init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    lengths = self.names.reduce(UInt64(0)) { $0 | Self.bit($1.count) }
  }

  /// Names as they are written.
  public init(arrayLiteral names: String...) { self.init(names) }

  @inline(__always)
  private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

  /// The place of the name that these bytes are.
  @inline(__always)
  fileprivate func place(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Int? {
    guard lengths & Self.bit(length) != 0 else { return nil }
    let names = names.span
    var place = 0
    while place < names.count {
      if names[place].count == length, JSONValue.equal(bytes, start, names[place].span) { return place }
      place += 1
    }
    return nil
  }
}

extension JSONValue {
  /// Tells of each member of an object that has one of the names, in document order; of several that have the same name the last
  /// counts, as everywhere. Of other kinds there is nothing to tell.
  ///
  /// - Parameter found: Gets the name's place in the list, and the member's value.
  public func forEachMember(of names: MemberNames, _ found: (_ place: Int, _ value: JSONValue) -> Void) {
    guard kind == .object else { return }
    let (words, text) = (storage.tape, storage.bytes)
    let tape = words.span
    let bytes = text.span
    var next = index + 2
    let end = word.offset
    while next < end {
      let key = TapeWord(bits: tape[next])
      let place: Int?
      if key.hasEscapes {
        let name = JSONValue(storage: storage, index: next).stringBytes
        place = names.place(name.span, 0, name.count)
      } else {
        place = names.place(bytes, key.offset, key.length)
      }
      if let place { found(place, JSONValue(storage: storage, index: next + 1)) }
      let value = TapeWord(bits: tape[next + 1])
      next = value.isContainer ? value.offset : next + 2
    }
  }

  /// The members that have one of the names, each with its name's place in the list, in the order of the list.
  public func members(of names: MemberNames) -> [(place: Int, value: JSONValue)] {
    var found: [(place: Int, value: JSONValue)] = []
    forEachMember(of: names) { place, value in
      if let known = found.firstIndex(where: { $0.place >= place }) {
        if found[known].place == place { found[known].value = value } else { found.insert((place, value), at: known) }
      } else {
        found.append((place, value))
      }
    }
    return found
  }
}
