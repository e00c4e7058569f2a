import Foundation
import JSONText
import LensTestSupport
import Testing

@testable import HostSetup

/// What `change` makes of a file, as text.
private func merged(_ text: String, _ client: Client = .cursor, _ entry: ServerEntry = entry) throws -> String {
  String(decoding: try entry.change(in: Array(text.utf8), for: client).text, as: UTF8.self)
}

private let entry = ServerEntry(name: "mlflow-lens", command: "/bin/lens", arguments: ["serve", "--tools", "a"])
private let members = #""command": "/bin/lens""#

@Suite("A server is put into a JSON file and nothing else changes")
struct JSONMergeTests {
  @Test func aMissingOrEmptyFileBecomesAWholeOne() throws {
    for bytes: [UInt8]? in [nil, [], Array(" \n\t".utf8)] {
      let change = try entry.change(in: bytes, for: .claudeCode)
      #expect(
        String(decoding: change.text, as: UTF8.self) == """
          {
            "mcpServers": {
              "mlflow-lens": {
                "command": "/bin/lens",
                "args": ["serve", "--tools", "a"]
              }
            }
          }

          """)
    }
    #expect(try merged("", .vsCode).contains(#""type": "stdio""#))
  }

  @Test func otherServersAndKeysStayAsTheyAreWritten() throws {
    let before = """
      {
      \t"theme" : "dark",  "big": 12345678901234567890, "rate": 1.50e1,
      \t"mcpServers": {
      \t\t"other": {"command": "x", "env": {"KEY": "s3cr\\u00e9t"}}
      \t},
      \t"last": []
      }
      """
    let after = """
      {
      \t"theme" : "dark",  "big": 12345678901234567890, "rate": 1.50e1,
      \t"mcpServers": {
      \t\t"other": {"command": "x", "env": {"KEY": "s3cr\\u00e9t"}},
      \t\t"mlflow-lens": {
      \t\t\t"command": "/bin/lens",
      \t\t\t"args": ["serve", "--tools", "a"]
      \t\t}
      \t},
      \t"last": []
      }
      """
    #expect(try merged(before) == after)
    let change = try entry.change(in: Array(before.utf8), for: .cursor)
    #expect(change.edits.map(\.line) == [5] && change.edits[0].old == nil)
    #expect(!change.edits[0].new.contains("KEY"), "what is shown holds nothing of the surroundings")
  }

  @Test(arguments: [
    "{}", "{ }", "{\n}", "{\r\n}", #"{"a":1}"#, "{\n  \"a\": 1\n}\n", "{\r\n    \"a\": 1\r\n}\r\n",
    "{\n  \"mcpServers\": {}\n}", "{\n  \"mcpServers\": {\n  }\n}", #"{"mcpServers":{}}"#,
    #"{"mcpServers":{"x":{}}}"#, "{\n  \"mcpServers\": {\"x\": {}}\n}", "{ \"a\": 1,\n  \"b\": 2 }",
    "{\n \"mcpServers\": {\n  \"mlflow-lens\": {}\n }\n}",
    "{\n \"mcpServers\": {\n  \"mlflow-lens\": {\"env\": {\"A\": \"b\"}}\n }\n}",
    "{\n  \"mcpServers\": {\n    \"mlflow-lens\": {\n      \"command\": \"/old\",\n      \"args\": [\n        \"serve\"\n      ],\n      \"timeout\": 9\n    }\n  }\n}",
    "\u{FEFF}{\"mcpServers\": {\"é 😀\": {}}}", #"{"mcpServers":{"mlflow-lens":{"command":"a","command":"b"}}}"#,
  ])
  func aSecondTimeThereIsNothingToDo(_ before: String) throws {
    let change = try entry.change(in: Array(before.utf8), for: .cursor)
    #expect(!change.edits.isEmpty)
    let again = try entry.change(in: change.text, for: .cursor)
    #expect(again.edits.isEmpty && again.text == change.text)
    let text = change.text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(change.text.dropFirst(3)) : change.text
    let root = try JSONDocument(text, dialect: .strict).root
    let server = try #require(root["mcpServers"]?["mlflow-lens"])
    #expect(server["command"]?.string == "/bin/lens")
    #expect(JSON(server["args"] ?? .null) == ["serve", "--tools", "a"])
    #expect(String(decoding: change.text, as: UTF8.self).contains("\r\n") == before.contains("\r\n"))
  }

  @Test func anEntryOfOursIsBroughtUpToDateAndKeepsWhatTheUserAdded() throws {
    let before = """
      {
        "mcpServers": {
          "mlflow-lens": {
            "command": "/old",
            "env": {"TOKEN": "abc"},
            "args": ["serve"]
          }
        }
      }
      """
    let change = try entry.change(in: Array(before.utf8), for: .cursor)
    let text = String(decoding: change.text, as: UTF8.self)
    #expect(text.contains(#""env": {"TOKEN": "abc"},"#) && text.contains(members))
    #expect(change.edits.map(\.old) == [#""command": "/old""#, #""args": ["serve"]"#])
    #expect(change.edits.map(\.line) == [4, 6])
  }

  @Test(arguments: [
    ("{\n  // ours\n}", "line 2, column 3: comments are not read here"), ("{\"a\": 1,}", "line 1, column 9"),
    ("[]", "holds no object"), ("{\"mcpServers\": []}", "mcpServers holds no object (line 1, column 16)"),
    ("{\"mcpServers\": null}", "mcpServers holds no object"),
    ("{\"mcpServers\": {\n\"mlflow-lens\": 1}}", "mcpServers.mlflow-lens holds no object (line 2, column 16)"),
    ("{\"a\": NaN}", "line 1, column 7"), ("{\"a\": 1} x", "line 1, column 10"), ("{", "line 1, column 2"),
  ])
  func whatCannotBeReadIsLeftAloneAndNamed(_ text: String, _ words: String) throws {
    let refusal = #expect(throws: Refusal.self) { try entry.change(in: Array(text.utf8), for: .cursor) }
    #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "nothing")")
  }
}
