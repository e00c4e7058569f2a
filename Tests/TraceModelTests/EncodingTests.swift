import JSONText
import LensTestSupport
import Testing
import TraceModel

@Suite("Every span encoding becomes the same span")
struct SpanEncodingTests {
  // MLflow 3.17, `spans.content`.
  private static let stored = #"""
    {"trace_id": "JQXUmMqMaJVJBk08z0ba6w==", "span_id": "rmYRu3HN1X4=", "parent_span_id": "jFj4vRVwNU4=", "name": "tool", "start_time_unix_nano": 1794819600000040000, "end_time_unix_nano": 1794819600310060000, "events": [{"name": "exception", "time_unix_nano": 5, "attributes": {"exception.type": "E"}}], "status": {"code": "STATUS_CODE_ERROR", "message": "boom"}, "attributes": {"mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{\"q\": 1}", "k": "5"}, "links": []}
    """#
  // MLflow 2.22, `traces.json`.
  private static let version2 = #"""
    {"name": "tool", "context": {"span_id": "ae6611bb71cdd57e", "trace_id": "2505d498ca8c689549064d3ccf46daeb"}, "parent_id": "8c58f8bd1570354e", "start_time": 1794819600000040000, "end_time": 1794819600310060000, "status_code": "ERROR", "status_message": "boom", "attributes": {"mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{\"q\": 1}", "k": "5"}, "events": [{"name": "exception", "timestamp": 5, "attributes": {"exception.type": "E"}}]}
    """#
  // The route `traces/get`.
  private static let rest = #"""
    {"trace_id": "JQXUmMqMaJVJBk08z0ba6w==", "span_id": "rmYRu3HN1X4=", "parent_span_id": "jFj4vRVwNU4=", "name": "tool", "kind": "SPAN_KIND_INTERNAL", "start_time_unix_nano": 1794819600000040000, "end_time_unix_nano": 1794819600310060000, "attributes": [{"key": "mlflow.spanType", "value": {"string_value": "TOOL"}}, {"key": "mlflow.spanInputs", "value": {"kvlist_value": {"values": [{"key": "q", "value": {"int_value": 1}}]}}}, {"key": "k", "value": {"int_value": "5"}}, {"key": "nothing"}], "events": [{"time_unix_nano": 5, "name": "exception", "attributes": [{"key": "exception.type", "value": {"string_value": "E"}}]}], "status": {"code": "STATUS_CODE_ERROR", "message": "boom"}}
    """#
  // OTLP/JSON, as OpenTelemetry's file exporter writes it.
  private static let otlp = #"""
    {"traceId": "2505d498ca8c689549064d3ccf46daeb", "spanId": "ae6611bb71cdd57e", "parentSpanId": "8c58f8bd1570354e", "name": "tool", "kind": 1, "startTimeUnixNano": "1794819600000040000", "endTimeUnixNano": "1794819600310060000", "attributes": [{"key": "mlflow.spanType", "value": {"stringValue": "TOOL"}}, {"key": "mlflow.spanInputs", "value": {"stringValue": "{\"q\": 1}"}}, {"key": "k", "value": {"intValue": "5"}}], "events": [{"timeUnixNano": "5", "name": "exception", "attributes": [{"key": "exception.type", "value": {"stringValue": "E"}}]}], "status": {"code": 2, "message": "boom"}}
    """#

  @Test(arguments: [stored, version2, rest, otlp])
  func reads(_ text: String) throws {
    let span = try Span(record: try JSONDocument(text).root, traceID: TraceID("tr-1"))
    #expect(span.id.description == "ae6611bb71cdd57e")
    #expect(span.parentID?.description == "8c58f8bd1570354e")
    #expect(span.name == "tool")
    #expect(span.startTime.nanoseconds == 1_794_819_600_000_040_000)
    #expect(span.durationNanoseconds == 310_020_000)
    #expect(span.status == .error)
    #expect(span.statusMessage == "boom")
    #expect(span.attribute("mlflow.spanType")?.text == "TOOL")
    #expect(span.attribute("mlflow.spanInputs")?.decoded["q"]?.int64 == 1)
    #expect(span.attribute("k")?.decoded.int64 == 5)
    #expect(span.events.first?.exception?.type == "E")
    #expect(span.events.first?.time?.nanoseconds == 5)
  }

  @Test func anUnsetStatusIsAnEmptyObjectOverREST() throws {
    let span = try Span(
      record: try JSONDocument(#"{"span_id":"rmYRu3HN1X4=","start_time_unix_nano":1,"attributes":[],"status":{}}"#)
        .root,
      traceID: TraceID("tr-1"))
    #expect(span.status == .unset)
    #expect(span.parentID == nil)
    #expect(span.endTime == nil)
    #expect(span.attribute("mlflow.traceRequestId")?.text == "tr-1")
  }
}

@Suite("Both versions of infos are read")
struct InfoRecordTests {
  @Test(arguments: [
    #"{"trace_id":"tr-1","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"7"}},"request_time":"2023-11-14T22:13:20.596Z","execution_duration":"7.194s","state":"OK","trace_metadata":{"mlflow.trace.session":"s"},"tags":{"mlflow.traceName":"n"}}"#,
    #"{"trace_id":"tr-1","trace_location":{"mlflow_experiment":{"experiment_id":"7"}},"request_time":"2023-11-14T22:13:20.596Z","execution_duration_ms":7194,"state":"OK","trace_metadata":{"mlflow.trace.session":"s"},"tags":{"mlflow.traceName":"n"}}"#,
    #"{"request_id":"tr-1","experiment_id":"7","timestamp_ms":1700000000596,"execution_time_ms":7194,"status":"OK","request_metadata":[{"key":"mlflow.trace.session","value":"s"}],"tags":[{"key":"mlflow.traceName","value":"n"}]}"#,
    #"{"request_id":"tr-1","experiment_id":"7","timestamp_ms":1700000000596,"execution_time_ms":7194,"status":"OK","request_metadata":{"mlflow.trace.session":"s"},"tags":{"mlflow.traceName":"n"}}"#,
  ])
  func reads(_ text: String) throws {
    let info = try TraceInfo(record: try JSONDocument(text).root)
    #expect(info.id.rawValue == "tr-1")
    #expect(info.experimentID == "7")
    #expect(info.requestTime.milliseconds == 1_700_000_000_596)
    #expect(info.executionDurationMs == 7_194)
    #expect(info.state == .ok)
    #expect(info.sessionID == "s")
    #expect(info.name == "n")
  }

  @Test(
    arguments: [
      ("\"3s\"", 3_000), ("\"0.042s\"", 42), ("\"1.2345s\"", 1_234), ("\"-0.5s\"", -500), ("null", nil), ("\"x\"", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, _ milliseconds: Int64?) throws {
    let record = #"{"trace_id":"tr-1","request_time":"2026-11-16T09:00:00Z","execution_duration":\#(text)}"#
    #expect(try TraceInfo(record: try JSONDocument(record).root).executionDurationMs == milliseconds)
  }

  @Test(arguments: [
    "[]", "{}", #"{"trace_id":""}"#, #"{"trace_id":"x"}"#, #"{"request_id":"x","timestamp_ms":"soon"}"#,
  ])
  func whatIsMissingIsAnError(_ text: String) throws {
    let root = try JSONDocument(text).root
    #expect(throws: TraceFormatError.self) { try TraceInfo(record: root) }
  }

  @Test func assessmentsOfEveryKind() throws {
    let records = try JSONDocument(
      #"[{"assessment_name":"a","feedback":{"value":false},"rationale":"r","source":{"source_type":"HUMAN"}},{"assessment_name":"b","feedback":{"value":null,"error":{"error_code":"E"}}},{"assessment_name":"c","expectation":{"value":"x"}},{"assessment_name":"d","expectation":{"serialized_value":{"value":"[1]"}}},{"assessment_name":"iss-1","issue":{"issue_name":"n"}},{"assessment_name":"e","feedback":{"value":1},"valid":false}]"#
    ).root
    let all = records.elements.compactMap { Assessment(record: $0, traceID: TraceID("tr-1")) }
    #expect(all.map(\.name) == ["a", "b", "c", "d", "iss-1", "e"])
    #expect(all[0].value?.bool == false)
    #expect(all[1].scorerError?.code == "E")
    #expect(all[3].value?.count == 1)
    #expect(all.map(\.isValid) == [true, true, true, true, true, false])
    if case .issue(let name) = all[4].content { #expect(name == "n") } else { Issue.record("no issue") }
  }
}

@Suite("Exports are told by their shape")
struct ExportedTracesTests {
  private static let info = #"{"trace_id":"tr-1","request_time":"2026-11-16T09:00:00Z","state":"OK"}"#
  private static let span =
    #"{"span_id":"rmYRu3HN1X4=","parent_span_id":null,"name":"root","start_time_unix_nano":1794819600000000000,"end_time_unix_nano":1794819601000000000,"status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.traceRequestId":"\"tr-1\"","session.id":"\"s-1\""}}"#

  @Test(arguments: [
    ("{\"info\":\(info),\"data\":{\"spans\":[\(span)]}}", 1),
    ("[{\"info\":\(info),\"data\":{\"spans\":[\(span)]}}]", 1),
    ("{\"traces\":[{\"info\":\(info),\"data\":{\"spans\":[\(span)]}}],\"next_page_token\":null}", 1),
    ("{\"trace\":{\"trace_info\":\(info),\"spans\":[\(span)]}}", 1),
    ("{\"traces\":[{\"trace_info\":\(info),\"spans\":[\(span)]}]}", 1),
    ("{\"traces\":[\(info)]}", 0), (info, 0), ("{\"spans\":[\(span)]}", 1),
  ])
  func reads(_ text: String, _ spanCount: Int) throws {
    let exported = ExportedTraces(try JSONDocument(text).root)
    #expect(exported.problems.isEmpty)
    #expect(exported.traces.map(\.info.id.rawValue) == ["tr-1"])
    #expect(exported.traces.first?.spans.count == spanCount)
    #expect(exported.traces.first?.info.state == .ok)
    #expect(exported.traces.first?.diagnostics.isEmpty == (spanCount > 0), "an info alone says so")
  }

  @Test func otlpFilesAreGroupedByTrace() throws {
    func span(_ trace: String, _ id: String, _ parent: String, _ status: Int) -> String {
      #"{"traceId":"\#(trace)","spanId":"\#(id)","parentSpanId":"\#(parent)","name":"s","startTimeUnixNano":"1794819600000000000","endTimeUnixNano":"1794819600250000000","status":{"code":\#(status)},"attributes":[{"key":"gen_ai.conversation.id","value":{"stringValue":"conv"}}]}"#
    }
    let resource =
      #"{"attributes":[{"key":"service.name","value":{"stringValue":"app"}},{"key":"telemetry.sdk.name","value":{"stringValue":"x"}}]}"#
    let spans = [span("aa", "ae6611bb71cdd57e", "", 2), span("bb", "ae6611bb71cdd57f", "8c58f8bd1570354e", 0)].joined(
      separator: ",")
    let exported = ExportedTraces(
      try JSONDocument(#"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[{"spans":[\#(spans)]}]}]}"#).root)
    #expect(exported.traces.map(\.info.id.rawValue) == ["tr-aa", "tr-bb"])
    #expect(exported.traces.map(\.info.state) == [.error, .inProgress], "no root yet is no end")
    #expect(exported.traces[0].info.executionDurationMs == 250)
    #expect(exported.traces[0].info.tags == ["service.name": "app"])
    #expect(exported.traces[0].info.sessionID == "conv")
  }

  @Test func whatIsNoTraceIsAProblemAndTheRestIsServed() throws {
    let exported = ExportedTraces(try JSONDocument("[5, {\"x\":1}, {\"info\":{}}, \(Self.info)]").root)
    #expect(exported.traces.count == 1)
    #expect(exported.problems.count == 3)
  }
}
