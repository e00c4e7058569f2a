import JSONText
import TraceModel
import TraceQuery

/// Reads the folders of a file store, as they are at this moment. Nothing is kept: a tag can change without any trace of
/// it in the dates of the folders above.
struct FileStoreReader: Sendable {
  private let files: ContainedFiles
  private let location: StoreLocation
  private let artifacts: ArtifactSpans

  init(path: String, location: StoreLocation, artifactsDestination: String?) throws(StoreError) {
    files = ContainedFiles(root: path)
    artifacts = ArtifactSpans(fileStore: files.root, destination: artifactsDestination)
    self.location = location
    guard files.kind(files.root) == .folder else {
      throw StoreError(
        .noStore, "There is no folder at '\(path)' (\(location.reason))",
        hint: "Give --tracking-uri file:///path/to/mlruns, or start in the folder that holds mlruns")
    }
    guard files.names(files.root) != nil else {
      throw StoreError(.unreadable, "The folder '\(path)' cannot be listed (\(location.reason))")
    }
  }

  /// MLflow's own test, and its folder of deleted experiments: is this a file store?
  static func looksLikeFileStore(_ path: String) -> Bool {
    let files = ContainedFiles(root: path)
    return (files.names(files.root) ?? []).contains { name in
      name == trash || name.allSatisfy(\.isNumber) && files.isFile("\(files.root)/\(name)/meta.yaml")
    }
  }

  private static let trash = ".trash"
  private static let maximumMetaSize = 1 << 20

  // MARK: Experiments

  /// An experiment's folder.
  struct ExperimentFolder: Sendable {
    var path: String
    var id: String
    var isInTrash: Bool
  }

  /// Folders with a `meta.yaml`, by the number they are named by.
  func experimentFolders() -> [ExperimentFolder] {
    var folders: [ExperimentFolder] = []
    for (path, isInTrash) in [(files.root, false), ("\(files.root)/\(Self.trash)", true)] {
      for name in files.names(path) ?? [] where name != Self.trash {
        let folder = "\(path)/\(name)"
        guard files.kind(folder) == .folder, files.isFile("\(folder)/meta.yaml") else { continue }
        folders.append(ExperimentFolder(path: folder, id: name, isInTrash: isInTrash))
      }
    }
    return folders.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
  }

  /// The experiment; one whose `meta.yaml` is broken goes by its id, and `problem` says why.
  func experiment(_ folder: ExperimentFolder) -> (experiment: Experiment, problem: String?) {
    var experiment = Experiment(id: folder.id, name: folder.id, isDeleted: folder.isInTrash)
    do {
      let bytes = try files.bytes("\(folder.path)/meta.yaml", atMost: Self.maximumMetaSize)
      let meta = try YAMLReader.json(bytes)
      // An experiment may be called 2026, which YAML without quotes makes a number.
      if let name = meta["name"] { experiment.name = if case .string(let text) = name { text } else { name.text } }
      if case .string("deleted")? = meta["lifecycle_stage"] { experiment.isDeleted = true }
      return (experiment, nil)
    } catch {
      return (experiment, "meta.yaml of experiment \(folder.id) is unreadable: \(error)")
    }
  }

  // MARK: Traces

  /// The folders of all traces of these experiments; of all experiments when none is named.
  func traceFolders(experimentIDs: [String] = []) throws(StoreError) -> [TraceFolder] {
    var folders: [TraceFolder] = []
    var seen: Set<String> = []
    for experiment in experimentFolders() where experimentIDs.isEmpty || experimentIDs.contains(experiment.id) {
      let path = "\(experiment.path)/traces"
      for name in files.names(path) ?? [] {
        try Self.checkCancellation()
        let folder = traceFolder("\(path)/\(name)", experiment)
        if folder.isTrace, seen.insert(name).inserted { folders.append(folder) }
      }
    }
    return folders
  }

  private func traceFolder(_ path: String, _ experiment: ExperimentFolder) -> TraceFolder {
    TraceFolder(files: files, path: path, experimentID: experiment.id, artifacts: artifacts)
  }

  /// The folder of one trace. Ids come from outside, so one that is no plain name finds nothing.
  func traceFolder(_ id: TraceID) -> TraceFolder? {
    let name = id.rawValue
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
    else { return nil }
    for experiment in experimentFolders() where files.kind("\(experiment.path)/traces") == .folder {
      let path = "\(experiment.path)/traces/\(name)"
      let folder = traceFolder(path, experiment)
      if folder.isTrace { return folder }
    }
    return nil
  }

  /// Ids that begin with `prefix`, in order.
  func traceIDs(withPrefix prefix: String, limit: Int) throws(StoreError) -> [TraceID] {
    var ids: Set<TraceID> = []
    for experiment in experimentFolders() {
      let path = "\(experiment.path)/traces"
      for name in files.names(path) ?? [] where name.utf8.starts(with: prefix.utf8) {
        try Self.checkCancellation()
        let folder = traceFolder("\(path)/\(name)", experiment)
        if folder.isTrace { ids.insert(folder.id) }
      }
    }
    return Array(ids.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }.prefix(limit))
  }

  /// The trace, nil when there is none of that id.
  func trace(_ id: TraceID) throws(StoreError) -> Trace? {
    try Self.checkCancellation()
    guard let folder = traceFolder(id) else { return nil }
    do {
      return try folder.trace()
    } catch {
      throw StoreError(.unreadable, "The trace '\(id)' in \(location.uri) cannot be read: \(error)")
    }
  }

  // MARK: Search

  /// A page. Of traces that are not on it only those files are read that the question needs.
  func search(_ query: TraceQuery) throws(StoreError) -> TracePage {
    let known = Set(experimentFolders().map(\.id))
    if let unknown = query.experimentIDs.first(where: { !known.contains($0) }) {
      throw StoreError(.notFound, "There is no experiment '\(unknown)' in \(location.uri)")
    }
    var folders: [TraceID: TraceFolder] = [:]
    var outlines: [TraceInfo] = []
    var unreadable: [String] = []
    let part = Self.neededKeys(query)
    for folder in try traceFolders(experimentIDs: query.experimentIDs) {
      try Self.checkCancellation()
      do {
        outlines.append(try folder.info(part).info)
        folders[folder.id] = folder
      } catch {
        unreadable.append("\(folder.id): \(error)")
      }
    }
    let page = try query.storePage(of: outlines) { info in
      var ignored: [String] = []
      return !Task.isCancelled
        && folders[info.id]?.spans(&ignored).contains { $0.status == .error } == true
    } spans: { info in
      var ignored: [String] = []
      return Task.isCancelled ? [] : folders[info.id]?.spans(&ignored) ?? []
    }
    try Self.checkCancellation()
    let infos = page.infos.map { outline in
      guard let folder = folders[outline.id], var (info, _) = try? folder.info(.everything) else { return outline }
      // Traces that came by OTLP have no name; their root span has one.
      if info.name == nil { info.rootSpanName = (try? folder.trace())?.info.rootSpanName }
      return info
    }
    let end = query.offset + infos.count
    return TracePage(
      infos: infos, totalCount: page.totalCount,
      nextPageToken: !infos.isEmpty && end < page.totalCount ? PageToken(offset: end) : nil,
      remarks: Self.sentence(unreadable).map { [$0] } ?? [])
  }

  private static func neededKeys(_ query: TraceQuery) -> TraceFolder.Part {
    guard query.filter == nil, !query.conditions.contains(where: \.isAboutAssessments) else { return .everything }
    var metadata: [String] = []
    for condition in query.conditions {
      switch condition {
      case .session: metadata.append(ReservedKey.session)
      case .user: metadata.append(ReservedKey.user)
      case .state, .since, .until, .durationAtLeast, .hasErrorSpans, .containsText, .attribute, .failedAssessment:
        continue
      }
    }
    return .keys(
      metadata: metadata, tags: query.order.contains { $0.key == .name } ? [ReservedKey.traceName] : [])
  }

  // MARK: Summary

  func summary() throws(StoreError) -> StoreSummary {
    var limitations: [String] = []
    let experiments = experimentFolders()
    limitations += experiments.compactMap { experiment($0).problem }
    var sessions: Set<String> = []
    var (traceCount, spanCount) = (0, 0)
    var unreadable: [String] = []
    var newest: (id: TraceID, time: Timestamp)?
    let keys = TraceFolder.Part.keys(metadata: [ReservedKey.session, ReservedKey.sizeStats], tags: [])
    for folder in try traceFolders() {
      try Self.checkCancellation()
      do {
        let info = try folder.info(keys).info
        traceCount += 1
        spanCount += folder.spanCount(info)
        if let session = info.sessionID { sessions.insert(session) }
        if newest.map({ info.requestTime > $0.time || (info.requestTime == $0.time && info.id < $0.id) }) ?? true {
          newest = (info.id, info.requestTime)
        }
      } catch {
        unreadable.append("\(folder.id): \(error)")
      }
    }
    if let sentence = Self.sentence(unreadable) { limitations.append(sentence) }
    return StoreSummary(
      kind: "MLflow file store", experimentCount: experiments.count, traceCount: traceCount,
      sessionCount: sessions.count, spanCount: spanCount, newestTrace: newest, limitations: limitations)
  }

  /// A broken info cannot be searched, and must not be lost sight of.
  private static func sentence(_ unreadable: [String]) -> String? {
    guard let first = unreadable.first else { return nil }
    let subject =
      unreadable.count == 1 ? "1 trace cannot be read and is" : "\(unreadable.count) traces cannot be read and are"
    return "\(subject) found by no search, for example \(first)."
  }

  private static func checkCancellation() throws(StoreError) {
    if Task.isCancelled { throw StoreError(.cancelled, "The call was cancelled") }
  }
}
