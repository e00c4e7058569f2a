import JSONText
import Testing

@Suite("Values are read as they were written")
struct JSONValueTests {
  private let root: JSONValue

  init() throws {
    root = try JSONDocument(
      #"{"n": 5.0, "i": 9007199254740993, "big": 12345678901234567890123, "s": "a\u00e9\ud83d\ude00", "l": [1, [2], {"x": 3}], "k\u0065y": true, "dup": 1, "dup": 2, "nest": "{\"a\": \"[1,2]\"}"}"#
    ).root
  }

  @Test func numbersKeepTheirText() {
    #expect(root["n"]?.numberText == "5.0")
    #expect(root["n"]?.int64 == nil)
    #expect(root["n"]?.double == 5)
    #expect(root["i"]?.int64 == 9_007_199_254_740_993)
    #expect(root["big"]?.numberText == "12345678901234567890123")
  }

  @Test func stringsAreDecoded() {
    #expect(root["s"]?.string == "aé😀")
    #expect(root["key"]?.bool == true)
    #expect(root["dup"]?.int64 == 2, "the last of several, as in Python")
    #expect(root["missing"] == nil)
  }

  @Test(arguments: [
    (#""\ud800""#, "\u{fffd}"), (#""\ud800x""#, "\u{fffd}x"), (#""\udc00\ud800""#, "\u{fffd}\u{fffd}"),
    (#""\ud83d\u0041""#, "\u{fffd}A"), (#""\u0000""#, "\0"), (#""\/""#, "/"),
  ])
  func surrogatesWithoutPartnerBecomeTheReplacement(_ text: String, _ expected: String) throws {
    #expect(try JSONDocument(text).root.string == expected)
  }

  /// Sixteen bytes are copied at once: an escape may stand at any place in them, and at the end of the text.
  @Test func escapesAreDecodedWhereverTheyStand() throws {
    let escapes = [#"\n"#: "\n", #"\""#: "\"", #"\\"#: "\\", #"\u00e9"#: "é", #"\uD83D\uDE00"#: "😀", "ü": "ü"]
    for (escape, character) in escapes {
      for before in 0...40 {
        for after in [0, 1, 15, 16, 17, 40] {
          let (head, tail) = (String(repeating: "a", count: before), String(repeating: "b", count: after))
          let value = try JSONDocument("\"\(head)\(escape)\(escape)\(tail)\(escape)\"").root
          #expect(value.string == head + character + character + tail + character)
        }
      }
    }
  }

  @Test func elementsAndMembersAreWalkedInOrder() {
    #expect(root["l"]?.elements.map { String(decoding: $0.rawBytes, as: UTF8.self) } == ["1", "[2]", #"{"x": 3}"#])
    #expect(root["l"]?[2]?["x"]?.int64 == 3)
    #expect(root["l"]?[3] == nil)
    #expect(root.members.map(\.key) == ["n", "i", "big", "s", "l", "key", "dup", "dup", "nest"])
  }

  @Test func nestedDocumentsAreEntered() {
    #expect(root["nest"]?.nestedDocument()?.root["a"]?.nestedDocument()?.root[1]?.int64 == 2)
    #expect(root["s"]?.nestedDocument() == nil)
  }

  @Test func buildingAndReadingAgree() throws {
    let built: JSON = [
      "a": [1, -2, 2.5, true, .null],
      "text": "quote \" slash \\ line \n tab \t bell \u{7} separators \u{85}\u{2028}\u{2029} é€😀",
      "empty": [], "object": ["k": "v"],
    ]
    #expect(JSON(try JSONDocument(built.bytes, dialect: .strict).root).text == built.text)
    #expect(built.text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
    #expect(!built.text.contains("\u{2028}"), "some readers split lines there")
    #expect(try JSONDocument(built.bytes).root["text"]?.string?.contains("\u{2028}\u{2029} é€😀") == true)
  }

  @Test func numbersThatJSONCannotWriteBecomeNull() {
    #expect(JSON.array([.double(.nan), .double(.infinity), .double(1), .double(0.1)]).text == "[null,null,1,0.1]")
  }
}

@Suite("Paths enter JSON, also in strings")
struct JSONPathTests {
  private static let text =
    #"{"messages":[{"content":"{\"a/b\":{\"c.d\":[10,20]}}"},{"content":"plain"}],"0":"zero"}"#

  @Test(
    arguments: [
      ("", nil), ("/messages/1/content", #""plain""#), ("messages[1].content", #""plain""#),
      ("messages.1.content", #""plain""#), ("$.messages.1.content", #""plain""#), ("/0", #""zero""#),
      ("messages/1/content", #""plain""#), ("messages.0.content.a/b.c.d.1", "20"),
      ("/messages/0/content/a~1b/c.d/1", "20"), ("messages.0.content.a/b.`c.d`[0]", "10"),
      ("messages[0].content['a/b'][\"c.d\"][0]", "10"),
    ] as [(String, String?)])
  func resolves(_ path: String, _ expected: String?) throws {
    let root = try JSONDocument(Self.text).root
    guard case .found(let value) = JSONPath(path).resolve(in: root) else {
      Issue.record("\(path) leads nowhere")
      return
    }
    #expect(String(decoding: value.rawBytes, as: UTF8.self) == expected ?? Self.text)
  }

  @Test(arguments: [
    ("/messages/7", "7", ["0…1"]), ("/nothing", "nothing", ["messages", "0"]), ("/messages/1/content/x", "x", []),
  ])
  func saysWhereItEnds(_ path: String, _ step: String, _ choices: [String]) throws {
    let root = try JSONDocument(Self.text).root
    guard case .missing(_, let missing, let offered) = JSONPath(path).resolve(in: root) else {
      Issue.record("\(path) leads somewhere")
      return
    }
    #expect(missing == step)
    #expect(offered == choices)
  }

  /// Of a dotted path several steps may have been one key.
  @Test func itEndsWhereItLed() throws {
    let root = try JSONDocument(#"{"a.b":{"c":1}}"#).root
    guard case .missing(let place, let step, let choices) = JSONPath("a.b.d").resolve(in: root) else {
      Issue.record("it leads somewhere")
      return
    }
    #expect(place.description == "/a.b")
    #expect(step == "d" && choices == ["c"])
  }

  @Test func pointersAreWrittenBack() {
    #expect(JSONPath(steps: ["a/b", "~", "0"]).description == "/a~1b/~0/0")
  }

  /// A mark that joins the letter before it is one character with the slash, the tilde or the dot there.
  @Test(arguments: ["\u{301}x", "a~\u{301}", "a/\u{200D}b", "\u{FE0F}", "~\u{20DD}/"])
  func keysMayBeginWithAMark(_ key: String) throws {
    let root = try JSONDocument(JSON.object([JSON.Member("k", .object([JSON.Member(key, 7)]))]).bytes).root
    let written = JSONPath(steps: ["k", key]).description
    guard case .found(let value) = JSONPath(written).resolve(in: root) else {
      Issue.record("\(written) leads nowhere")
      return
    }
    #expect(value.int64 == 7)
    #expect(JSONPath("k.`\(key)`").steps == ["k", key])
  }
}

@Suite("UTF-8 is checked")
struct UTF8CheckTests {
  @Test(
    arguments: [
      ([0x41], nil), ([0xC3, 0xA9], nil), ([0xF0, 0x9F, 0x98, 0x80], nil), ([0x80], 0), ([0x41, 0xC3], 1),
      ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xFF], 0),
      ([0xE2, 0x82], 0), ([0xE2, 0x28, 0xA1], 0),
    ] as [([UInt8], Int?)])
  func finds(_ bytes: [UInt8], _ offset: Int?) {
    #expect(UTF8Check.firstIllFormed(in: bytes.span) == offset)
    // The same behind a run that is taken sixteen bytes at a time.
    let padded = Array(repeating: UInt8(ascii: "x"), count: 33) + bytes
    #expect(UTF8Check.firstIllFormed(in: padded.span) == offset.map { $0 + 33 })
  }
}
