import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceStores

/// Sessions that belong together by their ids: `user/1/chat/2` under `user/1`, `parent:child` under `parent`.
enum RelatedSessions {
  private static let separators: Set<Character> = ["/", ":", "|", "#"]
  /// Newest traces looked at, and ids named.
  private static let (mostTraces, mostNamed) = (100, 4)

  /// What there is to say of them, as the store answers while the session is looked at.
  typealias Outcome = Result<SessionCourse.Statement?, ToolError>

  /// What there is to say of them; nil where no other session belongs to this one.
  static func outcome(of id: String, facts: [TraceFacts], _ context: LensContext) async -> Outcome {
    do throws(ToolError) { return .success(try await statement(of: id, facts: facts, context)) } catch {
      return .failure(error)
    }
  }

  /// One question to the store, for a page of infos.
  private static func statement(
    of id: String, facts: [TraceFacts], _ context: LensContext
  ) async throws(ToolError) -> SessionCourse.Statement? {
    let parent = id.lastIndex(where: separators.contains).map { String(id[..<$0]) }
    // The names of the parts under which this session stands, or this one, under which others may.
    let prefix = parent.flatMap { $0.isEmpty ? nil : $0 } ?? id
    // What a filter cannot say is not looked for.
    guard !id.contains(where: { "'\"\\`%_".contains($0) }) else { return nil }
    let key = "metadata.`\(ReservedKey.session)`"
    var query = TraceQuery(
      experimentIDs: Set(facts.map(\.trace.info.experimentID)).filter { Int64($0) != nil }.sorted(),
      filter: try? TraceFilter("\(key) LIKE '\(prefix)%' AND \(key) != '\(id)'"), limit: mostTraces)
    guard query.filter != nil else { return nil }
    query.metadataKeys = [ReservedKey.session]
    query.isCounted = false
    let asked = query
    let page = try await context.ask { store async throws(StoreError) in try await store.search(asked) }
    let others = Set(page.infos.compactMap(\.sessionID)).subtracting([id]).sorted()
    func isUnder(_ session: String, _ above: String) -> Bool {
      session.hasPrefix(above) && session.dropFirst(above.count).first.map(separators.contains) ?? false
    }
    let below = others.filter { isUnder($0, id) }
    let above = others.filter { isUnder(id, $0) }
    let beside = others.filter { other in parent.map { isUnder(other, $0) } ?? false && !isUnder(other, id) }
    let parts = [
      above.isEmpty ? nil : "it is nested in \(list(above))", below.isEmpty ? nil : "nested in it: \(list(below))",
      beside.isEmpty ? nil : "beside it under '\(prefix)': \(list(beside))",
    ].compactMap(\.self)
    guard !parts.isEmpty else { return nil }
    let more = page.nextPageToken == nil ? "" : "; only the newest \(mostTraces) traces were looked at"
    return SessionCourse.Statement(
      kind: "related_sessions", turns: [],
      words: "other sessions belong to this one by their ids: " + parts.joined(separator: "; ") + more)
  }

  private static func list(_ ids: [String]) -> String {
    ids.prefix(mostNamed).map { "'\($0.prefix(60))'" }.joined(separator: ", ")
      + (ids.count > mostNamed ? " and \(ids.count - mostNamed) more" : "")
  }
}
