public import JSONText

/// How much of a model's input it had been sent before: an agent resends the whole chat at every call.
public struct MessageHistory: Sendable {
  /// The messages as they stand in an input, each as JSON text.
  private let messages: [JSONValue]
  /// The way to the list of them.
  private let path: [String]

  /// Finds the list of messages of an input; nil when it has none.
  public init?(_ input: JSONValue) {
    if input.kind == .array {
      (messages, path) = (Array(input.elements), [])
    } else if let key = ["messages", "input", "contents", "prompt"].first(where: { input[$0]?.kind == .array }),
      let list = input[key]
    {
      // LangChain's batch of one chat.
      if list.count == 1, let only = list[0], only.kind == .array {
        (messages, path) = (Array(only.elements), [key, "0"])
      } else {
        (messages, path) = (Array(list.elements), [key])
      }
    } else {
      return nil
    }
    guard messages.count > 1, messages.allSatisfy(\.isContainer) else { return nil }
  }

  /// The number of messages.
  public var count: Int { messages.count }

  /// How many messages at the beginning are those of another input, byte for byte.
  public func commonCount(with other: MessageHistory) -> Int {
    var count = 0
    while count < min(messages.count, other.messages.count),
      messages[count].rawBytes.elementsEqual(other.messages[count].rawBytes)
    {
      count += 1
    }
    return count
  }

  /// Bytes of so many messages from the first on.
  public func bytes(ofFirst count: Int) -> Int { messages.prefix(count).reduce(0) { $0 + $1.rawBytes.count } }

  /// Bytes of the input before a message. The input is the value that was given to ``init(_:)``.
  public func offset(ofMessage index: Int, in input: JSONValue) -> Int? {
    guard messages.indices.contains(index) else { return nil }
    let (start, place) = (input.rawBytes.startIndex, messages[index].rawBytes.startIndex)
    return place >= start && messages[index].rawBytes.endIndex <= input.rawBytes.endIndex ? place - start : nil
  }
}
