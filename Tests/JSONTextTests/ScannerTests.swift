import JSONText
import Testing

@Suite("The scanner takes RFC 8259 and nothing else")
struct ScannerTests {
  @Test(arguments: [
    "0", "-0", "12", "-1.5e-7", "1E+2", "true", "false", "null", #""""#, #""a""#, "[]", "{}", " [ 1 , 2 ] ", "[[[]]]",
    #"{"a":{"b":[1,{"c":null}]}}"#, #""\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t""#, "\"\u{7f}é\"", "[1e400]",
  ])
  func accepts(_ text: String) throws {
    _ = try JSONDocument(text, dialect: .strict)
  }

  @Test(arguments: [
    ("", 0), ("   ", 3), ("[1,]", 3), ("[1 2]", 3), (#"{"a":1,}"#, 7), (#"{"a" 1}"#, 5), ("{a:1}", 1), ("01", 1),
    ("-", 1), ("1.", 2), (".5", 0), ("1e", 2), ("+1", 0), ("tru", 0), ("nul", 0), (#""a"#, 2), (#""\x""#, 2),
    (#""\u12g4""#, 5), (#""\u12"#, 2), ("\"a\nb\"", 2), ("[1] x", 4), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1),
    ("]", 0), ("[}", 1), (#"{"a":}"#, 5), ("\u{feff}1", 0),
  ])
  func refuses(_ text: String, at offset: Int) {
    #expect {
      try JSONDocument(text, dialect: .strict)
    } throws: { error in
      (error as? ScanError)?.offset == offset
    }
  }

  @Test(arguments: ["NaN", "[NaN, Infinity, -Infinity]"])
  func pythonWordsAreNumbersInItsDialect(_ text: String) throws {
    let root = try JSONDocument(text, dialect: .python).root
    #expect((root.kind == .array ? root[0] : root)?.double?.isNaN == true)
  }

  @Test func nestingIsBounded() throws {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    #expect { try JSONDocument(deep) } throws: { ($0 as? ScanError)?.code == .tooDeep }
    _ = try JSONDocument(deep, maximumDepth: 600)
  }

  /// The scanner looks at sixteen bytes at a time; what stands at any place of such a chunk must be seen.
  @Test func specialBytesAreFoundAtEveryOffset() throws {
    for length in 0..<40 {
      let body = String(repeating: "x", count: length)
      #expect(try JSONDocument("\"\(body)\"").root.string == body)
      #expect(try JSONDocument("\"\(body)\\n\(body)\"").root.string == "\(body)\n\(body)")
      #expect(throws: ScanError.self) { try JSONDocument("\"\(body)\n\"") }
      #expect(throws: ScanError.self) { try JSONDocument("\"\(body)") }
    }
  }

  @Test func everyPrefixOfADocumentIsRefused() throws {
    let text = #"{"a":[1,-2.5e3,"x\u0041y"],"b":{"c":null,"d":true}}"#
    for length in 0..<text.utf8.count {
      #expect(throws: ScanError.self) { try JSONDocument(Array(text.utf8.prefix(length))) }
    }
  }
}
