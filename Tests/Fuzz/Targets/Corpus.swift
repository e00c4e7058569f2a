import JSONText
import TraceModel
import TraceQuery
import TraceStores

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The data of the repository, from which inputs are made. Read once; the same in every run.
public struct Corpus: Sendable {
  /// Where the sample store is.
  let database: String
  /// Traces of the sample store.
  let samples: [Trace]
  /// Documents of exported traces, one each.
  let documents: [[UInt8]]
  /// Filters, right and wrong.
  let filters: [String]
  /// Lines that clients send.
  let messages: [[UInt8]]

  /// What stands beneath a folder that holds Package.swift.
  ///
  /// - Throws: ``Violation`` when something of it is missing: fuzzing without it would look like success.
  public init(root: String) throws {
    database = "\(root)/Samples/mlflow.db"
    let store = SQLiteStore(path: database, location: StoreLocation(uri: "sqlite", reason: "fuzzing"))
    let found = try waiting { () async -> Result<[Trace], StoreError> in
      do throws(StoreError) {
        let page = try await store.search(TraceQuery(limit: 1_000))
        return .success(try await store.traces(page.infos.map(\.id)))
      } catch {
        return .failure(error)
      }
    }
    samples = try found.get()
    var documents: [[UInt8]] = []
    for name in ["traces.jsonl", "sessions.jsonl", "long-error.jsonl.gz", "agents.jsonl.gz"] {
      let bytes = try CompressedFile.contents("\(root)/Tests/LensToolsTests/Corpus/Traces/\(name)")
      documents += bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }
    let cases = "\(root)/Tests/TraceStoresTests/FilterCases"
    for record in try Self.json("\(cases)/fixture.json")["traces"]?.elements ?? JSONValue.null.elements {
      documents.append(Array(record.rawBytes))
    }
    self.documents = documents
    filters = try Self.json("\(cases)/cases.json").elements.compactMap { $0["filter"]?.string }
    var messages: [[UInt8]] = []
    for folder in ["Transcripts", "Conformance/direct", "Conformance/fixture"] {
      let path = "\(root)/Tests/TranscriptTests/\(folder)"
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() where name.hasSuffix(".jsonl") {
        for line in try CompressedFile.contents("\(path)/\(name)").split(separator: UInt8(ascii: "\n")) {
          guard let entry = try? JSONDocument(Array(line)).root, let sent = entry["send"] else {
            continue
          }
          messages.append(sent.string.map { Array($0.utf8) } ?? Array(sent.rawBytes))
        }
      }
    }
    self.messages = messages
    try hold(
      !samples.isEmpty && documents.count > 100 && filters.count > 500 && messages.count > 50, "data are missing")
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONDocument(try CompressedFile.contents(path)).root
  }

  /// Spans of all kinds as they are stored, none of them long.
  var spans: [[UInt8]] {
    let recorded = documents.flatMap { document -> [[UInt8]] in
      guard let root = try? JSONDocument(document).root else { return [] }
      return (root["data"]?["spans"] ?? .null).elements.map { Array($0.rawBytes) }
    }
    let stored = samples.flatMap { $0.spans.map { Array($0.record.rawBytes) } }
    return Self.thinned((stored + recorded).filter { $0.count <= 3_000 }, 400)
  }

  /// Documents no longer than that.
  func documents(upTo length: Int, atMost count: Int = 200) -> [[UInt8]] {
    Self.thinned(documents.filter { $0.count <= length }, count)
  }

  /// So many of them, evenly.
  static func thinned(_ list: [[UInt8]], _ count: Int) -> [[UInt8]] {
    guard list.count > count else { return list }
    return (0..<count).map { list[$0 * list.count / count] }
  }
}
