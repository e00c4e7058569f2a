import JSONText
import Testing

@Suite("Members that are looked for together are those that are looked for one by one") struct MemberNamesTests {
  private static let long = String(repeating: "long", count: 20)
  private static let names = ["id", "name", "k\u{e9}y", "", "text", "none", "to", long, long + "er"]

  @Test(arguments: [
    "{}", #"{"id": 1}"#, #"{"name": {"id": [1, {"id": 2}]}, "id": 3, "x": {"text": 1}}"#,
    #"{"id": 1, "text": null, "id": "2", "i\u0064": [3]}"#, #"{"k\u00e9y": 1, "ké": 2, "": 3, "kéy": 4}"#,
    #"{"di": 1, "ID": 2, "ot": 3, "to": 4, "txet": 5}"#, "{\"\(long)\": 1, \"\(long)er\": 2, \"\(long)est\": 3}",
    #"["id", "name"]"#, #""id""#, "null",
  ])
  func oneByOne(_ text: String) throws {
    let value = try JSONDocument(text).root
    let expected = Self.names.enumerated().compactMap { place, name in
      value[name].map { "\(place) \(String(decoding: $0.rawBytes, as: UTF8.self))" }
    }
    let found = value.members(of: MemberNames(Self.names))
    #expect(found.map { "\($0.place) \(String(decoding: $0.value.rawBytes, as: UTF8.self))" } == expected)
  }

  /// Of several that have one name, each is told.
  @Test func inDocumentOrder() throws {
    let value = try JSONDocument(#"{"b": 1, "c": 2, "a": 3, "b": 4}"#).root
    var told: [String] = []
    value.forEachMember(of: ["a", "b"]) { told.append("\($0) \($1.int64 ?? -1)") }
    #expect(told == ["1 1", "0 3", "1 4"])
  }
}
