import JSONText
import Synchronization
import TraceModel

extension RESTStore {
  /// The trace of an info. Spans that cannot be had are told of in its diagnostics; a server that fails is an error.
  func trace(_ info: TraceInfo) async throws(StoreError) -> Trace {
    guard let records = try await spanRecords(info.id) else {
      let place = info.tags[ReservedKey.spansLocation] ?? "artifact store"
      return Trace(
        info: info, spans: [],
        diagnostics: ["The server could not hand out the spans (spans location: \(place)); only the info was read."])
    }
    var spans: [Span] = []
    var diagnostics: [String] = []
    for record in records.elements {
      do throws(SpanFormatError) {
        spans.append(try Span(record: record, traceID: info.id))
      } catch {
        diagnostics.append("span \(record["span_id"]?.string ?? "?") is unreadable: \(error)")
      }
    }
    let stats = info.metadata[ReservedKey.sizeStats].flatMap { try? JSONDocument($0) }
    if let expected = stats?.root["num_spans"]?.int64, expected > spans.count {
      diagnostics.append("\(spans.count) of \(expected) spans have arrived: the trace is incomplete.")
    }
    return Trace(info: info, spans: spans, diagnostics: diagnostics)
  }

  /// The spans' records as an array. Nil when no route hands them out.
  ///
  /// The route of the web interface comes first: it sends what is stored, from wherever it is stored, several times faster
  /// than the public route, which builds it anew and fails for traces whose spans are files.
  private func spanRecords(_ id: TraceID) async throws(StoreError) -> JSONValue? {
    if connection.access.isDatabricks { return try await signedSpanRecords(id) }
    for path in routes.withLock({ $0.artifacts }) {
      let answer = try await connection.ask(.get(path, ("request_id", id.rawValue)))
      if answer.isMissingRoute {
        // The route that is there is asked at once from now on; the last one stays, for want of another.
        routes.withLock { if $0.artifacts.count > 1, $0.artifacts.first == path { $0.artifacts.removeFirst() } }
        continue
      }
      if answer.response.status == 200, let spans = answer.root?["spans"], spans.kind == .array { return spans }
      break
    }
    guard routes.withLock({ $0.hasVersion3 }) == true else { return nil }
    let answer = try await connection.ask(
      .get("/api/3.0/mlflow/traces/get", ("trace_id", id.rawValue), ("allow_partial", "true")))
    guard answer.response.status == 200, let trace = answer.root?["trace"] else { return nil }
    return trace["spans"] ?? .emptyArray
  }
}

extension JSONValue {
  fileprivate static let emptyArray = (try? JSONDocument("[]"))?.root ?? .null
}
