import JSONText

/// Words as they may stand in a recorded span: JSON in which payloads are JSON in strings.
public enum RecordedText {
  /// The words as they are, and with the escapes of one and of two strings around them, each in the two forms in which
  /// MLflow has written what is not ASCII.
  public static func variants(of text: String) -> [String] {
    var variants = [text]
    for escape in [Self.escaped, Self.escapedToASCII] {
      let once = escape(text)
      for variant in [once, escape(once)] where !variants.contains(variant) { variants.append(variant) }
    }
    return variants
  }

  /// Whether the words stand in a span's record.
  static func stands(_ text: String, in record: some Collection<UInt8>) -> Bool {
    let bytes = Array(record)
    return variants(of: text).contains { LikePattern.contains($0, bytes) }
  }

  private static func escaped(_ text: String) -> String {
    var writer = JSONWriter(style: .python)
    writer.write(.string(text))
    return String(String(decoding: writer.bytes, as: UTF8.self).dropFirst().dropLast())
  }

  private static func escapedToASCII(_ text: String) -> String {
    String(ASCIIJSON.quoted(text).dropFirst().dropLast())
  }
}
