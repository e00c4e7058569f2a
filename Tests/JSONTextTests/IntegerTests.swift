import JSONText
import Testing

@Suite struct IntegerTests {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("1794826786371621501", 1_794_826_786_371_621_501),
    ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
  ])
  func readsEveryInteger(text: String, value: Int64) throws {
    #expect(try JSONDocument(text).root.int64 == value)
  }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "1.0", "1e3", "-1.5", "NaN", "-Infinity",
    "\"1\"", "null",
  ])
  func takesNothingElseForOne(text: String) throws {
    #expect(try JSONDocument(text).root.int64 == nil)
  }
}
