import JSONText

/// Messages that were read before, by their bytes: a chat that is sent again with every call is read once.
public final class MessageMemo {
  private struct Key: Hashable {
    var hash: Int
    var count: Int
  }

  /// Messages in the order in which they were first met; nil for an element that is none.
  private var messages: [ChatMessage?] = []
  /// What each of them was read from, empty for long ones. Apart, for looking at one part of a pair copies both.
  private var sources: [[UInt8]] = []
  /// To keep longer ones would take more memory than it saves time.
  private static let longest = 4_096
  private var places: [Key: Int] = [:]
  /// The one that followed the last at its first time: mostly it does so again, and then nothing has to be hashed.
  private var next = 0

  /// How many different messages were read.
  public private(set) var count = 0

  /// A memo that knows none.
  public init() {}

  /// The message that an element of a chat is, read by `read` if its bytes are new.
  func message(_ element: JSONValue, _ read: () -> ChatMessage?) -> ChatMessage? {
    let bytes = element.rawBytes
    if next < sources.count, Self.areSame(sources[next], bytes) {
      next += 1
      return messages[next - 1]
    }
    var hasher = Hasher()
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    let key = Key(hash: hasher.finalize(), count: bytes.count)
    if let place = places[key] {
      next = place + 1
      return messages[place]
    }
    var message = read()
    if message != nil {
      message?.number = count
      count += 1
    }
    places[key] = messages.count
    messages.append(message)
    sources.append(bytes.count <= Self.longest ? Array(bytes) : [])
    next = messages.count
    return message
  }

  /// Whether bytes are the same, sixteen at a time.
  private static func areSame(_ leftBytes: [UInt8], _ rightBytes: ArraySlice<UInt8>) -> Bool {
    guard leftBytes.count == rightBytes.count else { return false }
    let (leftSpan, rightSpan) = (leftBytes.span, rightBytes.span)
    let (left, right) = unsafe (leftSpan.bytes, rightSpan.bytes)
    let width = MemoryLayout<SIMD2<UInt64>>.size
    var place = 0
    while place + width <= leftBytes.count {
      // All sixteen bytes lie inside both; any bit pattern is valid.
      let first = unsafe left.unsafeLoadUnaligned(fromByteOffset: place, as: SIMD2<UInt64>.self)
      let second = unsafe right.unsafeLoadUnaligned(fromByteOffset: place, as: SIMD2<UInt64>.self)
      if first != second { return false }
      place += width
    }
    let (leftRest, rightRest) = (leftBytes.dropFirst(place), rightBytes.dropFirst(place))
    return leftRest.elementsEqual(rightRest)
  }
}
