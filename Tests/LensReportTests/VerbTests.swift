import Foundation
import LensTestSupport
import Testing

/// The verbs that make pictures, as a person starts them.
@Suite("report and waterfall at the command line")
struct VerbTests {
  private struct Run: Sendable {
    var code: Int32
    var output: String
    var complaint: String
  }

  private static func run(
    _ words: [String], in folder: URL = PackageRoot.url, environment: [String: String] = [:]
  ) async throws -> Run {
    let program = try #require(BuiltBinary.find(), "the program was not built")
    return try await onOwnThread { try wait(for: program, words, folder, environment) }
  }

  private static func wait(
    for program: URL, _ words: [String], _ folder: URL, _ environment: [String: String]
  ) throws -> Run {
    let process = Process()
    process.executableURL = program
    process.arguments = words + ["--tracking-uri", "sqlite:///" + PackageRoot.url.path + "/Samples/mlflow.db"]
    process.currentDirectoryURL = folder
    process.environment = ["LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    let (output, complaint) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let words = complaint.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      complaint: String(decoding: words, as: UTF8.self))
  }

  private static func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private static func files(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func aReportIsWrittenWholeAndReplacedOnlyWhenAskedTo() async throws {
    try await Self.withFolder { folder in
      let first = try await Self.run(["report", "chat-refund-42"], in: folder)
      #expect(first.code == 0)
      #expect(first.output == "mlflow-lens-session-chat-refund-42.html\n")
      #expect(first.complaint.contains("5 turns"))
      let place = folder.appendingPathComponent("mlflow-lens-session-chat-refund-42.html")
      let page = try Data(contentsOf: place)
      #expect(page.starts(with: Data("<!doctype html>".utf8)) && page.count > 50_000)

      try Data("mine".utf8).write(to: place)
      let second = try await Self.run(["report", "--session-id", "chat-refund-42"], in: folder)
      #expect(second.code == 2 && second.complaint.contains("--force"))
      #expect(try Data(contentsOf: place) == Data("mine".utf8))
      #expect(try await Self.run(["report", "chat-refund-42", "--force"], in: folder).code == 0)
      #expect(try Data(contentsOf: place) == page)

      // A file that was named is meant to be replaced.
      try Data("old".utf8).write(to: folder.appendingPathComponent("named.html"))
      #expect(
        try await Self.run(["report", "chat-refund-42", "-o", "named.html"], in: folder).output == "named.html\n")
      #expect(try Data(contentsOf: folder.appendingPathComponent("named.html")) == page)
      #expect(
        try await Self.run(["report", "chat-refund-42", "-o", "-"], in: folder).output
          == String(decoding: page, as: UTF8.self))
      #expect(try Self.files(folder) == ["mlflow-lens-session-chat-refund-42.html", "named.html"])
    }
  }

  @Test func aFolderGetsTheDefaultName() async throws {
    try await Self.withFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("out"), withIntermediateDirectories: true)
      let made = try await Self.run(["report", "chat-refund-42", "-o", "out"], in: folder)
      #expect(made.output == "out/mlflow-lens-session-chat-refund-42.html\n")
    }
  }

  @Test func whatCannotBeDoneIsSaid() async throws {
    let none = try await Self.run(["report", "no-such-id"])
    #expect(none.code == 1 && none.complaint.contains("no trace and no session 'no-such-id'"))
    #expect(try await Self.run(["report"]).code == 64)
    #expect(try await Self.run(["waterfall", "--trace-id", "tr-1", "--session-id", "s"]).code == 64)
    #expect(try await Self.run(["waterfall", "--session-id", "no-such-id"]).code == 1)
    let unwritable = try await Self.run(["report", "chat-refund-42", "-o", "/no/such/folder/x.html"])
    #expect(unwritable.code == 2 && unwritable.complaint.contains("/no/such/folder/x.html cannot be written"))
  }

  @Test(
    arguments: [
      (["--color", "always"], [:], true), (["--color", "never"], ["CLICOLOR_FORCE": "1"], false), ([], [:], false),
      ([], ["CLICOLOR_FORCE": "1"], true), ([], ["CLICOLOR_FORCE": "0"], false),
      ([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false), (["--color", "always"], ["NO_COLOR": "1"], true),
      ([], ["CLICOLOR_FORCE": "1", "NO_COLOR": ""], true),
    ] as [([String], [String: String], Bool)])
  func coloursAreThereWhenWanted(_ words: [String], _ environment: [String: String], _ isColored: Bool) async throws {
    let drawn = try await Self.run(["waterfall", "chat-refund-42"] + words, environment: environment)
    #expect(drawn.code == 0)
    #expect(drawn.output.contains("\u{1B}[") == isColored)
  }

  @Test func widthAndLettersAreThoseOfTheEnvironment() async throws {
    func widest(_ environment: [String: String]) async throws -> Int {
      try await Self.run(["waterfall", "chat-refund-42"], environment: environment).output
        .split(separator: "\n").map(\.count).max() ?? 0
    }
    #expect(try (70...80).contains(await widest([:])))
    #expect(try (110...120).contains(await widest(["COLUMNS": "120"])))
    #expect(try await widest(["COLUMNS": "60"]) <= 60)
    let plain = try await Self.run(["waterfall", "chat-refund-42"], environment: ["LC_ALL": "C"])
    #expect(plain.output.utf8.allSatisfy { $0 < 0x80 })
  }
}
