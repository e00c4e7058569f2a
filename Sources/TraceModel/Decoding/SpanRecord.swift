public import JSONText

extension Span {
  /// Reads a span in any of the encodings in the wild; those that are not MLflow's stored one are brought into it.
  ///
  /// - A, B, E: MLflow's stored encoding and its forerunners of 3.0 to 3.5 (see ``init(stored:)-(JSONValue)``).
  /// - C: releases 2.14 to 2.22, told by the member `context`: hex ids, `start_time`, `status_code`.
  /// - D: OTLP's protobuf as JSON, as the routes `traces/get` and `batchGet` send it, told by `attributes` being an array:
  ///   decoded values; and OTLP/JSON files, with the same in camel case, hex ids and times as text.
  ///
  /// - Parameter traceID: The trace that a span of OTLP is read for. MLflow stores it as an attribute.
  public init(record: JSONValue, traceID: TraceID?) throws(SpanFormatError) {
    if record["context"] != nil {
      try self.init(stored: try Self.reparsed(Self.fromVersion2(record)))
    } else if record["attributes"]?.kind == .array || record["startTimeUnixNano"] != nil {
      try self.init(stored: try Self.reparsed(Self.fromOTLP(record, traceID: traceID)))
    } else {
      try self.init(stored: record)
    }
  }

  private static func reparsed(_ json: JSON) throws(SpanFormatError) -> JSONValue {
    do {
      return try JSONDocument(json.bytes).root
    } catch {
      throw SpanFormatError("\(error)")
    }
  }

  // MARK: Version 2

  private static func fromVersion2(_ record: JSONValue) -> JSON {
    let context = record["context"]
    let events = record["events"]?.elements.map { event in
      JSON.object(present: [
        "name": event["name"].map { JSON($0) }, "time_unix_nano": event["timestamp"].map { JSON($0) },
        "attributes": event["attributes"].map { JSON($0) } ?? [:],
      ])
    }
    return [
      "trace_id": id(context?["trace_id"]), "span_id": id(context?["span_id"]),
      "parent_span_id": id(record["parent_id"]),
      "name": record["name"].map { JSON($0) } ?? "",
      "start_time_unix_nano": record["start_time"].map { JSON($0) } ?? .null,
      "end_time_unix_nano": record["end_time"].map { JSON($0) } ?? .null,
      "events": .array(events ?? []),
      "status": [
        "code": .string("STATUS_CODE_\(record["status_code"]?.string ?? "UNSET")"),
        "message": record["status_message"].map { JSON($0) } ?? "",
      ],
      "attributes": record["attributes"].map { JSON($0) } ?? [:], "links": [],
    ]
  }

  /// An id in base64, as the stored encoding has it: from hex (with `0x` in some releases of version 2), or as it is.
  private static func id(_ value: JSONValue?) -> JSON {
    guard let text = value?.string, !text.isEmpty else { return .null }
    let digits = Array((text.hasPrefix("0x") ? text.dropFirst(2) : text[...]).utf8)
    guard digits.count == 16 || digits.count == 32, digits.allSatisfy(isHexDigit) else { return .string(text) }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
      UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) ?? 0
    }
    return .string(Base64.encode(bytes))
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  // MARK: OTLP

  private static func fromOTLP(_ record: JSONValue, traceID: TraceID?) -> JSON {
    func member(_ snake: String, _ camel: String) -> JSONValue? { record[snake] ?? record[camel] }
    func time(_ value: JSONValue?) -> JSON {
      guard let value else { return .null }
      return value.string.flatMap { Int64($0) }.map { .int($0) } ?? JSON(value)
    }
    // Only where spans of other producers are taken in does MLflow look into text that is JSON; its own are as they were.
    let isMLflows = record["start_time_unix_nano"] != nil
    var attributes = OTLPAttributes.stored(record["attributes"], unwrapsText: !isMLflows)
    if let traceID, !attributes.contains(where: { $0.key == "mlflow.traceRequestId" }) {
      attributes.append(JSON.Member("mlflow.traceRequestId", .string(JSON.string(traceID.rawValue).text)))
    }
    let events = record["events"]?.elements.map { event in
      JSON.object(present: [
        "name": event["name"].map { JSON($0) },
        "time_unix_nano": time(event["time_unix_nano"] ?? event["timeUnixNano"]),
        "attributes": .object(OTLPAttributes.plain(event["attributes"])),
      ])
    }
    let status = record["status"]
    return .object(present: [
      "trace_id": id(member("trace_id", "traceId")), "span_id": id(member("span_id", "spanId")),
      "parent_span_id": id(member("parent_span_id", "parentSpanId")),
      "name": record["name"].map { JSON($0) } ?? "", "kind": record["kind"].map { JSON($0) },
      "start_time_unix_nano": time(member("start_time_unix_nano", "startTimeUnixNano")),
      "end_time_unix_nano": member("end_time_unix_nano", "endTimeUnixNano").map { time($0) } ?? .null,
      "events": .array(events ?? []),
      "status": ["code": .string(statusCode(status?["code"])), "message": status?["message"].map { JSON($0) } ?? ""],
      "attributes": .object(attributes), "links": record["links"].map { JSON($0) } ?? [],
    ])
  }

  /// A name, or the number of the protobuf enumeration; nothing at all means UNSET.
  private static func statusCode(_ value: JSONValue?) -> String {
    switch value?.int64 {
    case 1: "STATUS_CODE_OK"
    case 2: "STATUS_CODE_ERROR"
    default: value?.string ?? "STATUS_CODE_UNSET"
    }
  }
}

/// OTLP's attributes, an array of keys with typed values (`common.proto`: `KeyValue`, `AnyValue`).
enum OTLPAttributes {
  /// As MLflow stores attributes: each value as JSON text in a string.
  ///
  /// - Parameter unwrapsText: Whether text that is an object or an array already is stored as it is.
  static func stored(_ list: JSONValue?, unwrapsText: Bool) -> [JSON.Member] {
    plain(list).map { member in
      if unwrapsText, case .string(let text) = member.value, let first = text.first, first == "{" || first == "[",
        (try? JSONDocument(text)) != nil
      {
        return member
      }
      return JSON.Member(member.key, .string(member.value.pythonText))
    }
  }

  /// As plain values.
  static func plain(_ list: JSONValue?) -> [JSON.Member] {
    list?.elements.compactMap { entry in entry["key"]?.string.map { JSON.Member($0, value(entry["value"])) } } ?? []
  }

  private static func value(_ any: JSONValue?) -> JSON {
    guard let any, let member = any.members.first(where: { _ in true }) else { return .null }
    switch member.key {
    case "string_value", "stringValue", "bool_value", "boolValue", "double_value", "doubleValue", "bytes_value",
      "bytesValue":
      return JSON(member.value)
    case "int_value", "intValue":
      return member.value.string.flatMap { Int64($0) }.map { .int($0) } ?? JSON(member.value)
    case "array_value", "arrayValue":
      return .array(member.value["values"]?.elements.map { value($0) } ?? [])
    case "kvlist_value", "kvlistValue":
      return .object(plain(member.value["values"]))
    default: return .null
    }
  }
}
