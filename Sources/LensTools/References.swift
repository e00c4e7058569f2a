package import MCP
package import TraceModel
import TraceQuery
import TraceStores

extension LensContext {
  /// The trace of an id, or of a prefix that no other trace shares.
  package func trace(_ reference: String) async throws(ToolError) -> Trace {
    if Self.isWhole(reference) {
      // Nothing else can begin like it, so it is not looked up first.
      do throws(ToolError) {
        return try await trace(TraceID(reference))
      } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    return try await trace(try await traceID(reference))
  }

  /// Whether it is an id as MLflow makes them: `tr-` and 32 hex digits.
  private static func isWhole(_ reference: String) -> Bool {
    reference.utf8.count == 35 && reference.hasPrefix("tr-")
      && reference.utf8.dropFirst(3).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// The trace of an id that is known to be one.
  func trace(_ id: TraceID) async throws(ToolError) -> Trace {
    try await ask { store async throws(StoreError) in try await store.trace(id) }
  }

  private func traceID(_ reference: String) async throws(ToolError) -> TraceID {
    guard !reference.isEmpty else {
      throw ToolError(
        .invalidArguments, "argument 'trace_id' is empty", allowed: "Give a trace id or the beginning of one")
    }
    let matches = try await ask { store async throws(StoreError) in
      // `9F2C…` is how people quote `tr-9f2c…`.
      for prefix in [reference, reference.lowercased(), "tr-\(reference.lowercased())"] {
        let found = try await store.traceIDs(withPrefix: prefix, limit: 6)
        if !found.isEmpty { return found }
      }
      return []
    }
    if let exact = matches.first(where: { $0.rawValue == reference }) { return exact }
    let shown = excerpter.line(reference, limit: 80)
    switch matches.count {
    case 1: return matches[0]
    case 0:
      throw ToolError(
        .notFound, "There is no trace '\(shown)'",
        allowed: "A trace id is tr- and 32 hex digits, or a prefix that only one trace has",
        next: "For the newest ids call \(NextCall("search_traces", [:]).text(style))")
    default:
      throw ToolError(
        .invalidArguments, "'\(shown)' begins more than one trace id",
        allowed: "Write more of one of: "
          + matches.prefix(5).map { excerpter.line($0.rawValue, limit: 80) }.joined(separator: ", "))
    }
  }

  /// The traces of a session in order of their start. An empty session is an error that says what there is.
  ///
  /// - Parameter metadataKeys: The keys of metadata that are needed; nil for all.
  package func session(
    _ id: String, experiments: ExperimentChoice, metadataKeys: [String]? = nil
  ) async throws(ToolError) -> [Trace] {
    let traces = try await partsOfSession(id, experimentIDs: experiments.ids, metadataKeys: metadataKeys) { $0 }
    guard traces.isEmpty else { return traces }
    throw try await noSession(id, experiments)
  }

  /// What is made of the traces of a session, part by part as they are read, in order of their start; empty where there are none,
  /// for which ``noSession(_:_:)`` has the words.
  ///
  /// - Parameter experimentIDs: Where to look; empty for all.
  func partsOfSession<Made: Sendable>(
    _ id: String, experimentIDs: [String], metadataKeys: [String]?,
    _ transform: @escaping @Sendable ([Trace]) async -> [Made]
  ) async throws(ToolError) -> [Made] {
    var query = Self.session(id, experimentIDs)
    query.metadataKeys = metadataKeys
    let asked = query
    return try await ask { store async throws(StoreError) in try await store.traces(matching: asked, transform) }
  }

  /// The ids of the traces of a session in the same order, without reading the traces.
  func sessionTraceIDs(_ id: String, experiments: ExperimentChoice) async throws(ToolError) -> [TraceID] {
    var query = Self.session(id, experiments.ids)
    query.metadataKeys = []
    query.isCounted = false
    var ids: [TraceID] = []
    while true {
      let asked = query
      let page = try await ask { store async throws(StoreError) in try await store.search(asked) }
      ids += page.infos.map(\.id)
      guard let next = page.nextPageToken else { break }
      query.offset = next.offset
    }
    guard ids.isEmpty else { return ids }
    throw try await noSession(id, experiments)
  }

  private static func session(_ id: String, _ experimentIDs: [String]) -> TraceQuery {
    TraceQuery(
      experimentIDs: experimentIDs, conditions: [.session(id)], order: [TraceOrder(.timestamp)], limit: 500)
  }

  /// The error for a session without traces, which says what there is.
  func noSession(_ id: String, _ experiments: ExperimentChoice) async throws(ToolError) -> ToolError {
    let newest = try await ask { store async throws(StoreError) in
      try await store.search(TraceQuery(experimentIDs: experiments.ids, limit: 200))
    }
    var known: [String] = []
    for session in newest.infos.compactMap(\.sessionID) where !known.contains(session) { known.append(session) }
    let list = known.prefix(6).map { "'\(excerpter.line($0, limit: 60))'" }.joined(separator: ", ")
    return ToolError(
      .notFound, "There is no session '\(excerpter.line(id, limit: 80))' in \(experiments.words)",
      allowed: known.isEmpty
        ? "None of the newest traces has a session id (metadata mlflow.trace.session)" : "Newest sessions: \(list)")
  }
}

extension Trace {
  /// The span of an alias (`s12`), a hex id, a unique prefix of one of at least four digits, or its base64 form.
  func spanIndex(_ reference: String) throws(ToolError) -> Int {
    if reference.first == "s", let number = Int(reference.dropFirst()), number >= 1 {
      guard number <= spans.count else {
        throw ToolError(
          .notFound, "There is no span '\(reference)' in \(info.id)",
          allowed: spans.isEmpty ? "The trace has no spans" : "Its spans are s1 to s\(spans.count)")
      }
      return number - 1
    }
    if let id = SpanID(reference), let index = spans.firstIndex(where: { $0.id == id }) { return index }
    let matches =
      reference.utf8.count >= 4
      ? spans.indices.filter { spans[$0].id.description.hasPrefix(reference.lowercased()) } : []
    guard let index = matches.first else {
      throw ToolError(
        .notFound, "There is no span '\(SafeText.neutralized(reference.prefix(40)))' in \(info.id)",
        allowed:
          "Name a span by its alias (s1 to s\(spans.count)), its id of 16 hex digits or the first 4 or more of them")
    }
    guard matches.count == 1 else {
      throw ToolError(
        .invalidArguments, "'\(SafeText.neutralized(reference))' begins the ids of \(matches.count) spans",
        allowed:
          "Write more of it, or use the alias: \(matches.prefix(5).map(Self.alias(ofSpanAt:)).joined(separator: ", "))")
    }
    return index
  }
}
