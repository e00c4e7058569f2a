import JSONText

/// Messages that were read before, by their bytes: a chat that is sent again with every call is read once.
public final class MessageMemo {
  private struct Key: Hashable {
    var hash: Int
    var count: Int
  }

  private var known: [Key: ChatMessage?] = [:]

  /// How many different messages were read.
  public private(set) var count = 0

  /// A memo that knows none.
  public init() {}

  /// The message that an element of a chat is, read by `read` if its bytes are new.
  func message(_ element: JSONValue, _ read: () -> ChatMessage?) -> ChatMessage? {
    let bytes = element.rawBytes
    var hasher = Hasher()
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    let key = Key(hash: hasher.finalize(), count: bytes.count)
    if let found = known[key] { return found }
    var message = read()
    if message != nil {
      message?.number = count
      count += 1
    }
    known[key] = .some(message)
    return message
  }
}
