import Foundation
import LensTestSupport
import Testing
import TraceModel

@testable import TraceStores

@Suite("Compressed exports are read, up to a size, and damage is told")
struct CompressedFileTests {
  /// A trace of one span as MLflow exports it, compressed with gzip.
  private static let export = """
    H4sIAAAAAAACA22PzU7DMBCE32XP4RCOkXqoSpAQLUFtEEiospZkW1lKbGNvoFDl3fEmURA/Ptkz49n9zqDNwUJ2BvZYkdI1ZPF6kUIyKY2tkLU1
    Q+bDUfQ36+t18ajyp/t8e7PJ78oYbptDY98VnRx53ZJhyX+/xuIU+j4BT68dBVYcHcjSBAIjS29xO09tibFGxtgSfzAew3jDECgEaYzC8z4qUwqC
    QyPaD5Llv2exiHMk/zuUi+HQy8Kzb7qmScCgLAuf2jmqYdjZjwiqM/qkDBo7wJCp/8iXI2MnEFDZWpp25bJ82KlVcZWrAbyNYHgUCwSU2euXjmkC
    p7eZed/3X6UgLiS3AQAA
    """

  private let bytes: [UInt8]
  private let folder: URL

  init() throws {
    bytes = [UInt8](try #require(Data(base64Encoded: Self.export, options: .ignoreUnknownCharacters)))
    folder = TestFolder.root.appendingPathComponent("mlflow-lens-\(UUID().uuidString)")
  }

  private func withFile(_ bytes: [UInt8], _ work: (String) async throws -> Void) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("trace.json.gz")
    try Data(bytes).write(to: file)
    try await work(file.path)
  }

  @Test(arguments: [true, false])
  func aCompressedExportIsAStore(asFolder: Bool) async throws {
    try await withFile(bytes) { path in
      let uri = asFolder ? folder.path : path
      let store = try StoreLocator(option: uri, environment: [:], workingDirectory: "/nowhere").open()
      #expect(try await store.trace(TraceID("tr-1")).spans.map(\.name) == ["zipped"])
      #expect(try await store.summary().limitations.isEmpty)
    }
  }

  @Test func whatIsNotCompressedIsReadAsItIs() async throws {
    try await withFile(Array("{}".utf8)) { path in
      let contents = try CompressedFile.contents(path)
      #expect(contents == Array("{}".utf8))
    }
  }

  @Test func damageIsTold() async throws {
    let cut = Array(bytes.dropLast(20))
    var flipped = bytes
    for place in 30..<40 { flipped[place] ^= 0xFF }
    for damaged in [cut, flipped, Array(bytes.prefix(5))] {
      try await withFile(damaged) { path in
        #expect {
          try CompressedFile.contents(path)
        } throws: { error in
          (error as? CompressedFile.Failure)?.words.hasPrefix("it is damaged") == true
        }
      }
    }
  }

  @Test func nothingGrowsWithoutBounds() async throws {
    try await withFile(bytes) { path in
      #expect {
        try CompressedFile.contents(path, maximumSize: 100)
      } throws: { error in
        (error as? CompressedFile.Failure)?.words.contains("when decompressed") == true
      }
    }
  }
}
