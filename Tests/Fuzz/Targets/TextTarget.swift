import JSONText
import LensTools
import TraceModel

extension FuzzTarget {
  static let texts = FuzzTarget(
    "texts", "recorded text on its way out: masked, neutralised, cut", words: AnswerRules.secrets + TextChecks.words,
    maximumLength: 12_000,
    seeds: { corpus in
      corpus.spans + corpus.documents(upTo: 9_000, atMost: 60)
        + AnswerRules.secrets.map { Array("Bearer \($0)".utf8) } + [TextChecks.key(lines: 3)]
    },
    check: { bytes in
      var numbers = SeededNumbers(digest(bytes))
      try TextChecks.isNeutralised(bytes)
      try TextChecks.isMasked(bytes, &numbers)
      try TextChecks.fits(bytes, limit: numbers.pick(400))
      for count in [0, numbers.pick(bytes.count + 2), bytes.count] {
        let (head, tail) = (SafeText.prefix(bytes[...], count), SafeText.suffix(bytes[...], count))
        try hold(head.count <= count && tail.count <= count, "a cut longer than \(count)")
        try hold(bytes.starts(with: head) && bytes.reversed().starts(with: tail.reversed()), "a cut of something else")
        guard String(validating: bytes, as: UTF8.self) != nil else { continue }
        try hold(String(validating: head, as: UTF8.self) != nil, "a cut in the middle of a character")
        try hold(String(validating: tail, as: UTF8.self) != nil, "a cut in the middle of a character")
      }
    })
}

/// What holds of text on its way out.
enum TextChecks {
  static let words = [
    "password: ", "\"api_key\": \"", "Authorization: Bearer ", "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "https://user:secretsecret@host/", "token=", "data:image/png;base64,",
    "mlflow-attachment://x?content_type=a&size=9",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\\n", "\\\"", "\u{9b}", "\u{fff9}", "\u{fe00}", "\u{2066}",
  ]

  /// A private key of so many lines, in which every letter is the same.
  static func key(lines: Int) -> [UInt8] {
    let line = String(repeating: "Q", count: 64) + "\n"
    let name = "PRIVATE" + " KEY-----"
    return Array("-----BEGIN \(name)\n\(String(repeating: line, count: lines))-----END \(name)\n".utf8)
  }

  static func isNeutralised(_ bytes: [UInt8]) throws(Violation) {
    let safe = SafeText.neutralized(bytes)
    guard let text = String(validating: safe, as: UTF8.self) else { throw Violation("ill-formed UTF-8 goes out") }
    try hold(!text.unicodeScalars.contains { SafeText.isHarmful($0) }, "harmful characters go out")
    try hold(SafeText.neutralized(safe) == safe, "neutralised twice, it is something else")
    if String(validating: bytes, as: UTF8.self) != nil, let document = try? JSONDocument(bytes),
      bytes.allSatisfy({ $0 >= 0x20 })
    {
      try hold((try? JSONDocument(safe)).map { JSON($0.root) } == JSON(document.root), "JSON loses its meaning")
    }
  }

  static func isMasked(_ bytes: [UInt8], _ numbers: inout SeededNumbers) throws(Violation) {
    let masked = SecretMask.masked(bytes)
    if (try? JSONDocument(bytes)) != nil { try hold((try? JSONDocument(masked)) != nil, "masked JSON is no JSON") }
    try hold(SecretMask.masked(masked) == masked, "masked twice, it is something else")
    // Wherever a secret stands between blanks, it is not seen. (Behind other letters it is none.)
    let secret = AnswerRules.secrets[numbers.pick(AnswerRules.secrets.count)]
    guard !contains(bytes, secret) else { return }
    let place = numbers.pick(bytes.count + 1)
    let planted = Array(bytes[..<place]) + Array(" \(secret) ".utf8) + Array(bytes[place...])
    try hold(!contains(SecretMask.masked(planted), secret), "a secret at \(place) is seen")
    let line = Excerpter(masksSecrets: true).line(String(decoding: planted, as: UTF8.self), limit: numbers.pick(20_000))
    try hold(!line.utf8.elementsEqual(planted) && !line.contains(secret), "a secret at \(place) is seen in an excerpt")
    // Nor the rest of a long one, of which an excerpt shows the end only.
    let long = bytes + Array(" ".utf8) + key(lines: numbers.pick(300)) + Array(bytes.prefix(numbers.pick(40)))
    let end = Excerpter(masksSecrets: true).line(
      String(decoding: long, as: UTF8.self), limit: 200 + numbers.pick(2_000))
    if !contains(bytes, "QQQQQQQQ") { try hold(!end.contains("QQQQQQQQ"), "a private key is seen in an excerpt") }
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(text)
  }

  static func fits(_ bytes: [UInt8], limit: Int) throws(Violation) {
    let text = String(decoding: bytes, as: UTF8.self)
    let line = Excerpter(masksSecrets: true).line(text, limit: limit)
    try hold(line.utf8.count <= max(3, limit), "\(line.utf8.count) bytes where \(limit) were allowed")
    try hold(!line.unicodeScalars.contains { SafeText.isHarmful($0) }, "harmful characters in an excerpt")
  }
}
