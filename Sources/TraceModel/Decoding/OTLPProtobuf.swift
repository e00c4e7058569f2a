import JSONText

/// OTLP's `TracesData` as protobuf bytes, the form of MLflow's archived traces (`traces.pb`).
///
/// Field numbers: opentelemetry-proto `trace.proto` and `common.proto` 1.x. Unknown fields are passed over, as protobuf
/// demands.
public enum OTLPProtobuf {
  /// The spans of an archive, in the order of the file.
  ///
  /// - Throws: when the bytes are no protobuf message, or a span lacks what makes it one.
  public static func spans(_ bytes: [UInt8], traceID: TraceID) throws(SpanFormatError) -> [Span] {
    var spans: [Span] = []
    // TracesData.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
    for resource in try messages(1, in: bytes[...]) {
      for scope in try messages(2, in: resource) {
        for message in try messages(2, in: scope) {
          let record = try span(message)
          do {
            spans.append(try Span(record: try JSONDocument(record.bytes).root, traceID: traceID))
          } catch {
            throw SpanFormatError("\(error)")
          }
        }
      }
    }
    return spans
  }

  /// Nested values deeper than this are refused; protobuf's own parsers stop at 100.
  private static let maximumDepth = 100

  private static func messages(_ field: UInt64, in bytes: ArraySlice<UInt8>) throws(SpanFormatError) -> [ArraySlice<
    UInt8
  >] {
    var reader = ProtobufReader(bytes)
    var found: [ArraySlice<UInt8>] = []
    while let entry = try reader.next() {
      if entry.field == field, case .bytes(let message) = entry.value { found.append(message) }
    }
    return found
  }

  /// A span as the route `traces/get` would send it: snake case, typed values.
  private static func span(_ bytes: ArraySlice<UInt8>) throws(SpanFormatError) -> JSON {
    var reader = ProtobufReader(bytes)
    var members: [JSON.Member] = []
    var (attributes, events, links): ([JSON], [JSON], [JSON]) = ([], [], [])
    var status: JSON = [:]
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (1, .bytes(let id)): members.append(JSON.Member("trace_id", .string(hex(id))))
      case (2, .bytes(let id)): members.append(JSON.Member("span_id", .string(hex(id))))
      case (4, .bytes(let id)) where !id.isEmpty: members.append(JSON.Member("parent_span_id", .string(hex(id))))
      case (5, .bytes(let name)): members.append(JSON.Member("name", text(name)))
      case (7, .fixed64(let time)): members.append(JSON.Member("start_time_unix_nano", .number("\(time)")))
      case (8, .fixed64(let time)) where time != 0:
        members.append(JSON.Member("end_time_unix_nano", .number("\(time)")))
      case (9, .bytes(let pair)): attributes.append(try keyValue(pair, depth: 0))
      case (11, .bytes(let event)): events.append(try self.event(event))
      case (13, .bytes(let link)): links.append(try self.link(link))
      case (15, .bytes(let message)): status = try self.status(message)
      default: break
      }
    }
    members += [
      JSON.Member("attributes", .array(attributes)), JSON.Member("events", .array(events)),
      JSON.Member("links", .array(links)), JSON.Member("status", status),
    ]
    return .object(members)
  }

  private static func event(_ bytes: ArraySlice<UInt8>) throws(SpanFormatError) -> JSON {
    var reader = ProtobufReader(bytes)
    var event: JSON = ["name": ""]
    var attributes: [JSON] = []
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (1, .fixed64(let time)): event["time_unix_nano"] = .number("\(time)")
      case (2, .bytes(let name)): event["name"] = text(name)
      case (3, .bytes(let pair)): attributes.append(try keyValue(pair, depth: 0))
      default: break
      }
    }
    event["attributes"] = .array(attributes)
    return event
  }

  /// MLflow's own form of a link: the id of its trace, and hex.
  private static func link(_ bytes: ArraySlice<UInt8>) throws(SpanFormatError) -> JSON {
    var reader = ProtobufReader(bytes)
    var link: JSON = [:]
    var attributes: [JSON.Member] = []
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (1, .bytes(let id)): link["trace_id"] = .string("tr-\(hex(id))")
      case (2, .bytes(let id)): link["span_id"] = .string(hex(id))
      case (4, .bytes(let pair)):
        let decoded = try keyValue(pair, depth: 0)
        if case .string(let key)? = decoded["key"] { attributes.append(JSON.Member(key, decoded["value"] ?? .null)) }
      default: break
      }
    }
    link["attributes"] = .object(attributes)
    return link
  }

  private static func status(_ bytes: ArraySlice<UInt8>) throws(SpanFormatError) -> JSON {
    var reader = ProtobufReader(bytes)
    var status: JSON = [:]
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (2, .bytes(let message)): status["message"] = text(message)
      case (3, .varint(let code)): status["code"] = .int(Int64(code & 3))
      default: break
      }
    }
    return status
  }

  private static func keyValue(_ bytes: ArraySlice<UInt8>, depth: Int) throws(SpanFormatError) -> JSON {
    var reader = ProtobufReader(bytes)
    var pair: JSON = ["key": ""]
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (1, .bytes(let key)): pair["key"] = text(key)
      case (2, .bytes(let value)): pair["value"] = try any(value, depth: depth)
      default: break
      }
    }
    return pair
  }

  private static func any(_ bytes: ArraySlice<UInt8>, depth: Int) throws(SpanFormatError) -> JSON {
    guard depth < maximumDepth else { throw SpanFormatError("a value is nested more than \(maximumDepth) levels deep") }
    var reader = ProtobufReader(bytes)
    var value: JSON = [:]
    while let entry = try reader.next() {
      switch (entry.field, entry.value) {
      case (1, .bytes(let string)): value = ["string_value": text(string)]
      case (2, .varint(let flag)): value = ["bool_value": .bool(flag != 0)]
      case (3, .varint(let number)): value = ["int_value": .int(Int64(bitPattern: number))]
      case (4, .fixed64(let bits)): value = ["double_value": double(Double(bitPattern: bits))]
      case (5, .bytes(let list)):
        var elements: [JSON] = []
        for element in try messages(1, in: list) { elements.append(try any(element, depth: depth + 1)) }
        value = ["array_value": ["values": .array(elements)]]
      case (6, .bytes(let list)):
        var pairs: [JSON] = []
        for pair in try messages(1, in: list) { pairs.append(try keyValue(pair, depth: depth + 1)) }
        value = ["kvlist_value": ["values": .array(pairs)]]
      case (7, .bytes(let data)): value = ["bytes_value": .string(hex(data))]
      default: break
      }
    }
    return value
  }

  /// As Python's `json` writes a float: whole ones keep their fraction, and those JSON has no word for have Python's.
  private static func double(_ number: Double) -> JSON {
    if number.isNaN { return .number("NaN") }
    if number.isInfinite { return .number(number < 0 ? "-Infinity" : "Infinity") }
    return .number("\(number)")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> JSON { .string(String(decoding: bytes, as: UTF8.self)) }

  private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }
}

/// The fields of one protobuf message, in order (wire types 0, 1, 2 and 5).
struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end of the message.
  mutating func next() throws(SpanFormatError) -> (field: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    let field = tag >> 3
    switch tag & 7 {
    case 0: return (field, .varint(try varint()))
    case 1:
      let bytes = try take(8)
      return (field, .fixed64(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw Self.cut(rest.startIndex) }
      return (field, .bytes(try take(Int(count))))
    case 5:
      _ = try take(4)
      return (field, .fixed32)
    case let type: throw SpanFormatError("no protobuf at byte \(rest.startIndex): wire type \(type)")
    }
  }

  private mutating func varint() throws(SpanFormatError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      guard shift < 64 else { throw SpanFormatError("no protobuf at byte \(rest.startIndex): a number without end") }
    }
    throw Self.cut(rest.startIndex)
  }

  private mutating func take(_ count: Int) throws(SpanFormatError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Self.cut(rest.startIndex) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static func cut(_ offset: Int) -> SpanFormatError { SpanFormatError("cut off at byte \(offset)") }
}
