public import MCP
import TraceModel
import TraceQuery
import TraceStores

/// What can be proposed for an argument, from the store.
enum Completions {
  /// Traces that are looked at for the newest sessions.
  private static let tracesLookedAt = 500
  /// Traces proposed before anything is typed.
  private static let newestTraces = 20

  /// Ids of traces; the newest while nothing is typed.
  static func traceIDs(_ context: LensContext) -> Completer {
    Completer { (question) async throws(ToolError) in
      let ids = try await context.ask { store async throws(StoreError) in
        guard question.prefix.isEmpty else {
          return try await store.traceIDs(withPrefix: question.prefix, limit: Completer.maximum + 1)
        }
        return try await store.search(TraceQuery(limit: newestTraces)).infos.map(\.id)
      }
      return answer(ids.map(\.rawValue), hasMore: question.prefix.isEmpty && ids.count == newestTraces)
    }
  }

  /// Ids of sessions, those with the newest turns first.
  static func sessionIDs(_ context: LensContext) -> Completer {
    Completer { (question) async throws(ToolError) in
      var query = TraceQuery(limit: tracesLookedAt)
      // The pattern only narrows it; `_` and `%` in an id match more than themselves.
      let pattern = "metadata.`\(ReservedKey.session)` LIKE '\(question.prefix)%'"
      if !question.prefix.contains(where: { "'\"\\`".contains($0) }) { query.filter = try? TraceFilter(pattern) }
      let asked = query
      let page = try await context.ask { store async throws(StoreError) in try await store.search(asked) }
      var sessions: [String] = []
      for session in page.infos.compactMap(\.sessionID)
      where session.hasPrefix(question.prefix) && !sessions.contains(session) { sessions.append(session) }
      return answer(sessions, hasMore: page.nextPageToken != nil)
    }
  }

  /// Names of experiments.
  static func experiments(_ context: LensContext) -> Completer {
    Completer { (question) async throws(ToolError) in
      let all = try await context.ask { store async throws(StoreError) in try await store.experiments() }
      return answer(all.map(\.name).filter { $0.hasPrefix(question.prefix) }, hasMore: false)
    }
  }

  /// What nobody could type, or what would not look like what it is, is not proposed.
  private static func answer(_ values: [String], hasMore: Bool) -> Completer.Answer {
    Completer.Answer(values.filter { !$0.unicodeScalars.contains(where: SafeText.isHarmful) }, hasMore: hasMore)
  }
}

extension AllTools {
  /// Proposes values for an argument of a tool from the store; nil where nothing can be proposed.
  public static func completer(ofArgument name: String, context: LensContext) -> Completer? {
    switch name {
    case "trace_id": Completions.traceIDs(context)
    case "session_id": Completions.sessionIDs(context)
    case "experiment_id": Completions.experiments(context)
    default: nil
    }
  }
}
