import Foundation
import JSONText
import LensTestSupport
import Testing

/// Every file in `Transcripts` against the program that was built, in each way its input can arrive.
@Suite struct TranscriptTests {
  private static let transcripts: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { $0.hasSuffix(".jsonl") }.sorted()
  }()

  private static let folder = PackageRoot.url.appendingPathComponent("Tests/TranscriptTests/Transcripts")

  @Test func transcriptsAreFound() {
    #expect(Self.transcripts.contains("lifecycle.jsonl"))
  }

  @Test(arguments: transcripts, TranscriptPlayer.Delivery.allCases)
  func replay(_ name: String, _ delivery: TranscriptPlayer.Delivery) async throws {
    let program = try #require(BuiltBinary.find(), "mlflow-lens was not built beside the tests")
    let store = PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path
    let player = TranscriptPlayer(
      .executable(program, arguments: ["--tracking-uri", "sqlite:///\(store)", "serve"]),
      substitutions: try SampleManifest.substitutions())
    let problems = try await player.play(Self.folder.appendingPathComponent(name), delivery)
    #expect(problems.isEmpty, "\(Comment(rawValue: "\n" + problems.joined(separator: "\n")))")
  }

  /// The scenarios of the official conformance suite that have a meaning over stdio, named after it; see the README there.
  private static let scenarios: [String] = ["direct", "fixture"].flatMap { kind in
    let names = try? FileManager.default.contentsOfDirectory(atPath: conformance.appendingPathComponent(kind).path)
    return (names ?? []).filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(kind)/\($0)" }
  }

  private static let conformance = PackageRoot.url.appendingPathComponent("Tests/TranscriptTests/Conformance")

  @Test func scenariosAreFound() {
    #expect(Self.scenarios.contains("direct/server-stateless.jsonl"))
    #expect(Self.scenarios.contains("fixture/tools-call-with-progress.jsonl"))
  }

  @Test(arguments: scenarios)
  func scenario(_ name: String) async throws {
    let isFixture = name.hasPrefix("fixture/")
    let program = try #require(BuiltBinary.find(isFixture ? "conformance-server" : "mlflow-lens"))
    let store = PackageRoot.url.appendingPathComponent("Samples/mlflow.db").path
    let player = TranscriptPlayer(
      .executable(program, arguments: isFixture ? [] : ["--tracking-uri", "sqlite:///\(store)", "serve"]),
      substitutions: try SampleManifest.substitutions())
    let problems = try await player.play(Self.conformance.appendingPathComponent(name), .pipe)
    #expect(problems.isEmpty, "\(Comment(rawValue: "\n" + problems.joined(separator: "\n")))")
  }

  @Test(arguments: [
    ("sqlite:////no/such/folder/mlflow.db", "There is no database at '/no/such/folder/mlflow.db'"),
    ("sqlite:///\(PackageRoot.url.path)/README.md", "is not a SQLite database"),
    ("sqlite:///\(PackageRoot.url.path)/Samples", "is a folder, not a database"),
    ("s3://bucket", "is no kind of store this tool knows"),
  ])
  func stores(_ uri: String, _ wrong: String) async throws {
    let program = try #require(BuiltBinary.find(), "mlflow-lens was not built beside the tests")
    let player = TranscriptPlayer(
      .executable(program, arguments: ["--tracking-uri", uri, "serve"]), substitutions: ["WRONG": wrong])
    let problems = try await player.play(Self.folder.appendingPathComponent("stores/unreadable.jsonl"), .pipe)
    #expect(problems.isEmpty, "\(Comment(rawValue: "\n" + problems.joined(separator: "\n")))")
  }
}
