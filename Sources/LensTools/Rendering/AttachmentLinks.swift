import TraceModel

/// Names what MLflow keeps beside a trace in place of a long link: `mlflow-attachment://<id>?content_type=image%2Fpng&…&size=7`
/// (mlflow 3.11 and later) is `[attachment image/png, 7B]` in excerpts. Pages of payloads keep the link.
enum AttachmentLinks {
  private static let scheme = Array("mlflow-attachment".utf8)

  static func summarized(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var copied = 0
    var position = 0
    while position < bytes.count {
      // Colons are rare, and every excerpt comes this way.
      guard bytes[position] == UInt8(ascii: ":"), let start = linkStart(bytes, position), start >= copied else {
        position += 1
        continue
      }
      let end =
        bytes[start...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } ?? bytes.count
      output += bytes[copied..<start]
      output += words(bytes[start..<end]).utf8
      (copied, position) = (end, end)
    }
    return copied == 0 ? bytes : output + bytes[copied...]
  }

  /// Where a link begins whose scheme ends at this colon; nil when none does.
  private static func linkStart(_ bytes: [UInt8], _ colon: Int) -> Int? {
    let start = colon - scheme.count
    guard start >= 0, colon + 2 < bytes.count, bytes[colon + 1] == UInt8(ascii: "/"),
      bytes[colon + 2] == UInt8(ascii: "/"),
      bytes[start..<colon].elementsEqual(scheme)
    else { return nil }
    return start
  }

  private static func words(_ link: ArraySlice<UInt8>) -> String {
    let query = String(decoding: link, as: UTF8.self).split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    var fields: [Substring: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1].split(separator: "%2F").joined(separator: "/") }
    }
    let size = fields["size"].flatMap { Int($0) }.map { Units.bytes($0) }
    return
      "[\((["attachment \(fields["content_type"] ?? "of unknown type")"] + (size.map { [$0] } ?? [])).joined(separator: ", "))]"
  }
}
