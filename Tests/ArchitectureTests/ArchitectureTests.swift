import Foundation
import JSONText
import LensTestSupport
import Testing

@Suite("The arrows of ARCHITECTURE.md are true")
struct ArchitectureTests {
  /// What each target may import of this package; the compiler only knows what it can reach, not what it should.
  private static let allowed: [String: Set<String>] = [
    "JSONText": [],
    "TraceModel": ["JSONText"],
    "TraceQuery": ["TraceModel", "JSONText", "CPCRE2"],
    "TraceStores": ["TraceQuery", "TraceModel", "JSONText", "CSQLite", "CYAML", "CCurl", "CZlib"],
    "TraceSemantics": ["TraceModel", "JSONText"],
    "TraceAnalysis": ["TraceSemantics", "TraceModel", "JSONText"],
    "MCP": ["JSONText"],
    "LensTools": ["MCP", "TraceAnalysis", "TraceSemantics", "TraceStores", "TraceQuery", "TraceModel", "JSONText"],
    "LensReport": ["LensTools", "MCP", "TraceAnalysis", "TraceSemantics", "TraceModel", "JSONText"],
    "HostSetup": ["JSONText"],
    "mlflow-lens": ["LensReport", "LensTools", "HostSetup", "MCP", "TraceStores", "TraceModel", "JSONText", "CMalloc"],
    "FuzzTargets": ["LensTools", "MCP", "TraceStores", "TraceQuery", "TraceModel", "JSONText"],
    "lens-fuzz": ["FuzzTargets"],
  ]

  /// Those that are no part of the program.
  private static let elsewhere = ["FuzzTargets": "Tests/Fuzz/Targets", "lens-fuzz": "Tests/Fuzz/Driver"]

  /// Modules from outside, and who may use them.
  private static let outside: [String: Set<String>] = [
    "ArgumentParser": ["mlflow-lens"], "Logging": ["MCP", "mlflow-lens"],
    "FoundationEssentials": ["TraceStores", "HostSetup", "mlflow-lens", "FuzzTargets"],
    // On Apple systems FoundationEssentials is no module of its own.
    "Foundation": ["TraceStores", "HostSetup", "mlflow-lens", "FuzzTargets"],
    "Synchronization": ["MCP", "TraceStores", "TraceAnalysis", "LensTools", "mlflow-lens", "FuzzTargets"],
    "Dispatch": ["MCP", "TraceStores", "FuzzTargets"],
    "Glibc": ["MCP", "TraceStores", "HostSetup", "mlflow-lens", "FuzzTargets", "lens-fuzz"],
    "Darwin": ["MCP", "TraceStores", "HostSetup", "mlflow-lens", "FuzzTargets", "lens-fuzz"],
    "Musl": ["MCP"],
  ]

  /// Targets that only make a C library visible.
  private static let libraries: Set<String> = ["CSQLite", "CYAML", "CCurl", "CZlib", "CPCRE2", "CMalloc"]

  private static let sources = PackageRoot.url.appendingPathComponent("Sources")

  private static func files(_ target: String) throws -> [(name: String, text: String)] {
    let folder = PackageRoot.url.appendingPathComponent(elsewhere[target] ?? "Sources/\(target)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    return try names.sorted().map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
  }

  @Test(arguments: allowed.keys.sorted())
  func importsFollowTheArrows(_ target: String) throws {
    let files = try Self.files(target)
    #expect(!files.isEmpty)
    for file in files {
      for line in file.text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1 else { continue }
        let module = String(words[place + 1])
        let isAllowed = Self.allowed[target]?.contains(module) == true || Self.outside[module]?.contains(target) == true
        #expect(isAllowed, "\(target)/\(file.name) imports \(module)")
      }
    }
  }

  @Test func everyTargetIsInTheTable() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(folders).subtracting(Self.libraries) == Set(Self.allowed.keys).subtracting(Self.elsewhere.keys))
  }

  /// The protocol layer could serve another program: it knows nothing of traces.
  @Test func theProtocolLayerKnowsNothingOfTraces() throws {
    for file in try Self.files("MCP") {
      #expect(!file.text.lowercased().contains("mlflow"), "MCP/\(file.name)")
    }
  }

  @Test func filesStayReadable() throws {
    for target in Self.allowed.keys {
      for file in try Self.files(target) {
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(lines <= 400, "\(target)/\(file.name) has \(lines) lines")
      }
    }
  }

  @Test func theManifestAgreesWithTheProgram() throws {
    let manifest = try JSONDocument(
      Array(Data(contentsOf: PackageRoot.url.appendingPathComponent("manifest.json")))
    ).root
    let main = try Self.files("mlflow-lens").first { $0.name == "MLflowLens.swift" }
    let version = try #require(manifest["version"]?.string)
    #expect(main?.text.contains("current = \"\(version)\"") == true)
  }
}
