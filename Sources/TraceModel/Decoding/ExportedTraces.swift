public import JSONText

/// The traces of one exported JSON document, in any of the shapes in which MLflow and OpenTelemetry hand them out.
///
/// | Shape | From |
/// |---|---|
/// | `{"info": …, "data": {"spans": …}}` | `Trace.to_json()`, releases 2 and 3 |
/// | an array of those, `{"traces": [{"info", "data"}, …]}` | lists of them, `mlflow traces search --output json` |
/// | `{"trace": {"trace_info", "spans"}}`, `{"traces": [{"trace_info", "spans"}, …]}` | the REST routes `traces/get`, `batchGet` |
/// | `{"traces": [TraceInfo, …]}`, a `TraceInfo` alone | the REST search: infos without spans |
/// | `{"spans": […]}` | `traces.json` in an artifact folder |
/// | `{"resourceSpans": […]}` | OTLP/JSON |
public struct ExportedTraces: Sendable {
  /// What could be read.
  public private(set) var traces: [Trace] = []
  /// What could not, in sentences.
  public private(set) var problems: [String] = []

  /// Reads a document. Nothing in it is an error: what cannot be read is a problem, the rest is served.
  public init(_ root: JSONValue) {
    read(root)
    if traces.isEmpty, problems.isEmpty { problems.append("it holds no traces in a known shape") }
  }

  private mutating func read(_ value: JSONValue) {
    if value.kind == .array {
      for element in value.elements { read(element) }
    } else if let list = value["traces"], list.kind == .array {
      for element in list.elements { read(element) }
    } else if let trace = value["trace"], trace.kind == .object {
      read(trace)
    } else if let info = value["info"] ?? value["trace_info"] {
      let data = value["data"]
      add(info, spans: data?["spans"] ?? value["spans"], request: data?["request"], response: data?["response"])
    } else if value["trace_id"] != nil && value["request_time"] != nil || value["request_id"] != nil {
      add(value, spans: nil, request: nil, response: nil)
    } else if let spans = value["spans"], spans.kind == .array {
      addSpans(spans)
    } else if let resources = value["resourceSpans"] ?? value["resource_spans"] {
      addOTLP(resources)
    } else {
      problems.append("a value in it is no trace")
    }
  }

  private mutating func add(_ record: JSONValue, spans: JSONValue?, request: JSONValue?, response: JSONValue?) {
    do {
      var info = try TraceInfo(record: record)
      // The second version has no previews; its data hold input and output as text.
      info.requestPreview = info.requestPreview ?? request?.string.map { String($0.prefix(1_000)) }
      info.responsePreview = info.responsePreview ?? response?.string.map { String($0.prefix(1_000)) }
      var diagnostics: [String] = []
      let read = Self.spans(spans, info.id, &diagnostics)
      if spans == nil { diagnostics.append("The file holds the info of this trace only, not its spans.") }
      traces.append(Trace(info: info, spans: read, diagnostics: diagnostics))
    } catch {
      problems.append("\(error)")
    }
  }

  private mutating func addSpans(_ list: JSONValue) {
    var diagnostics: [String] = []
    let spans = Self.spans(list, nil, &diagnostics)
    guard let id = spans.lazy.compactMap({ $0.attribute("mlflow.traceRequestId")?.text }).first else {
      problems.append("its spans do not say which trace they are of (mlflow.traceRequestId)")
      return
    }
    traces.append(Trace(info: TraceInfo(id: TraceID(id), derivedFrom: spans), spans: spans, diagnostics: diagnostics))
  }

  private mutating func addOTLP(_ resources: JSONValue) {
    var order: [String] = []
    var found: [String: (records: [JSONValue], tags: [String: String])] = [:]
    for resource in resources.elements {
      let tags = OTLPAttributes.plain(resource["resource"]?["attributes"]).reduce(into: [String: String]()) {
        tags, entry in
        // What MLflow's server leaves out, too.
        guard !entry.key.hasPrefix("telemetry.sdk."), !entry.key.hasPrefix("mlflow.") else { return }
        if case .string(let text) = entry.value { tags[entry.key] = text } else { tags[entry.key] = entry.value.text }
      }
      for scope in (resource["scopeSpans"] ?? resource["scope_spans"] ?? .null).elements {
        for span in (scope["spans"] ?? .null).elements {
          let id = (span["traceId"] ?? span["trace_id"])?.string?.lowercased() ?? ""
          if found[id] == nil { order.append(id) }
          found[id, default: ([], [:])].records.append(span)
          found[id]?.tags.merge(tags) { first, _ in first }
        }
      }
    }
    for id in order {
      guard let group = found[id] else { continue }
      let traceID = TraceID("tr-\(id)")
      var diagnostics: [String] = []
      let spans = group.records.compactMap { Self.span($0, traceID, &diagnostics) }
      traces.append(
        Trace(
          info: TraceInfo(id: traceID, derivedFrom: spans, tags: group.tags), spans: spans, diagnostics: diagnostics))
    }
  }

  private static func spans(_ list: JSONValue?, _ traceID: TraceID?, _ diagnostics: inout [String]) -> [Span] {
    (list ?? .null).elements.compactMap { span($0, traceID, &diagnostics) }
  }

  private static func span(_ record: JSONValue, _ traceID: TraceID?, _ diagnostics: inout [String]) -> Span? {
    do {
      return try Span(record: record, traceID: traceID)
    } catch {
      diagnostics.append("a span is unreadable: \(error)")
      return nil
    }
  }
}
