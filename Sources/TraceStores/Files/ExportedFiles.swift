import JSONText

public import TraceModel
public import TraceQuery

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Traces in files that somebody exported: one `.json` or `.jsonl` file, compressed or not, or a folder of them.
///
/// The files are read at the first question and again when they change. A file that cannot be read is named by `doctor` and
/// in the errors; the others are served.
public actor ExportedFiles: TraceStore {
  /// Where they are, for people.
  public nonisolated let location: StoreLocation
  private nonisolated let path: String
  private nonisolated let executor: QueueExecutor
  private var loaded: Loaded?

  /// Reading blocks, so it has a thread of its own.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private struct Loaded {
    var stamps: [Stamp]
    var traces: [TraceID: Trace]
    var problems: [String]
  }

  /// What tells that a file has changed.
  private struct Stamp: Hashable {
    var path: String
    var status: FileStatus?
  }

  /// A store over a file or a folder.
  public init(path: String, location: StoreLocation) {
    self.path = path
    self.location = location
    executor = QueueExecutor(label: "mlflow-lens.files")
  }

  /// Whether a path is such a file, or a folder that holds some.
  static func canRead(_ path: String) -> Bool { !files(path).isEmpty }

  /// What the files hold.
  public func summary() async throws(StoreError) -> StoreSummary {
    let loaded = try load()
    let newest = loaded.traces.values.map(\.info).max { ($0.requestTime, $1.id) < ($1.requestTime, $0.id) }
    return StoreSummary(
      kind: "\(loaded.stamps.count) exported \(loaded.stamps.count == 1 ? "file" : "files")",
      experimentCount: Self.experiments(loaded).count, traceCount: loaded.traces.count,
      sessionCount: Set(loaded.traces.values.compactMap(\.info.sessionID)).count,
      spanCount: loaded.traces.values.reduce(0) { $0 + $1.spans.count },
      newestTrace: newest.map { ($0.id, $0.requestTime) }, limitations: loaded.problems)
  }

  /// The experiments that the traces name; files know no more of them than their ids.
  public func experiments() async throws(StoreError) -> [Experiment] { Self.experiments(try load()) }

  private static func experiments(_ loaded: Loaded) -> [Experiment] {
    Set(loaded.traces.values.map(\.info.experimentID)).sorted().map {
      Experiment(id: $0, name: "exported", isDeleted: false)
    }
  }

  /// Ids that begin with `prefix`, in order.
  public func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID] {
    Array(try load().traces.keys.filter { $0.rawValue.hasPrefix(prefix) }.sorted().prefix(limit))
  }

  /// One trace with its spans.
  public func trace(_ id: TraceID) async throws(StoreError) -> Trace {
    guard let trace = try load().traces[id] else {
      throw StoreError(.notFound, "There is no trace '\(id)' in \(location.uri)")
    }
    return trace
  }

  /// Several traces with their spans.
  public func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace] {
    let traces = try load().traces
    return ids.compactMap { traces[$0] }
  }

  /// A page of infos, and how many match in all.
  public func search(_ query: TraceQuery) async throws(StoreError) -> TracePage {
    let traces = try load().traces
    let (infos, total) = try query.storePage(of: traces.values.map(\.info)) { info in
      traces[info.id]?.spans.contains { $0.status == .error } ?? false
    } spans: { info in
      traces[info.id]?.spans ?? []
    }
    let end = query.offset + infos.count
    return TracePage(
      infos: infos, totalCount: total, nextPageToken: !infos.isEmpty && end < total ? PageToken(offset: end) : nil)
  }

  // MARK: Files

  private func load() throws(StoreError) -> Loaded {
    let stamps = Self.files(path).map { Stamp(path: $0, status: FileStatus($0)) }
    if let loaded, loaded.stamps == stamps { return loaded }
    guard !stamps.isEmpty else {
      throw StoreError(
        .noStore, "There are no .json or .jsonl files at '\(path)'",
        hint: "Give --tracking-uri path/to/trace.json, or a folder of such files")
    }
    var traces: [TraceID: Trace] = [:]
    var problems: [String] = []
    for stamp in stamps {
      let name = String(stamp.path.split(separator: "/").last ?? "")
      let (found, wrong) = read(stamp.path)
      problems += wrong.prefix(3).map { "\(name): \($0)" }
      if wrong.count > 3 { problems.append("\(name): \(wrong.count - 3) more problems") }
      // The fuller copy of a trace counts: a search result beside an export knows only its info.
      for var trace in found where trace.spans.count >= traces[trace.info.id]?.spans.count ?? 0 {
        trace.info.rootSpanName = trace.info.rootSpanName ?? trace.spans.first { $0.parentID == nil }?.name
        traces[trace.info.id] = trace
      }
    }
    guard !traces.isEmpty else {
      throw StoreError(
        .unreadable, "No trace could be read at '\(path)': \(problems.first ?? "the files are empty")",
        hint: "MLflow's Trace.to_json(), its CLI's JSON and OTLP/JSON files are read")
    }
    let result = Loaded(stamps: stamps, traces: traces, problems: problems)
    loaded = result
    return result
  }

  private func read(_ path: String) -> (traces: [Trace], problems: [String]) {
    let bytes: [UInt8]
    do throws(CompressedFile.Failure) {
      bytes = try Self.contents(path, folder: path == self.path ? nil : self.path)
    } catch {
      return ([], [error.words])
    }
    do {
      let exported = ExportedTraces(try JSONDocument(bytes).root)
      return (exported.traces, exported.problems)
    } catch {
      // One document a line, if there is more than one line and the first is a document of its own.
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
      guard lines.count > 1, (try? JSONDocument(lines[0])) != nil else { return ([], ["\(error)"]) }
      return Self.readLines(lines)
    }
  }

  /// - Parameter folder: The folder that it was found in; nil for a file that the user named, by a link or not.
  private static func contents(_ path: String, folder: String?) throws(CompressedFile.Failure) -> [UInt8] {
    let kind = folder.map { ContainedFiles(root: $0).kind(path) } ?? (FileStatus(path)?.kind == .file ? nil : .special)
    switch kind {
    case .outside: throw CompressedFile.Failure(words: "it is a link that leads out of the folder, and is not followed")
    case .folder, .special: throw CompressedFile.Failure(words: "it is no file: a folder, a pipe or a device")
    case .file, .missing, nil: break
    }
    if path.hasSuffix(".gz") { return try CompressedFile.contents(path) }
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
      throw CompressedFile.Failure(words: "it cannot be read")
    }
    return [UInt8](data)
  }

  private static func readLines(_ lines: [[UInt8]]) -> (traces: [Trace], problems: [String]) {
    var traces: [Trace] = []
    var problems: [String] = []
    for (number, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      do {
        let exported = ExportedTraces(try JSONDocument(line).root)
        traces += exported.traces
        problems += exported.problems.map { "line \(number + 1): \($0)" }
      } catch {
        problems.append("line \(number + 1): \(error)")
      }
    }
    return (traces, problems)
  }

  /// The file itself, or the exported files directly in the folder, by name.
  private static func files(_ path: String) -> [String] {
    func isExport(_ name: String) -> Bool {
      [".json", ".jsonl", ".json.gz", ".jsonl.gz"].contains { name.hasSuffix($0) }
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return isExport(path) && FileManager.default.fileExists(atPath: path) ? [path] : []
    }
    return names.filter(isExport).sorted().map { "\(path)/\($0)" }
  }
}
