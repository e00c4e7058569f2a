import Foundation
import JSONText
import LensTestSupport
import Testing

@testable import MCP

/// The transcripts that need no store, against a server in this process; and the player itself.
@Suite struct PlayerTests {
  @Test(
    arguments: ["lifecycle.jsonl", "bad-lines.jsonl"], TranscriptPlayer.Delivery.allCases)
  func replay(name: String, delivery: TranscriptPlayer.Delivery) async throws {
    let file = PackageRoot.url.appendingPathComponent("Tests/TranscriptTests/Transcripts/\(name)")
    let transcript = try Transcript(contentsOf: file, substitutions: [:])
    let problems = try await TranscriptPlayer(DemoServer.target()).play(transcript, delivery)
    #expect(problems == [])
  }

  private static let opening = """
    {"send": {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}}
    {"expect": {"id":1,"result":{"instructions":{"$any":"string"},"serverInfo":{"title":{"$contains":"Dem"}}}}}

    """

  @Test func differencesAreTold() async throws {
    let transcript = try Transcript(
      Self.opening + """
        {"send": {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"message_text":"a\\nb\\nc"}}}}
        {"expect": {"id":2,"result":{"content":[{"text":"a\\nB\\nc"}],"isError":{"$any":"boolean"}}}}
        {"send": {"jsonrpc":"2.0","id":3,"method":"ping"}}
        """)
    let problems = try await TranscriptPlayer(DemoServer.target()).play(transcript)
    #expect(problems.count == 2)
    #expect(problems.first?.contains("$.result.content[0].text:\n  a\n- B\n+ b\n  c") == true)
    #expect(problems.first?.contains("$.result.isError: expected any boolean, but there is nothing") == true)
    #expect(problems.last == #"unexpected: {"jsonrpc":"2.0","id":3,"result":{}}"#)
  }

  @Test func recordingKeepsMatchersAndNames() async throws {
    let transcript = try Transcript(
      Self.opening + """
        {"note": "kept"}
        {"send": {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"message_text":"tr ${TRACE:a}"}}}}
        {"expect": {"id":2,"gone":{"$absent":true}}}
        {"send": {"jsonrpc":"2.0","id":3,"method":"ping"}}
        """, substitutions: ["TRACE:a": "tr-0123"])
    let lines = try await TranscriptPlayer(DemoServer.target()).record(transcript).split(separator: "\n")
    let initialized =
      #"{"expect":{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"#
      + #""serverInfo":{"name":"mlflow-lens","title":{"$contains":"Dem"},"version":"0.1"},"instructions":{"$any":"string"}}}}"#
    try #require(lines.count == 7)
    #expect(lines[1] == initialized)
    #expect(lines[2] == #"{"note": "kept"}"#)
    #expect(
      lines[4]
        == #"{"expect":{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"tr ${TRACE:a}"}]},"gone":{"$absent":true}}}"#
    )
    #expect(lines[6] == #"{"expect":{"jsonrpc":"2.0","id":3,"result":{}}}"#)
    let again = try Transcript(lines.joined(separator: "\n"), substitutions: ["TRACE:a": "tr-0123"])
    #expect(try await TranscriptPlayer(DemoServer.target()).play(again) == [])
  }

  @Test func programsArePlayedAgainst() async throws {
    let echo = TranscriptTarget.executable(URL(fileURLWithPath: "/bin/cat"))
    let transcript = try Transcript(
      """
      {"send": {"id":1,"a":[1,2]}}
      {"expect": {"id":1,"a":[1,{"$any":"integer"}]}}
      """)
    for delivery in TranscriptPlayer.Delivery.allCases {
      #expect(try await TranscriptPlayer(echo).play(transcript, delivery) == [])
    }
    let failing = TranscriptTarget.executable(
      URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "echo oops >&2; exit 3"])
    let problems = try await TranscriptPlayer(failing).play(try Transcript(""))
    #expect(problems == ["the server ended with status 3", "standard error:\noops"])
  }

  @Test func namesWithoutAValueAreAnError() {
    #expect(throws: TranscriptError.self) { try Transcript(#"{"send": "${TRACE:none}"}"#) }
  }
}
