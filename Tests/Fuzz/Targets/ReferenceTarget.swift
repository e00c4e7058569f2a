import JSONText
import TraceModel
import TraceQuery
import TraceStores

extension FuzzTarget {
  static let references = FuzzTarget(
    "references", "paths, ids, times, page tokens, base64, percent escapes: what is read is written and read again",
    words: [
      "/", "~0", "~1", "[", "]", ".", "`", "$", "$.", "'", "tr-", "s1", "0", "+", "-", "%2F", "%", "T", "Z", "+01:00",
      "=",
    ],
    maximumLength: 200,
    seeds: { _ in
      [
        "/messages/0/content", "messages[0].content", "$.a['b.c']", "`a.b`.c", "/a~1b/~0", "a/b/c",
        "tr-0123456789abcdef",
        "0123456789abcdef", "AAAAAAAAAAE=", "eyJvZmZzZXQiOiAxMDB9", "2026-11-16T09:00:00.123456789Z",
        "2026-11-16 09:00:00+01:00", "2026-11-16", "1794820000000", "-1", "file%20name%2f..%zz",
      ].map { Array($0.utf8) }
    },
    check: { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      try ReferenceChecks.path(text)
      if let id = SpanID(text) {
        try hold(SpanID(id.description) == id && id.description.utf8.count == 16, "a span's id")
        // Sixteen digits, or base64, which has no sixteen.
        let isHex = text.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit)
        try hold(text.utf8.count != 16 || isHex || text.utf8.contains(UInt8(ascii: "=")), "a span's id of '\(text)'")
      }
      try hold(TraceID(TraceID(text).rawValue) == TraceID(text), "a trace's id")
      try hold(
        !TraceID(text).rawValue.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "a trace's id with control characters")
      if let time = Timestamp(text) { try SpanChecks.holds(time) }
      if let token = try? PageToken(text) {
        try hold((try? PageToken(token.text)) == token, "a page token")
        try hold(!token.offset.addingReportingOverflow(1 << 32).overflow, "a page to which nothing can be added")
        var query = TraceQuery(limit: 5)
        query.offset = token.offset
        try hold((try? query.page(of: []) { _ in false })?.infos.isEmpty == true, "a page behind the last")
      }
      try hold(Base64.decode(Base64.encode(bytes)) == bytes, "base64 gives other bytes")
      if let decoded = Base64.decode(text) {
        try hold(decoded.count <= bytes.count, "base64 of \(bytes.count) characters is longer")
      }
      let escaped = bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      try hold(PercentEncoding.decoded(escaped) == text, "percent escapes give another text")
      if !bytes.contains(UInt8(ascii: "%")) {
        try hold(PercentEncoding.decoded(text) == text, "no escapes, another text")
      }
    })
}

/// What holds of paths.
enum ReferenceChecks {
  private static let root =
    (try? JSONDocument(#"{"messages":[{"content":"a"}],"a.b":{"c":1},"":{"":[]},"n":"[{\"x\":1}]"}"#))?.root

  static func path(_ text: String) throws(Violation) {
    let path = JSONPath(text)
    let again = JSONPath(path.description)
    try hold(again.steps.map { Array($0.utf8) } == path.steps.map { Array($0.utf8) }, "'\(text)' is written \(path)")
    guard let root else { throw Violation("no document") }
    switch path.resolve(in: root) {
    case .found: break
    case .missing(let at, let step, _):
      guard case .found = at.resolve(in: root) else { throw Violation("it leads as far as \(at), which leads nowhere") }
      try hold(path.steps.contains(step), "a step that is none of its own")
    }
  }
}
