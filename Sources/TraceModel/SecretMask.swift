/// Replaces what looks like a credential by `[masked: kind, N chars]`.
///
/// Works on text and on JSON text alike: what is masked never includes a quote, a backslash or a line break, so JSON stays
/// JSON however deeply it is nested in strings.
public enum SecretMask {
  /// The text with its secrets masked.
  public static func masked(_ bytes: [UInt8]) -> [UInt8] {
    replaced(in: bytes) { "[masked: \($0), \($1) chars]" } ?? bytes
  }

  /// The text without its secrets, for what is worked out of it: a lower-case secret is one, too, and no longer recognised.
  public static func removed(from text: String) -> String {
    replaced(in: Array(text.utf8)) { _, _ in " " }.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// Nil where nothing has to be replaced.
  private static func replaced(in bytes: [UInt8], by words: (_ kind: String, _ count: Int) -> String) -> [UInt8]? {
    let isTrigger = isTrigger
    var output: [UInt8] = []
    var copied = 0
    var position = 0
    while position < bytes.count {
      guard isTrigger[Int(bytes[position])], let hit = secret(in: bytes, at: position, behind: copied),
        hit.range.count > 0
      else {
        position += 1
        continue
      }
      if output.isEmpty { output.reserveCapacity(bytes.count) }
      output += bytes[copied..<hit.range.lowerBound]
      output += words(hit.kind, hit.range.count).utf8
      copied = hit.range.upperBound
      // `password: password: x`: what was masked may be the name of what follows.
      let isName = bytes[hit.range.upperBound - 1] == UInt8(ascii: ":")
      position = max(hit.range.upperBound - (isName ? 1 : 0), position + 1)
    }
    guard copied > 0 else { return nil }
    return output + bytes[copied...]
  }

  /// The value that stands under a key, with its secrets masked: what is called `password` is one, whatever it looks like.
  public static func masked(_ value: [UInt8], under key: String) -> [UInt8] {
    let name = Array("\"\(key)\": ".utf8)
    // As text it is masked to the first blank, as JSON to the quote that ends it.
    let isText =
      value.first != UInt8(ascii: "\"") && value.first != UInt8(ascii: "{") && value.first != UInt8(ascii: "[")
    let masked = masked(name + (isText ? Array("\"".utf8) : []) + value)
    let prefix = name.count + (isText ? 1 : 0)
    // A key that is a secret itself is not where it was.
    return masked.starts(with: name) ? Array(masked.dropFirst(prefix)) : Array("[masked]".utf8)
  }

  private struct Hit {
    var kind: String
    var range: Range<Int>
  }

  /// A credential with a known beginning: how it starts, how many characters must follow, what it is.
  private struct Prefix {
    var start: [UInt8]
    var fewest: Int
    var kind: String

    init(_ start: String, _ fewest: Int, _ kind: String) {
      self.start = Array(start.utf8)
      self.fewest = fewest
      self.kind = kind
    }
  }

  /// The longer prefix first.
  private static let prefixes = [
    Prefix("sk-ant-", 16, "anthropic key"), Prefix("sk-proj-", 16, "openai key"), Prefix("sk-", 16, "api key"),
    Prefix("sk_live_", 12, "stripe key"), Prefix("sk_test_", 12, "stripe key"), Prefix("rk_live_", 12, "stripe key"),
    Prefix("ghp_", 20, "github token"), Prefix("gho_", 20, "github token"), Prefix("ghu_", 20, "github token"),
    Prefix("ghs_", 20, "github token"), Prefix("ghr_", 20, "github token"), Prefix("github_pat_", 20, "github token"),
    Prefix("glpat-", 16, "gitlab token"), Prefix("xoxb-", 10, "slack token"), Prefix("xoxp-", 10, "slack token"),
    Prefix("xoxa-", 10, "slack token"), Prefix("xapp-", 10, "slack token"), Prefix("AKIA", 16, "aws key id"),
    Prefix("ASIA", 16, "aws key id"), Prefix("AIza", 30, "google key"), Prefix("hf_", 20, "hugging face token"),
    Prefix("dapi", 32, "databricks token"), Prefix("eyJ", 30, "jwt"),
  ]

  /// Names whose value is a secret, with `_` and `-` left out, and the fewest characters such a value has.
  private static let names: [(name: [UInt8], fewest: Int)] = [
    ("password", 3), ("passwd", 3), ("passphrase", 3), ("clientsecret", 6), ("secretkey", 6), ("secretaccesskey", 6),
    ("secret", 8), ("apikey", 8), ("accesstoken", 8), ("authtoken", 8), ("refreshtoken", 8), ("bearertoken", 8),
    ("privatekey", 8), ("accesskey", 8), ("authorization", 8), ("setcookie", 8), ("cookie", 8), ("csrftoken", 3),
    ("sessiontoken", 8), ("token", 20),
  ].map { (Array($0.0.utf8), $0.1) }

  /// The first two bytes of those, five bits each, by which most words are passed over.
  private static let beginnings: [Bool] = prefixes.reduce(into: Array(repeating: false, count: 1 << 10)) {
    table, prefix in
    table[beginning(prefix.start[0], prefix.start[1])] = true
  }

  private static func beginning(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

  private static let isTrigger: [Bool] = {
    var table = Array(repeating: false, count: 256)
    for prefix in prefixes { table[Int(prefix.start[0])] = true }
    for byte in "B-:=".utf8 { table[Int(byte)] = true }
    return table
  }()

  /// - Parameter masked: Where the last secret ended, no letter of which may be told.
  private static func secret(in bytes: [UInt8], at position: Int, behind masked: Int) -> Hit? {
    switch bytes[position] {
    case UInt8(ascii: "-"): return privateKey(bytes, position)
    case UInt8(ascii: ":"), UInt8(ascii: "="):
      return urlPassword(bytes, position) ?? namedValue(bytes, position, behind: masked)
    case UInt8(ascii: "B"): return schemeToken(bytes, position)
    default: return prefixed(bytes, position)
    }
  }

  private static func prefixed(_ bytes: [UInt8], _ position: Int) -> Hit? {
    guard position == 0 || !isWord(bytes[position - 1]), position + 1 < bytes.count,
      beginnings[beginning(bytes[position], bytes[position + 1])]
    else { return nil }
    for prefix in prefixes where starts(bytes, position, prefix.start) {
      let isDotted = prefix.kind == "jwt"
      let end = run(bytes, position + prefix.start.count) {
        isWord($0) || $0 == UInt8(ascii: "-") || isDotted && $0 == UInt8(ascii: ".")
      }
      if end - position - prefix.start.count >= prefix.fewest { return Hit(kind: prefix.kind, range: position..<end) }
    }
    return nil
  }

  /// `Bearer …` and `Basic …`; ordinary words after them ("Basic settings") are no credentials.
  private static func schemeToken(_ bytes: [UInt8], _ position: Int) -> Hit? {
    for scheme in ["Bearer ", "Basic "] where starts(bytes, position, Array(scheme.utf8)) {
      let start = position + scheme.utf8.count
      // A private key goes on behind the blank in its first line, and masks itself.
      guard !starts(bytes, start, Array("-----BEGIN ".utf8)) else { continue }
      let end = run(bytes, start, isTokenByte)
      let token = bytes[start..<end]
      let hasDigitOrMark = token.contains { !isLetter($0) }
      let hasInnerCapital = token.dropFirst().contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
      guard token.count >= 8, hasDigitOrMark || hasInnerCapital else { continue }
      return Hit(kind: scheme == "Basic " ? "basic credentials" : "bearer token", range: start..<end)
    }
    return nil
  }

  /// From `-----BEGIN … PRIVATE KEY-----` up to what ends it, line by line: the range holds no backslash, so the lines of a
  /// key inside JSON are masked one by one.
  private static func privateKey(_ bytes: [UInt8], _ position: Int) -> Hit? {
    guard starts(bytes, position, Array("-----BEGIN ".utf8)) else { return nil }
    let label = bytes[position..<min(position + 64, bytes.count)]
    guard String(decoding: label, as: UTF8.self).contains("PRIVATE KEY") else { return nil }
    let marker = Array("-----END".utf8)
    var end = position + 11
    while end < bytes.count, !starts(bytes, end, marker), bytes[end] != UInt8(ascii: "\"") { end += 1 }
    while end > position, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    return Hit(kind: "private key", range: position..<end)
  }

  /// The password in `scheme://user:password@host`.
  private static func urlPassword(_ bytes: [UInt8], _ position: Int) -> Hit? {
    guard starts(bytes, position, Array("://".utf8)) else { return nil }
    let authority = position + 3
    let end = run(bytes, authority) { byte in
      byte > 0x20 && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "'")
    }
    guard let at = bytes[authority..<end].lastIndex(of: UInt8(ascii: "@")),
      let colon = bytes[authority..<at].firstIndex(of: UInt8(ascii: ":")), at > colon + 1
    else { return nil }
    return Hit(kind: "password", range: colon + 1..<at)
  }

  /// `password: x`, `"api_key": "x"`, `\"api_key\": \"x\"`, `secret=x`.
  private static func namedValue(_ bytes: [UInt8], _ separator: Int, behind masked: Int) -> Hit? {
    func isQuote(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\")
    }
    var nameEnd = separator
    while nameEnd > 0, isQuote(bytes[nameEnd - 1]) || bytes[nameEnd - 1] == 0x20 { nameEnd -= 1 }
    var letters: [UInt8] = []
    var position = nameEnd
    while position > 0, letters.count < 24 {
      let byte = bytes[position - 1]
      if isLetter(byte) {
        letters.append(byte | 0x20)
      } else if byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") {
        break
      }
      position -= 1
    }
    letters.reverse()
    guard let rule = names.first(where: { letters.suffix($0.name.count).elementsEqual($0.name) }) else { return nil }
    let (start, isNextLine) = valueStart(bytes, behind: separator)
    // A private key goes on behind the blank in its first line, and masks itself.
    if starts(bytes, start, Array("-----BEGIN ".utf8)) { return nil }
    // `Authorization: Bearer x` is told by its scheme. Asked before the value is run through: a text of nothing else would be
    // run through from each of its names to the end.
    for word in ["Bearer ", "Basic ", "[masked"] where starts(bytes, start, Array(word.utf8)) { return nil }
    let isCookie = rule.name.last == UInt8(ascii: "e")
    let isInQuotes = start > 0 && isQuote(bytes[start - 1])
    let end = run(bytes, start) { byte in
      guard byte > 0x1F, !isQuote(byte) else { return false }
      if isCookie && isInQuotes { return true }
      return byte != 0x20 && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "&")
        && byte != UInt8(ascii: "]") && byte != UInt8(ascii: ";")
    }
    guard end - start >= rule.fewest else { return nil }
    // `password:` with nothing behind it, and the next key below.
    if isNextLine, bytes[start..<end - 1].contains(UInt8(ascii: "=")) || bytes[start..<end].contains(UInt8(ascii: ":"))
    {
      return nil
    }
    // `AKIA…password: x`: the name is the end of what was masked.
    let name = position < masked ? rule.name[...] : bytes[position..<nameEnd]
    return Hit(kind: String(decoding: name, as: UTF8.self), range: start..<end)
  }

  /// Behind the blanks, quotes and, after a colon, the line break that come before a value; as they are, or as escapes of JSON,
  /// of which no half may be taken for a part of the value.
  private static func valueStart(_ bytes: [UInt8], behind separator: Int) -> (start: Int, isNextLine: Bool) {
    var (start, breaks) = (separator + 1, 0)
    let mayBreak = bytes[separator] == UInt8(ascii: ":")
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] == UInt8(ascii: "\\") { end += 1 }
      guard end < bytes.count else { return (end, breaks > 0) }
      let isEscape = end > start
      switch bytes[end] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): break
      case 0x20 where !isEscape, 0x09 where !isEscape: break
      case UInt8(ascii: "t") where isEscape: break
      case 0x0A where mayBreak && breaks == 0 && !isEscape: breaks += 1
      case UInt8(ascii: "n") where mayBreak && breaks == 0 && isEscape: breaks += 1
      case 0x0D where mayBreak && !isEscape, UInt8(ascii: "r") where mayBreak && isEscape: break
      default: return (start, breaks > 0)
      }
      start = end + 1
    }
    return (start, breaks > 0)
  }

  private static func starts(_ bytes: [UInt8], _ position: Int, _ text: [UInt8]) -> Bool {
    guard position + text.count <= bytes.count else { return false }
    for offset in text.indices where bytes[position + offset] != text[offset] { return false }
    return true
  }

  private static func run(_ bytes: [UInt8], _ start: Int, _ accepts: (UInt8) -> Bool) -> Int {
    var end = start
    while end < bytes.count {
      if accepts(bytes[end]) {
        end += 1
      } else if bytes[end] == UInt8(ascii: "\\"), let (byte, next) = escaped(bytes, end), accepts(byte) {
        end = next
      } else {
        break
      }
    }
    return end
  }

  /// The character that an escape of JSON stands for, at any depth of strings in strings, where some encoders escape what
  /// they need not: `\u002b`, `\\/`. Nil for the others, which end a credential.
  private static func escaped(_ bytes: [UInt8], _ start: Int) -> (UInt8, next: Int)? {
    var position = start
    while position < bytes.count, bytes[position] == UInt8(ascii: "\\") { position += 1 }
    guard position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "/") { return (bytes[position], position + 1) }
    guard bytes[position] == UInt8(ascii: "u"), position + 5 <= bytes.count,
      let code = UInt32(String(decoding: bytes[position + 1..<position + 5], as: UTF8.self), radix: 16),
      code > 0x20, code < 0x7F
    else { return nil }
    return (UInt8(code), position + 5)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private static func isWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isWord(byte) || "-._~+/=".utf8.contains(byte)
  }
}
