package import JSONText

/// The id of a request: a string or an integer of any size. Two ids are equal when their values are, however written.
package struct RequestID: Hashable, Sendable {
  /// The id as the client wrote it, which is how it goes back.
  package let text: ArraySlice<UInt8>
  private let value: Value

  private enum Value: Hashable {
    case string([UInt8])
    case integer([UInt8])
  }

  /// Nil when the value is neither a string nor a number written as an integer.
  package init?(_ json: JSONValue) {
    text = json.rawBytes
    switch json.kind {
    case .string: value = .string(json.stringBytes)
    case .number where text.allSatisfy { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }:
      value = .integer(Array(text))
    default: return nil
    }
  }

  package static func == (left: RequestID, right: RequestID) -> Bool { left.value == right.value }

  package func hash(into hasher: inout Hasher) { hasher.combine(value) }

  /// For the log.
  var description: String { String(decoding: text.prefix(80), as: UTF8.self) }
}
