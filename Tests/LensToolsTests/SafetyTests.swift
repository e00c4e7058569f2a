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

  @Test(arguments: [
    (
      "see mlflow-attachment://0b1c?content_type=image%2Fpng&trace_id=tr-1&size=20480\" end",
      "see [attachment image/png, 20.4kB]\" end"
    ), ("mlflow-attachment://x mlflow-attachment://", "[attachment of unknown type] [attachment of unknown type]"),
  ])
  func attachmentsAreNamed(_ text: String, _ shown: String) { #expect(excerpter.line(text, limit: 200) == shown) }

  /// A key is known by its first line, which an excerpt of a long text does not reach.
  @Test(arguments: [10, 80, 300])
  func theEndOfALongKeyIsNotSeen(_ lines: Int) {
    let name = "RSA PRIVATE" + " KEY-----"
    let key = "-----BEGIN \(name)\n" + String(repeating: "QQQQWWWW9999\n", count: lines * 5) + "-----END \(name)"
    let text = String(repeating: "words ", count: 3_000) + key + "\nthe end"
    let line = excerpter.line(text, limit: 400)
    #expect(!line.contains("QQQQ"))
    #expect(line.hasSuffix("the end"))
  }

  /// Wherever the end that is shown begins: also within the line that begins the key.
  @Test func aKeyWhoseFirstLineIsCutIsNotSeen() {
    let name = "RSA PRIVATE" + " KEY-----"
    let key = "-----BEGIN \(name)\n" + String(repeating: "QQQQWWWW9999\n", count: 40) + "-----END \(name)"
    for count in stride(from: 0, to: 900, by: 1) {
      let text = String(repeating: "words ", count: 3_000) + key + String(repeating: "x", count: count)
      #expect(!excerpter.line(text, limit: 400).contains("QQQQ"), "\(count)")
    }
  }

  @Test func aPrivateKeyUnderANameIsMaskedWhole() {
    let key = "-----BEGIN RSA PRIVATE" + " KEY-----\nQQQQWWWW9999\n-----END RSA PRIVATE" + " KEY-----"
    for name in ["apikey: ", "password=", "token: ", "Bearer ", "Basic "] {
      #expect(!excerpter.line(name + key, limit: 400).contains("QQQQ"))
    }
  }

  @Test func aSecretAtTheCutIsMasked() {
    for lead in 0..<60 {
      let text = String(repeating: "x", count: lead) + " sk-" + String(repeating: "Z9", count: 60)
      #expect(!excerpter.line(text, limit: 64).contains("Z9Z9"))
    }
  }
}
