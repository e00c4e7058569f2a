public import JSONText

/// The value of a span attribute. MLflow stores each as a string that should be JSON; some producers store bare text.
public struct AttributeValue: Sendable {
  /// The value as it is stored, normally a string.
  public let stored: JSONValue

  /// A value from what is stored.
  public init(stored: JSONValue) { self.stored = stored }

  /// What the stored string says as JSON, or the stored value itself when it is no JSON text.
  public var decoded: JSONValue {
    guard stored.kind == .string, stored.encodedStringLength > 0, let document = try? JSONDocument(stored.stringBytes)
    else { return stored }
    return document.root
  }

  /// The text, if the decoded value is a string.
  public var text: String? { stored.quotedWord ?? decoded.string }

  /// Whether this is the value: the text of a string, or the JSON text of anything else.
  public func reads(as value: String) -> Bool {
    let decoded = decoded
    if decoded.kind == .string { return decoded.string == value }
    // A number is also the text of digits that some producers record.
    return decoded.rawBytes.elementsEqual(value.utf8) || stored.string == value
  }

  /// Bytes of the value as it is stored, without quotes and before decoding; what a reader would have to pay.
  public var size: Int { stored.kind == .string ? stored.encodedStringLength : stored.rawBytes.count }

  /// Whether there is nothing in it: `null`, `""`, `{}`, `[]`, which MLflow's translation counts as absent.
  public var isEmpty: Bool {
    guard size <= 4 else { return false }
    let value = decoded
    switch value.kind {
    case .null: return true
    case .string: return value.encodedStringLength == 0
    case .array, .object: return value.count == 0
    case .true, .false, .number: return false
    }
  }
}
