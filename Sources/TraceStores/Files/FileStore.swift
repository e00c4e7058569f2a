public import TraceModel
public import TraceQuery
import Synchronization

/// MLflow's file store, a folder usually called `mlruns`: one folder an experiment, one folder a trace, one file a tag.
///
/// MLflow 3.13 and later open it on demand only; the folders live on.
public final class FileStore: TraceStore {
  /// Where it is, for people.
  public let location: StoreLocation
  private let path: String
  private let artifactsDestination: String?
  private let idle = Mutex<[FileThread]>([])

  /// Threads kept for the next question; more are made while many questions are asked at once.
  private static let keptThreads = 4

  /// A store that is looked at when it is asked.
  ///
  /// - Parameter artifactsDestination: Where a server in front of it kept the artifacts, if the user said so.
  public init(path: String, location: StoreLocation, artifactsDestination: String? = nil) {
    self.path = path
    self.artifactsDestination = artifactsDestination
    self.location = location
  }

  /// Whether the folder is a file store: it has an experiment (a number for a name, `meta.yaml` in it) or deleted ones.
  public static func isFileStore(_ path: String) -> Bool { FileStoreReader.looksLikeFileStore(path) }

  /// What it holds.
  public func summary() async throws(StoreError) -> StoreSummary {
    try await read { (reader) throws(StoreError) in try reader.summary() }
  }

  /// All experiments, by id.
  public func experiments() async throws(StoreError) -> [Experiment] {
    try await read { (reader) throws(StoreError) in
      reader.experimentFolders().map { reader.experiment($0).experiment }
    }
  }

  /// Ids that begin with `prefix`.
  public func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID] {
    try await read { (reader) throws(StoreError) in try reader.traceIDs(withPrefix: prefix, limit: limit) }
  }

  /// One trace with its spans.
  public func trace(_ id: TraceID) async throws(StoreError) -> Trace {
    guard let trace = try await traces([id]).first else {
      throw StoreError(.notFound, "There is no trace '\(id)' in \(location.uri)")
    }
    return trace
  }

  /// Several traces with their spans.
  public func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace] {
    try await read { (reader) throws(StoreError) in
      var traces: [Trace] = []
      for (place, id) in ids.enumerated() {
        if let trace = try reader.trace(id) { traces.append(trace) }
        StoreProgress.report(place + 1, ids.count)
      }
      return traces
    }
  }

  /// A page of infos, and how many match in all.
  public func search(_ query: TraceQuery) async throws(StoreError) -> TracePage {
    try await read { (reader) throws(StoreError) in try reader.search(query) }
  }

  private func read<Answer: Sendable>(
    _ body: @Sendable (FileStoreReader) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let thread = idle.withLock { $0.popLast() } ?? FileThread()
    let (path, location, destination) = (path, location, artifactsDestination)
    let outcome = await thread.run { () -> Result<Answer, StoreError> in
      Result { () throws(StoreError) in
        try body(try FileStoreReader(path: path, location: location, artifactsDestination: destination))
      }
    }
    idle.withLock { threads in
      if threads.count < Self.keptThreads { threads.append(thread) }
    }
    return try outcome.get()
  }
}

/// A thread for files: reading them blocks.
private actor FileThread {
  private let executor = QueueExecutor(label: "mlflow-lens.files")

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  func run<Answer: Sendable>(_ body: @Sendable () -> Answer) -> Answer { body() }
}
