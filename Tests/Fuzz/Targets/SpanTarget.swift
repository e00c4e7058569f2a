import JSONText
import TraceModel

extension FuzzTarget {
  static let spans = FuzzTarget(
    "spans", "spans, infos and exports in every encoding", shape: .json, words: SpanChecks.keys, maximumLength: 8_192,
    seeds: { corpus in
      corpus.spans + corpus.documents(upTo: 6_000)
        + SpanChecks.examples.map { Array($0.utf8) }
        + corpus.documents(upTo: 6_000).compactMap {
          (try? JSONDocument($0).root["info"]).map { Array($0.rawBytes) }
        }
    },
    check: { bytes in
      guard let root = try? JSONDocument(bytes).root else { return }
      if let span = try? Span(record: root, traceID: TraceID("tr-1")) { try SpanChecks.holds(span) }
      if let span = try? Span(stored: bytes) { try SpanChecks.holds(span) }
      if let info = try? TraceInfo(record: root) { try SpanChecks.holds(info) }
      _ = Assessment(record: root, traceID: TraceID("tr-1"))
      let exported = ExportedTraces(root)
      try hold(!exported.traces.isEmpty || !exported.problems.isEmpty, "nothing was read and nothing said")
      for trace in exported.traces {
        try SpanChecks.holds(trace.info)
        for span in trace.spans { try SpanChecks.holds(span) }
        try SpanChecks.isForest(trace.spans)
      }
    })

  static let protobuf = FuzzTarget(
    "protobuf", "archived traces in OTLP's protobuf", shape: .protobuf, maximumLength: 8_192,
    seeds: { corpus in corpus.samples.map { ProtobufWriter.archive($0.spans) }.filter { $0.count < 8_000 } },
    check: { bytes in
      guard let spans = try? OTLPProtobuf.spans(bytes, traceID: TraceID("tr-1")) else { return }
      for span in spans {
        try SpanChecks.holds(span)
        for (_, value) in span.attributes {
          try hold((try? JSONDocument(value.stored.stringBytes)) != nil, "an attribute is stored as what is no JSON")
        }
      }
      try SpanChecks.isForest(spans)
    })
}

/// What holds of spans and infos that could be read.
enum SpanChecks {
  static let keys = [
    "trace_id", "span_id", "parent_span_id", "name", "start_time_unix_nano", "end_time_unix_nano", "status", "code",
    "message", "attributes", "events", "links", "time_unix_nano", "context", "parent_id", "start_time", "end_time",
    "status_code", "status_message", "timestamp", "traceId", "spanId", "parentSpanId", "startTimeUnixNano",
    "endTimeUnixNano", "timeUnixNano", "key", "value", "string_value", "stringValue", "int_value", "intValue",
    "bool_value",
    "double_value", "bytes_value", "array_value", "arrayValue", "kvlist_value", "kvlistValue", "values",
    "resourceSpans",
    "resource_spans", "scopeSpans", "scope_spans", "spans", "resource", "traces", "trace", "info", "trace_info", "data",
    "request", "response", "request_id", "request_time", "timestamp_ms", "execution_duration", "execution_duration_ms",
    "execution_time_ms", "state", "trace_metadata", "request_metadata", "tags", "assessments", "trace_location",
    "mlflow_experiment", "experiment_id", "client_request_id", "feedback", "expectation", "serialized_value", "issue",
    "error", "error_code", "error_message", "assessment_name", "mlflow.spanType", "mlflow.spanInputs",
    "mlflow.spanOutputs", "mlflow.traceRequestId", "exception", "exception.type", "exception.message",
  ]

  static let examples = [
    #"{"context":{"trace_id":"0x12345678901234567890123456789012","span_id":"0x1234567890123456"},"parent_id":"0x1234567890123457","name":"a","start_time":1,"end_time":2,"status_code":"ERROR","status_message":"m","attributes":{"mlflow.spanType":"\"LLM\""},"events":[{"name":"exception","timestamp":3,"attributes":{"exception.type":"E"}}]}"#,
    #"{"trace_id":"AAAAAAAAAAAAAAAAAAAAAA==","span_id":"AAAAAAAAAAE=","name":"otlp","start_time_unix_nano":"1","end_time_unix_nano":2,"status":{"code":2},"attributes":[{"key":"a","value":{"int_value":"5"}},{"key":"b","value":{"kvlist_value":{"values":[{"key":"c","value":{"array_value":{"values":[{"double_value":0.5}]}}}]}}}],"events":[{"name":"e","time_unix_nano":3,"attributes":[{"key":"x","value":{"bool_value":true}}]}]}"#,
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"12345678901234567890123456789012","spanId":"1234567890123456","name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[{"key":"k","value":{"stringValue":"{\"a\":1}"}}]}]}]}]}"#,
    #"{"traces":[{"request_id":"r1","timestamp_ms":5,"execution_time_ms":7,"status":"OK","tags":[{"key":"a","value":"b"}],"request_metadata":[]}]}"#,
  ]

  static func holds(_ span: Span) throws(Violation) {
    try hold(SpanID(span.id.description) == span.id, "the id \(span.id) is not read back")
    for (key, value) in span.attributes {
      if let text = value.text { try hold(value.reads(as: text), "the attribute \(key) does not read as its own text") }
      _ = (value.decoded, value.size, value.isEmpty)
    }
    for event in span.events { _ = (event.name, event.time, event.exception) }
    _ = (span.durationNanoseconds, span.statusMessage)
    try holds(span.startTime)
    if let end = span.endTime { try holds(end) }
    // What is handed on as `raw` is the span.
    guard let again = try? Span(stored: Array(span.record.rawBytes)) else {
      throw Violation("a span's own record is not read back")
    }
    try hold(
      again.id == span.id && again.parentID == span.parentID && again.name == span.name && again.status == span.status
        && again.startTime == span.startTime && again.endTime == span.endTime,
      "a span's own record reads as another span")
  }

  static func holds(_ info: TraceInfo) throws(Violation) {
    try hold(TraceID(info.id.rawValue) == info.id, "the id of the trace is not read back")
    try holds(info.requestTime)
    _ = (info.tokenUsage, info.displayName, info.sessionID, info.userID)
    if let cost = info.cost { try hold(cost.isFinite, "a cost without bounds") }
  }

  static func holds(_ time: Timestamp) throws(Violation) {
    try hold(Timestamp(time.rfc3339) == time, "the time \(time.nanoseconds) reads back from \(time.rfc3339) as another")
    try hold(!time.shortUTC.isEmpty, "no time")
  }

  /// Every span is met once on the way through the tree, whatever its parents say.
  static func isForest(_ spans: [Span]) throws(Violation) {
    let tree = SpanTree(spans)
    let order = tree.depthFirst()
    try hold(order.sorted() == Array(spans.indices), "\(order.count) of \(spans.count) spans are in the tree")
    for index in spans.indices.prefix(50) {
      try hold(tree.ancestry(of: index).count <= spans.count, "a ring of parents")
    }
  }
}

/// Spans as OTLP's protobuf, for seeds.
enum ProtobufWriter {
  static func archive(_ spans: [Span]) -> [UInt8] {
    field(1, spans.flatMap { field(2, field(2, span($0))) })
  }

  private static func span(_ span: Span) -> [UInt8] {
    var bytes = field(1, Array(repeating: 7, count: 16)) + field(2, big(span.id.value))
    if let parent = span.parentID { bytes += field(4, big(parent.value)) }
    bytes += field(5, Array(span.name.utf8)) + fixed(7, UInt64(bitPattern: span.startTime.nanoseconds))
    if let end = span.endTime { bytes += fixed(8, UInt64(bitPattern: end.nanoseconds)) }
    for (key, value) in span.attributes { bytes += field(9, pair(key, JSON(value.decoded))) }
    for event in span.events {
      bytes += field(11, fixed(1, 5) + field(2, Array(event.name.utf8)) + field(3, pair("exception.type", "E")))
    }
    let code: UInt64 = span.status == .error ? 2 : 1
    return bytes + field(13, field(1, Array(repeating: 9, count: 16)) + field(4, pair("k", 1)))
      + field(15, field(2, Array((span.statusMessage ?? "").utf8)) + [3 << 3, UInt8(code)])
  }

  private static func pair(_ key: String, _ value: JSON) -> [UInt8] { field(1, Array(key.utf8)) + field(2, any(value)) }

  private static func any(_ value: JSON) -> [UInt8] {
    switch value {
    case .null: []
    case .bool(let flag): [2 << 3, flag ? 1 : 0]
    case .int(let number): [3 << 3] + ProtobufMutator.varint(UInt64(bitPattern: number))
    case .double(let number): fixed(4, number.bitPattern)
    case .number(let text): fixed(4, (Double(text) ?? 0).bitPattern)
    case .string(let text): field(1, Array(text.utf8))
    case .array(let elements): field(5, elements.flatMap { field(1, any($0)) })
    case .object(let members): field(6, members.flatMap { field(1, pair($0.key, $0.value)) })
    }
  }

  private static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    ProtobufMutator.varint(number << 3 | 2) + ProtobufMutator.varint(UInt64(bytes.count)) + bytes
  }

  private static func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
    ProtobufMutator.varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func big(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }
}
