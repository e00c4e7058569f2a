public import JSONText

/// A trace record that cannot be read.
public struct TraceFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public var description: String

  /// An error from its sentence.
  public init(_ description: String) { self.description = description }
}

extension TraceInfo {
  /// Reads an info in its third version (REST and exports since 3.0) or its second (releases 2.14 to 2.22, told by
  /// `request_id`), with objects or arrays of key and value.
  public init(record: JSONValue) throws(TraceFormatError) {
    guard record.kind == .object else { throw TraceFormatError("the info is no object") }
    guard let id = (record["trace_id"] ?? record["request_id"])?.string, !id.isEmpty else {
      throw TraceFormatError("the info has neither trace_id nor request_id")
    }
    let isVersion2 = record["trace_id"] == nil
    let time =
      (isVersion2 ? record["timestamp_ms"].flatMap(Self.integer).map { Timestamp(milliseconds: $0) } : nil)
      ?? record["request_time"].flatMap(Self.time)
    guard let time else { throw TraceFormatError("the info of \(id) has no readable time") }
    let experiment = record["trace_location"]?["mlflow_experiment"]?["experiment_id"] ?? record["experiment_id"]
    self.init(
      id: TraceID(id), clientRequestID: record["client_request_id"]?.string,
      experimentID: experiment.flatMap { $0.string ?? $0.numberText } ?? "", requestTime: time,
      executionDurationMs: Self.duration(record, isVersion2),
      state: TraceState(mlflow: (record["state"] ?? record["status"])?.string ?? ""),
      requestPreview: record["request_preview"]?.string, responsePreview: record["response_preview"]?.string,
      metadata: Self.map(record["trace_metadata"] ?? record["request_metadata"]), tags: Self.map(record["tags"]),
      assessments: record["assessments"]?.elements.compactMap { Assessment(record: $0, traceID: TraceID(id)) } ?? [])
  }

  private static func integer(_ value: JSONValue) -> Int64? { value.int64 ?? value.string.flatMap { Int64($0) } }

  private static func time(_ value: JSONValue) -> Timestamp? {
    value.string.flatMap { Timestamp($0) } ?? integer(value).map { Timestamp(milliseconds: $0) }
  }

  /// Milliseconds in exports, seconds with an `s` over REST. The second version over REST writes 0 for "unknown".
  private static func duration(_ record: JSONValue, _ isVersion2: Bool) -> Int64? {
    if isVersion2 { return record["execution_time_ms"].flatMap(integer) }
    if let milliseconds = record["execution_duration_ms"].flatMap(integer) { return milliseconds }
    guard let value = record["execution_duration"] else { return nil }
    if let text = value.string, text.hasSuffix("s") { return seconds(text.dropLast()) }
    return integer(value)
  }

  /// `7.194` as 7194 milliseconds, by its digits: a double would do for years, but not for the last one.
  private static func seconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]), parts.count <= 2 else { return nil }
    let digits = parts.count == 2 ? String((parts[1] + "000").prefix(3)) : "0"
    guard let fraction = Int64(digits) else { return nil }
    return whole.multipliedSaturating(by: 1_000).addingSaturating(text.hasPrefix("-") ? -fraction : fraction)
  }

  private static func map(_ value: JSONValue?) -> [String: String] {
    var map: [String: String] = [:]
    for entry in value?.elements ?? JSONValue.null.elements {
      if let key = entry["key"]?.string { map[key] = entry["value"].map(text) ?? "" }
    }
    for member in value?.members ?? JSONValue.null.members { map[member.key] = text(member.value) }
    return map
  }

  private static func text(_ value: JSONValue) -> String {
    value.string ?? String(decoding: value.rawBytes, as: UTF8.self)
  }
}

extension Assessment {
  /// Reads an assessment of REST or an export; nil when it is no object.
  ///
  /// - Parameter traceID: The trace it was read with; records need not name it.
  public init?(record: JSONValue, traceID: TraceID) {
    guard record.kind == .object else { return nil }
    let content: Content
    if let expectation = record["expectation"] {
      // Lists and objects travel as JSON in a string.
      let serialized = expectation["serialized_value"]?["value"]?.string.flatMap { try? JSONDocument($0) }?.root
      content = .expectation(value: serialized ?? expectation["value"] ?? .null)
    } else if let issue = record["issue"] {
      content = .issue(name: issue["issue_name"]?.string ?? "")
    } else {
      let error = record["feedback"]?["error"] ?? record["error"]
      content = .feedback(
        value: record["feedback"]?["value"] ?? .null,
        error: error.flatMap { error in
          guard error.kind == .object else { return nil }
          return ScorerError(
            code: error["error_code"]?.string ?? "", message: error["error_message"]?.string,
            stackTrace: error["stack_trace"]?.string)
        })
    }
    func time(_ key: String) -> Timestamp {
      record[key]?.string.flatMap { Timestamp($0) } ?? Timestamp(milliseconds: 0)
    }
    self.init(
      id: record["assessment_id"]?.string ?? "", name: (record["assessment_name"] ?? record["name"])?.string ?? "",
      traceID: record["trace_id"]?.string.map { TraceID($0) } ?? traceID,
      spanID: record["span_id"]?.string.flatMap { $0.isEmpty ? nil : $0 }, content: content,
      sourceType: record["source"]?["source_type"]?.string ?? "SOURCE_TYPE_UNSPECIFIED",
      sourceID: record["source"]?["source_id"]?.string, rationale: record["rationale"]?.string,
      metadata: record["metadata"], createTime: time("create_time"), lastUpdateTime: time("last_update_time"),
      overrides: record["overrides"]?.string, isValid: record["valid"]?.bool ?? true)
  }
}
