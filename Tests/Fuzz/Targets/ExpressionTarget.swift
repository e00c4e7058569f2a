import TraceQuery

extension FuzzTarget {
  static let expressions = FuzzTarget(
    "expressions", "regular expressions of anybody on texts of anybody: an end, and places inside the text",
    words: [
      "(", ")", "(?:", "(?=", "(?<=", "(?<!", "(?i)", "(?R)", "(?1)", "\\K", "\\G", "\\1", "\\C", "\\Q", "\\E", "*",
      "+", "?", "{1,1000}",
      "{65535}", "*?", "++", "|", "^", "$", ".", "[^", "]", "[[:word:]]", "\\p{L}", "\\X", "\\R", "(*LIMIT_MATCH=1)",
      "(*UTF)", "(*NO_JIT)",
      "(a+)+", "(?C1)", "(?(DEFINE)", "aaaaaaaaaaaaaaaaaaaaaaaaa", "\u{0}",
    ], maximumLength: 400,
    seeds: { _ in
      [
        "(a+)+$\u{0}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "[a-z]{4}\u{0}some words", "(?<=\\K.)x\u{0}axbx", "^$\u{0}",
        "é|\\X\u{0}aé日😀",
        "retrieval\\s+agent|embedding (query|context)\u{0}an embedding query", "(?=ab\\K)\u{0}xabxab", "a*\u{0}baaac",
      ].map { Array($0.utf8) }
    },
    check: { bytes in
      let end = bytes.firstIndex(of: 0) ?? bytes.count
      let pattern = String(decoding: bytes[..<end], as: UTF8.self)
      let text = Array(bytes[min(end + 1, bytes.count)...])
      for ignoresCase in [false, true] {
        let expression: RegularExpression
        do throws(RegularExpression.Failure) {
          expression = try RegularExpression(pattern, ignoresCase: ignoresCase)
        } catch {
          guard case .unreadable(let words, let offset) = error else { throw Violation("\(error)") }
          try hold(!words.isEmpty && (0...pattern.utf8.count).contains(offset), "an error at \(offset): \(words)")
          return
        }
        guard let ranges = try? expression.ranges(in: text) else { continue }
        var last = 0
        for range in ranges {
          try hold(!range.isEmpty && range.upperBound <= text.count, "\(range) of \(text.count) bytes")
          try hold(range.upperBound > last, "places do not go on: \(range) behind \(last)")
          last = range.upperBound
        }
        try hold((try? expression.ranges(in: text)) == ranges, "found twice, it is somewhere else")
      }
    })
}
