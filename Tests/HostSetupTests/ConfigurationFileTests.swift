import Foundation
import LensTestSupport
import Testing

@testable import HostSetup

@Suite("A configuration is written whole, beside a backup")
struct ConfigurationFileTests {
  private let folder = TestFolder.root.appendingPathComponent(UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func place(_ name: String) -> String { folder.appendingPathComponent(name).path }
  private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func foldersAreMadeAndANewFileIsTheUsersOwn() throws {
    let file = ConfigurationFile(place("a/b/c.json"))
    #expect(try file.read() == nil)
    try file.write(Array("x".utf8), replacing: nil)
    #expect(text(file.path) == "x")
    #expect(try mode(file.path) == 0o600)
    #expect(text(file.backupPath) == nil)
  }

  @Test func theOldFileIsKeptWithItsRights() throws {
    let path = place("kept.json")
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let file = ConfigurationFile(path)
    let old = try file.read()
    try file.write(Array("new".utf8), replacing: old)
    #expect(text(path) == "new" && text(path + ".bak") == "old")
    #expect(try mode(path) == 0o640)
    #expect(try mode(path + ".bak") == 0o640)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["kept.json", "kept.json.bak"])
  }

  @Test func aLinkStaysALink() throws {
    try Data("old".utf8).write(to: folder.appendingPathComponent("real.json"))
    try FileManager.default.createSymbolicLink(atPath: place("link.json"), withDestinationPath: "real.json")
    let file = ConfigurationFile(place("link.json"))
    try file.write(Array("new".utf8), replacing: try file.read())
    #expect(text(place("real.json")) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place("link.json")) == "real.json")
  }

  @Test func whatChangedInBetweenIsNotOverwritten() throws {
    let file = ConfigurationFile(place("raced.json"))
    try Data("theirs".utf8).write(to: URL(fileURLWithPath: file.path))
    #expect(throws: Refusal.self) { try file.write(Array("ours".utf8), replacing: nil) }
    #expect(text(file.path) == "theirs")
  }

  @Test func aFolderIsNoFile() {
    #expect(throws: Refusal.self) { try ConfigurationFile(folder.path).read() }
  }

  @Test func eachClientHasItsPlaces() {
    let folders = ClientFolders(project: "/p", environment: ["HOME": "/h"], isApple: false)
    let known: [(Client, String?, String?)] = [
      (.claudeCode, "/p/.mcp.json", "/h/.claude.json"),
      (.claudeDesktop, nil, "/h/.config/Claude/claude_desktop_config.json"), (.codex, nil, "/h/.codex/config.toml"),
      (.cursor, "/p/.cursor/mcp.json", "/h/.cursor/mcp.json"),
      (.vsCode, "/p/.vscode/mcp.json", "/h/.config/Code/User/mcp.json"),
      (.gemini, "/p/.gemini/settings.json", "/h/.gemini/settings.json"),
    ]
    #expect(known.map(\.0) == Client.allCases)
    for (client, project, user) in known {
      #expect(folders.file(of: client, .project) == project)
      #expect(folders.file(of: client, .user) == user)
    }
    let apple = ClientFolders(project: "/p", environment: ["HOME": "/h", "CODEX_HOME": "/c"], isApple: true)
    #expect(apple.file(of: .codex, .user) == "/c/config.toml")
    #expect(apple.file(of: .claudeDesktop, .user) == "/h/Library/Application Support/Claude/claude_desktop_config.json")
  }
}
