import Foundation
import JSONText
import Testing

@testable import TraceStores

@Suite("YAML is read as PyYAML reads it")
struct FileStoreYAMLTests {
  private func json(_ yaml: String) throws -> String { try YAMLReader.json(Array(yaml.utf8)).text }

  /// What PyYAML 6.0.3 makes of these words; dates are the exception, they stay text.
  @Test(arguments: [
    ("", "null"), ("~", "null"), ("Null", "null"), ("nULL", #""nULL""#), ("TRUE", "true"), ("tRue", #""tRue""#),
    ("yes", "true"), ("y", #""y""#), ("on", "true"), ("Off", "false"), ("n", #""n""#), ("0", "0"), ("-0", "0"),
    ("+1", "1"), ("007", "7"), ("0o17", #""0o17""#), ("08", #""08""#), ("0b101", "5"), ("-0x1F", "-31"),
    ("0x", #""0x""#), ("1_000", "1000"), ("_1", #""_1""#), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "9223372036854775808"),
    ("123456789012345678901234567890", "123456789012345678901234567890"), ("1:30", "90"), ("1:30:00", "5400"),
    ("-1:30", "-90"), ("1:60", #""1:60""#), ("190:20:30.15", "685230.15"), ("1.", "1.0"), ("1.5", "1.5"),
    ("5.0", "5.0"), ("-1.50", "-1.50"), ("+.5", #""+.5""#), (".5", "0.5"), ("-.5", #""-.5""#), (".", #"".""#),
    ("1e5", #""1e5""#), ("1.0e+5", "1.0e+5"), ("1.0e5", #""1.0e5""#), ("1.5E-3", "1.5e-3"), ("1_0.5_0", "10.50"),
    ("00.5", "0.5"), (".inf", "Infinity"), ("-.INF", "-Infinity"), (".NaN", "NaN"), ("+.nan", #""+.nan""#),
    ("2026-11-21", #""2026-11-21""#), ("2026-11-21T10:00:00Z", #""2026-11-21T10:00:00Z""#), ("1.2.3", #""1.2.3""#),
    ("+", #""+""#), ("-a", #""-a""#), ("1a", #""1a""#), ("0b2", #""0b2""#), ("1__2", "12"), ("0_7", "7"),
    ("1:2:3:4", "223384"), ("0:30", #""0:30""#), ("1.e+3", "1.0e+3"), ("._5", #""._5""#), ("1._5", "1.5"),
  ])
  func plainScalars(_ text: String, _ expected: String) throws {
    #expect(try json("a: \(text)") == #"{"a":\#(expected)}"#)
    #expect(try json("a: '\(text)'") == JSON.object([JSON.Member("a", .string(text))]).text)
  }

  @Test(
    arguments: [
      ("", "null"), ("{}", "{}"), ("[]", "[]"), ("- 1\n- [a, {b: c}]\n", #"[1,["a",{"b":"c"}]]"#),
      ("a:\n- 1\n-\n  b: 2\n", #"{"a":[1,{"b":2}]}"#), (#"a: "x\ty\u00e9\"z\n""#, #"{"a":"x\tyé\"z\n"}"#),
      ("a: 'it''s\n  folded'\n", #"{"a":"it's folded"}"#), ("a: |\n  x\n   y\n\n", #"{"a":"x\n y\n"}"#),
      ("a: |-\n  x\n", #"{"a":"x"}"#), ("a: >\n  x\n  y\n\n  z\n", #"{"a":"x y\nz\n"}"#),
      ("a: one\n  two\n\n  three\n", #"{"a":"one two\nthree"}"#), ("? a\n: 1\n", #"{"a":1}"#),
      ("1: a\ntrue: b\n~: c\n1.5: d", #"{"1":"a","true":"b","null":"c","1.5":"d"}"#),
      ("a: 1\nb: 2\na: 3\n", #"{"a":3,"b":2}"#),
      ("a: !!str 5\nb: !!int '7'\nc: ! 1\n", #"{"a":"5","b":7,"c":1}"#), ("# only\n---\n...\n", "null"),
      ("a: &x [1, 2]\nb: *x\n", #"{"a":[1,2],"b":[1,2]}"#), ("a: \"\\ud83d\"\n", nil), ("a: x # no\n", #"{"a":"x"}"#),
      ("base: &b {k: 1, l: 2}\nc:\n  l: 3\n  <<: *b\n", #"{"base":{"k":1,"l":2},"c":{"k":1,"l":3}}"#),
      ("a: {<<: [{k: 1}, {k: 2, l: 3}], m: 4}\n", #"{"a":{"k":1,"l":3,"m":4}}"#), ("'<<': 1\n", #"{"<<":1}"#),
    ] as [(String, String?)])
  func structures(_ yaml: String, _ expected: String?) throws {
    guard let expected else {
      #expect(throws: YAMLError.self) { try json(yaml) }
      return
    }
    #expect(try json(yaml) == expected)
  }

  @Test(arguments: [
    ("a: 1\nb: [1\nc: 2\n", 3), ("a: 1\n\tb: 2\n", 2), ("a: *nope\n", 1), ("a: 1\n---\nb: 2\n", 2),
    ("a: 1\nb: !!python/object:os.system x\n", 2), ("\n\n[a]: b\n", 3), ("a: &x [*x]\n", 1), ("a: 1\n<<: 5\n", 2),
    ("a: 1\nb: \u{1}\n", 2), ("a: !!int x\n", 1), ("a: !!set {x, y}\n", 1),
  ])
  func mistakesAreToldWithTheirLine(_ yaml: String, _ line: Int) {
    #expect {
      try json(yaml)
    } throws: { error in
      (error as? YAMLError)?.line == line
    }
  }

  @Test func illFormedTextIsRefused() {
    #expect(throws: YAMLError.self) { try YAMLReader.json([0x61, 0x3A, 0x20, 0xFF, 0xFE]) }
    #expect(throws: YAMLError.self) { try YAMLReader.json([0x61, 0x00, 0x62]) }
  }

  /// Ten levels of ten aliases each are ten billion nodes; ten levels of text are gigabytes.
  @Test(arguments: ["[x]", String(repeating: "x", count: 1_000)])
  func aliasBombsAreRefused(_ seed: String) {
    var yaml = "a0: &a0 \(seed)\n"
    for level in 1...12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(throws: YAMLError.self) { try json(yaml) }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try json(nested(YAMLReader.maximumDepth)) == nested(YAMLReader.maximumDepth))
    #expect(throws: YAMLError.self) { try json(nested(YAMLReader.maximumDepth + 1)) }
    #expect(throws: YAMLError.self) { try json(nested(50_000)) }
    // Behind an alias as well.
    let half = YAMLReader.maximumDepth / 2
    let deep = String(repeating: "[", count: half) + "*a" + String(repeating: "]", count: half)
    #expect(throws: YAMLError.self) { try json("- &a \(nested(half))\n- \(deep)\n") }
  }
}
