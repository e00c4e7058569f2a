import JSONText
import TraceModel
import TraceSemantics

/// A trace as MLflow exports it: `{"info": …, "data": {"spans": […]}}`, the form of `Trace.to_dict()` in release 3.
///
/// Spans are handed on as they are stored, with one exception that MLflow makes too: where the type is missing and another
/// convention's attribute tells it, `mlflow.spanType` is filled in.
enum TraceExport {
  /// The export as JSON text.
  static func json(_ trace: Trace) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("info", info(trace.info))
    writer.key("data")
    writer.beginObject()
    writer.key("spans")
    writer.beginArray()
    // MLflow's order: roots first, then by start.
    let roots = trace.spans.filter { $0.parentID == nil }
    for span in roots + trace.spans.filter({ $0.parentID != nil }) { write(span, to: &writer) }
    writer.endArray()
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ span: Span, to writer: inout JSONWriter) {
    let stored = span.attribute(ReservedKey.spanType)?.text
    guard stored == nil || stored == "UNKNOWN", let source = SpanMeaning(span).typeSource,
      source.key != ReservedKey.spanType
    else {
      writer.raw(span.record.rawBytes)
      return
    }
    writer.beginObject()
    for member in span.record.members {
      writer.key(member.key)
      guard member.key == "attributes" else {
        writer.raw(member.value.rawBytes)
        continue
      }
      writer.beginObject()
      for attribute in member.value.members where attribute.key != ReservedKey.spanType {
        writer.key(attribute.key)
        writer.raw(attribute.value.rawBytes)
      }
      writer.member(ReservedKey.spanType, .string(JSON.string(source.type).text))
      writer.endObject()
    }
    writer.endObject()
  }

  /// `TraceInfo` in its third version.
  private static func info(_ info: TraceInfo) -> JSON {
    .object(present: [
      "trace_id": .string(info.id.rawValue), "client_request_id": info.clientRequestID.map { .string($0) },
      "trace_location": [
        "type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": .string(info.experimentID)],
      ],
      "request_preview": info.requestPreview.map { .string($0) },
      "response_preview": info.responsePreview.map { .string($0) },
      "request_time": .string(info.requestTime.rfc3339),
      "execution_duration_ms": info.executionDurationMs.map { .int($0) }, "state": .string(info.state.rawValue),
      "trace_metadata": info.metadata.isEmpty ? nil : sorted(info.metadata),
      "tags": info.tags.isEmpty ? nil : sorted(info.tags),
      "assessments": info.assessments.isEmpty ? nil : .array(info.assessments.map(assessment)),
    ])
  }

  private static func sorted(_ map: [String: String]) -> JSON {
    .object(map.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
  }

  /// One assessment as MLflow writes it in exports.
  static func assessment(_ assessment: Assessment) -> JSON {
    let source = JSON.object(present: [
      "source_type": .string(assessment.sourceType), "source_id": assessment.sourceID.map { .string($0) },
    ])
    var members = JSON.object(present: [
      "assessment_id": .string(assessment.id), "assessment_name": .string(assessment.name),
      "trace_id": .string(assessment.traceID.rawValue), "span_id": assessment.spanID.map { .string($0) },
      "source": source, "create_time": .string(assessment.createTime.rfc3339),
      "last_update_time": .string(assessment.lastUpdateTime.rfc3339),
    ])
    switch assessment.content {
    case .feedback(let value, let error):
      members["feedback"] = .object(present: [
        "value": JSON(value),
        "error": error.map {
          .object(present: [
            "error_code": .string($0.code), "error_message": $0.message.map { .string($0) },
            "stack_trace": $0.stackTrace.map { .string($0) },
          ])
        },
      ])
    case .expectation(let value):
      // Lists and objects travel as a string, so that their numbers keep their form.
      members["expectation"] =
        value.isContainer
        ? [
          "serialized_value": [
            "serialization_format": "JSON_FORMAT", "value": .string(String(decoding: value.rawBytes, as: UTF8.self)),
          ]
        ] : ["value": JSON(value)]
    case .issue(let name):
      members["issue"] = ["issue_name": .string(name)]
    }
    if let rationale = assessment.rationale { members["rationale"] = .string(rationale) }
    if let metadata = assessment.metadata, metadata.count > 0 { members["metadata"] = JSON(metadata) }
    if let overrides = assessment.overrides { members["overrides"] = .string(overrides) }
    members["valid"] = .bool(assessment.isValid)
    return members
  }
}
