import JSONText
import LensTools
import MCP
import TraceModel
import TraceQuery
import TraceStores

extension FuzzTarget {
  static let answers = FuzzTarget(
    "answers", "the tools on traces of anybody: within the budget, safe to show, the same every time",
    shape: .jsonLines,
    words: SpanChecks.keys + AnswerRules.secrets + AnswerChecks.words, maximumLength: 30_000,
    seeds: { corpus in
      corpus.documents(upTo: 12_000).enumerated().map { number, document in
        Array(AnswerChecks.calls[number % AnswerChecks.calls.count].utf8) + [UInt8(ascii: "\n")] + document
      }
    },
    check: { bytes in
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
      guard let first = lines.first, let call = try? JSONDocument(first).root else { return }
      let traces = lines.dropFirst().flatMap { line in
        (try? JSONDocument(line)).map { ExportedTraces($0.root).traces } ?? []
      }
      try AnswerChecks.holds(call, traces)
    })
}

/// What holds of answers.
enum AnswerChecks {
  static let words = [
    "tool", "trace_id", "session_id", "max_chars", "format", "json", "text", "find", "/a.*b/i", "fields", "span_ids",
    "s1", "inputs",
    "outputs", "attributes", "events", "path", "offset", "raw", "symptom", "explain", "filter", "order_by", "group_by",
    "columns",
    "TOOL", "LLM", "RETRIEVER", "AGENT", "messages", "role", "content", "tool_calls", "arguments", "documents", "score",
  ]
  /// `TRACE` and `SESSION` stand for those of the first trace.
  static let calls = [
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE"}}"#,
    #"{"tool":"inspect_turn","arguments":{"trace_id":"TRACE","max_chars":3000}}"#,
    #"{"tool":"analyze_session","arguments":{"session_id":"SESSION","symptom":"it said 12,345.67"}}"#,
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE","span_ids":["s1"],"fields":["inputs","outputs","attributes","events"]}}"#,
    #"{"tool":"inspect_turn","arguments":{"trace_id":"TRACE","format":"json","explain":true}}"#,
    #"{"tool":"search_traces","arguments":{"text":"a","max_results":5,"format":"json"}}"#,
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE","find":"/[a-z]{4}/","format":"json","max_chars":700}}"#,
    #"{"tool":"search_traces","arguments":{"filter":"span.name LIKE '%a%'","order_by":"execution_time DESC"}}"#,
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE","raw":true,"max_chars":900}}"#,
    #"{"tool":"discover_schema","arguments":{"trace_id":"TRACE"}}"#,
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE","span_ids":["s1"],"fields":["inputs"],"path":"/messages/0","offset":5,"max_chars":600}}"#,
    // So little room that nearly every trace has to be cut.
    #"{"tool":"get_trace","arguments":{"trace_id":"TRACE","max_chars":500}}"#,
    #"{"tool":"inspect_turn","arguments":{"trace_id":"TRACE","max_chars":800}}"#,
    #"{"tool":"analyze_session","arguments":{"session_id":"SESSION","max_chars":700}}"#,
    #"{"tool":"search_traces","arguments":{"group_by":"name"}}"#,
    #"{"tool":"analyze_session","arguments":{"session_id":"SESSION","format":"json","max_chars":5000}}"#,
  ]

  static func holds(_ call: JSONValue, _ traces: [Trace]) throws {
    let tools = AllTools.tools(
      context: LensContext(store: TracesInMemory(traces), now: { Timestamp(milliseconds: 1_794_820_000_000) }))
    let name = call["tool"]?.string ?? "get_trace"
    guard let tool = tools.first(where: { $0.definition.name == name }) ?? tools.first else { return }
    var arguments = call["arguments"].map { JSON($0) } ?? [:]
    for (key, sign, value) in [
      ("trace_id", "TRACE", traces.first?.info.id.rawValue), ("session_id", "SESSION", traces.first?.info.sessionID),
    ] where arguments[key] == .string(sign) {
      arguments[key] = .string(value ?? "")
    }
    let asked = arguments
    let (first, second) = try waiting { await (tool.call(asked), tool.call(asked)) }
    try hold(first == second, "the same call gives other bytes")
    let text = first.plainText
    if let budget = budget(arguments), !first.isError {
      // An id is never cut, for the next call needs it whole.
      let ids = traces.first.map { $0.info.id.rawValue.utf8.count + ($0.info.sessionID?.utf8.count ?? 0) } ?? 0
      let room = max(budget, 500 + 2 * ids)
      try hold(text.utf8.count <= room, "\(text.utf8.count) bytes where \(room) were allowed")
    }
    if let harmful = AnswerRules.firstHarmful(in: text) {
      throw Violation("U+\(String(harmful.value, radix: 16)) in \(name) \(arguments.text)")
    }
    if let content = first.structuredContent {
      let written = try JSONDocument(content.bytes, dialect: .strict).root
      try hold(JSON(written).bytes == content.bytes, "structured content reads back as something else")
    }
    if arguments["format"] == "json", !first.isError { _ = try JSONDocument(text, dialect: .strict) }
    try hold(!first.isError || !text.isEmpty, "an error without words")
  }

  /// What was allowed, if it was asked for; the tools' own default is another matter.
  private static func budget(_ arguments: JSON) -> Int? {
    guard case .int(let count)? = arguments["max_chars"] else { return nil }
    return Int(count)
  }
}

/// Traces that no store holds.
struct TracesInMemory: TraceStore {
  let location = StoreLocation(uri: "memory", reason: "fuzzing")
  private let byID: [TraceID: Trace]

  init(_ traces: [Trace]) { byID = Dictionary(traces.map { ($0.info.id, $0) }) { first, _ in first } }

  func summary() async throws(StoreError) -> StoreSummary {
    StoreSummary(
      kind: "memory", experimentCount: 1, traceCount: byID.count, sessionCount: 0, spanCount: 0, newestTrace: nil,
      limitations: [])
  }

  func experiments() async throws(StoreError) -> [Experiment] {
    Set(byID.values.map(\.info.experimentID)).sorted().map { Experiment(id: $0, name: "exported", isDeleted: false) }
  }

  func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID] {
    Array(byID.keys.filter { $0.rawValue.hasPrefix(prefix) }.sorted().prefix(limit))
  }

  func trace(_ id: TraceID) async throws(StoreError) -> Trace {
    guard let trace = byID[id] else { throw StoreError(.notFound, "There is no trace '\(id)'") }
    return trace
  }

  func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace] { ids.compactMap { byID[$0] } }

  func search(_ query: TraceQuery) async throws(StoreError) -> TracePage {
    do throws(RegularExpression.Failure) {
      let (infos, total) = try query.page(of: byID.values.map(\.info)) { info in
        byID[info.id]?.spans.contains { $0.status == .error } ?? false
      } spans: { info in
        byID[info.id]?.spans ?? []
      }
      let end = query.offset.addingReportingOverflow(infos.count).partialValue
      return TracePage(
        infos: infos, totalCount: total, nextPageToken: !infos.isEmpty && end < total ? PageToken(offset: end) : nil)
    } catch {
      throw StoreError(.unreadable, "\(error)")
    }
  }
}
