import JSONText
import Testing

@testable import TraceModel

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
    (
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----",
      "[masked: private key, 43 chars]-----END PGP PRIVATE KEY BLOCK-----"
    ),
    (
      "password: password: hunter2",
      "password: [masked: password, 9 chars] [masked: password, 7 chars]"
    ), ("password: Bearer4you", "password: [masked: password, 10 chars]"),
    ("MY_ACCESS_TOKEN=abcdefgh1234", "MY_ACCESS_TOKEN=[masked: MY_ACCESS_TOKEN, 12 chars]"),
    // A blank or a line break before it, as it is or as an escape, of which no half is masked.
    (#""password:\t28x""#, #""password:\t[masked: password, 3 chars]""#),
    (#""password:\n28x""#, #""password:\n[masked: password, 3 chars]""#),
    (#"\"Password:\\r\\nhunter2\\n\""#, #"\"Password:\\r\\n[masked: Password, 7 chars]\\n\""#),
    ("password:\thunter2", "password:\t[masked: password, 7 chars]"),
    ("Password:\nhunter2\n", "Password:\n[masked: Password, 7 chars]\n"),
  ])
  func masks(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

  /// The name in a mark is no part of another secret.
  @Test func aSecretIsNotToldAsTheNameOfAnother() {
    let text = "AKIA" + "ZQQQXXXXpassword:777"
    #expect(masked(text) == "[masked: aws key id, 20 chars]:[masked: password, 3 chars]")
  }

  @Test(arguments: [
    "risk-assessment-of-a-long-name", "task-1234567890123456789", "Basic authentication is used", "Bearer of bad news",
    #"{"max_tokens": 100, "total_tokens": 53}"#, #"{"token": "hello"}"#, "https://example.com/path:8080/@user",
    "secret: no",
    "password:\nusername: bob", #""api_key:\nDEBUG=true""#, "password=\nhunter2", "password:\n\nhunter2",
    #""password:\u00e4\b""#,
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

  /// From each name to the end and back to the next would be hours.
  @Test func aTextOfNamesIsReadOnce() {
    let text = String(repeating: "secret=Bearer", count: 40_000)
    #expect(masked(text) == "secret=[masked: secret, \(text.utf8.count - 7) chars]")
  }

  /// Some encoders escape what they need not; the rest of the credential must not stay behind.
  @Test(arguments: [
    (#"Bearer abc\u002Bdef123.x"#, "Bearer [masked: bearer token, 17 chars]"),
    (#"{"token": "Bearer abc\/def123"}"#, #"{"token": "Bearer [masked: bearer token, 11 chars]"}"#),
  ])
  func escapesInside(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

  /// A path leads past the key, which alone says that the value is a secret.
  @Test(arguments: [
    (#""hunter2""#, "password", #""[masked: password, 7 chars]""#),
    ("hunter2", "password", "[masked: password, 7 chars]"),
    (#""hunter2""#, "note", #""hunter2""#), ("[1, 2]", "password", "[1, 2]"), ("", "password", ""),
    (#"{"a": "b"}"#, "prompt", #"{"a": "b"}"#),
  ])
  func underAKey(_ value: String, _ key: String, _ expected: String) {
    #expect(String(decoding: SecretMask.masked(Array(value.utf8), under: key), as: UTF8.self) == expected)
  }

  @Test func whatIsWorkedOutOfATextKnowsNone() {
    #expect(SecretMask.removed(from: "key \(Self.key) end") == "key   end")
  }
}
