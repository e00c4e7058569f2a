import JSONText
import LensTestSupport
import Testing

@testable import LensTools

@Suite("Recorded text cannot do anything")
struct SafeTextTests {
  @Test(arguments: [
    ("plain é 日本 😀", "plain é 日本 😀"), ("a\nb\tc\r", #"a\nb\tc\r"#), ("\u{1b}[31mred\u{7}", #"\u001b[31mred\u0007"#),
    ("x\u{202e}y\u{2066}z", #"x\u202ey\u2066z"#), ("zero\u{200b}width\u{feff}", #"zero\u200bwidth\ufeff"#),
    ("tag\u{e0041}", #"tag\udb40\udc41"#), ("sep\u{2028}\u{85}", #"sep\u2028\u0085"#),
    ("\u{7f}\u{9b}", #"\u007f\u009b"#),
    ("non\u{fffe}", #"non\ufffe"#), ("heart ❤️", "heart ❤️"),
  ])
  func isShown(_ text: String, _ shown: String) {
    #expect(String(decoding: SafeText.neutralized(Array(text.utf8)), as: UTF8.self) == shown)
  }

  @Test func illFormedBytesBecomeTheReplacement() {
    #expect(
      String(decoding: SafeText.neutralized([0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82]), as: UTF8.self)
        == "a\u{fffd}\u{fffd}b\u{fffd}\u{fffd}")
  }

  /// Inside JSON text the escape means the same character, so a raw page stays what was recorded.
  @Test func jsonKeepsItsMeaning() throws {
    let text = "\"a\u{202e}b\u{e0041}\u{7f}\""
    let safe = SafeText.neutralized(Array(text.utf8))
    #expect(try JSONDocument(safe).root.string == "a\u{202e}b\u{e0041}\u{7f}")
  }

  @Test func cutsSplitNoCharacter() {
    let bytes = Array("aé子😀".utf8)
    for count in 0...bytes.count {
      #expect(!String(decoding: SafeText.prefix(bytes[...], count), as: UTF8.self).contains("\u{fffd}"))
      #expect(!String(decoding: SafeText.suffix(bytes[...], count), as: UTF8.self).contains("\u{fffd}"))
    }
  }
}

@Suite("Credentials are masked, words are not")
struct SecretMaskTests {
  private func masked(_ text: String) -> String { String(decoding: SecretMask.masked(Array(text.utf8)), as: UTF8.self) }

  // Put together at run time, so that no scanner takes this file for a leak.
  private static let key = "sk-" + "proj-" + "A1b2C3d4E5f6G7h8I9j0"
  private static let github = "gh" + "p_" + "abcdefghijklmnopqrst1234"
  private static let aws = "AK" + "IA" + "IOSFODNN7EXAMPLE"
  private static let jwt = "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl"

  @Test(arguments: [
    ("key \(key) end", "key [masked: openai key, 28 chars] end"), (github, "[masked: github token, 28 chars]"),
    ("id=\(aws).", "id=[masked: aws key id, 20 chars]."),
    ("Authorization: Bearer \(jwt)", "Authorization: Bearer [masked: bearer token, 53 chars]"),
    ("the password: hunter2, ok", "the password: [masked: password, 7 chars], ok"),
    (#"{"api_key": "abcdefgh12"}"#, #"{"api_key": "[masked: api_key, 10 chars]"}"#),
    (#"{\"client_secret\": \"abcdefgh12\"}"#, #"{\"client_secret\": \"[masked: client_secret, 10 chars]\"}"#),
    (#"{\\\"Password\\\":\\\"geheim\\\"}"#, #"{\\\"Password\\\":\\\"[masked: Password, 6 chars]\\\"}"#),
    ("postgres://app:s3cr3t-pw@db:5432/prod", "postgres://app:[masked: password, 9 chars]@db:5432/prod"),
    (#""cookie": "session=abc123; csrftoken=xyz""#, #""cookie": "[masked: cookie, 29 chars]""#),
    ("Basic dXNlcjpwYXNz", "Basic [masked: basic credentials, 12 chars]"),
    (
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
      "[masked: private key, 37 chars]-----END RSA PRIVATE KEY-----"
    ),
    ("MY_ACCESS_TOKEN=abcdefgh1234", "MY_ACCESS_TOKEN=[masked: MY_ACCESS_TOKEN, 12 chars]"),
  ])
  func masks(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

  @Test(arguments: [
    "risk-assessment-of-a-long-name", "task-1234567890123456789", "Basic authentication is used", "Bearer of bad news",
    #"{"max_tokens": 100, "total_tokens": 53}"#, #"{"token": "hello"}"#, "https://example.com/path:8080/@user",
    "secret: no",
    "tokenizer: tiktoken", "the key = value", "eyJust looking", "password", "a: b", "ratio 1:2", "hf_short",
  ])
  func leaves(_ text: String) { #expect(masked(text) == text) }

  /// A key must not survive because it is nested in strings of strings.
  @Test(arguments: 0...4)
  func howeverDeeplyItIsNested(_ depth: Int) throws {
    var json: JSON = ["prompt": .string("my key is \(Self.key)"), "password": "correct horse", "n": 1]
    for _ in 0..<depth { json = ["body": .string(json.text)] }
    let shown = masked(json.text)
    #expect(!shown.contains("A1b2C3d4"))
    #expect(!shown.contains("correct horse") || depth == 0 && shown.contains("horse"))
    _ = try JSONDocument(shown)
  }
}

@Suite("Excerpts are short and say so")
struct ExcerptTests {
  private let excerpter = Excerpter(masksSecrets: true)

  @Test func shortTextIsWhole() {
    #expect(excerpter.line("  two\n\n words\t ", limit: 100) == "two words")
  }

  @Test(arguments: [10, 40, 119, 120, 500])
  func longTextKeepsItsEnds(_ limit: Int) {
    let text = "BEGIN " + String(repeating: "middle é ", count: 5_000) + "END"
    let line = excerpter.line(text, limit: limit)
    #expect(line.utf8.count <= limit)
    #expect(line.hasPrefix("BEGIN"))
    if limit >= 120 {
      #expect(line.hasSuffix("END"))
      #expect(line.contains("cut]"))
    }
  }

  @Test func aSecretAtTheCutIsMasked() {
    for lead in 0..<60 {
      let text = String(repeating: "x", count: lead) + " sk-" + String(repeating: "Z9", count: 60)
      #expect(!excerpter.line(text, limit: 64).contains("Z9Z9"))
    }
  }
}
