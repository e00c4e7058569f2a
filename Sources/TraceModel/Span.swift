public import JSONText

/// One step of a trace: a function call, a model call, a tool call.
///
/// The record is kept as JSON text in MLflow's own encoding and decoded when asked for, so that listing 50,000 spans does
/// not cost their payloads. Every other encoding is brought into this one when it is read.
public struct Span: Sendable {
  /// The span's id, unique in its trace.
  public let id: SpanID
  /// The span that called this one; nil for a root.
  public let parentID: SpanID?
  /// The name, usually of a function.
  public let name: String
  /// When it began.
  public let startTime: Timestamp
  /// When it ended; nil when that was never recorded.
  public let endTime: Timestamp?
  /// What the app said of its outcome.
  public let status: SpanStatus
  /// The whole record in MLflow's encoding (`spans.content` since 3.4): an object with `attributes`, `events`, `links`.
  public let record: JSONValue
  /// Where the attributes stand in it.
  private let attributesPlace: JSONValue.Place?

  /// A span from its parts; see `Decoding/` for where they come from.
  public init(
    id: SpanID, parentID: SpanID?, name: String, startTime: Timestamp, endTime: Timestamp?, status: SpanStatus,
    record: JSONValue
  ) {
    self.id = id
    self.parentID = parentID
    self.name = name
    self.startTime = startTime
    self.endTime = endTime
    self.status = status
    self.record = record
    attributesPlace = record["attributes"]?.place
  }

  /// Nanoseconds from start to end; nil while open. Negative when the clocks disagreed.
  public var durationNanoseconds: Int64? {
    endTime.map { $0.nanoseconds.subtractingSaturating(startTime.nanoseconds) }
  }

  /// The message beside the status, usually of the exception; nil when empty.
  public var statusMessage: String? {
    guard let message = record["status"]?["message"]?.string, !message.isEmpty else { return nil }
    return message
  }

  /// The attributes in the order they were set.
  public var attributes: [(key: String, value: AttributeValue)] {
    guard let object = attributeObject else { return [] }
    return object.members.map { ($0.key, AttributeValue(stored: $0.value)) }
  }

  /// The same as they stand in the record; nil when it has none.
  public var attributeObject: JSONValue? { attributesPlace.map { record[$0] } }

  /// One attribute.
  public func attribute(_ key: String) -> AttributeValue? {
    attributeObject?[key].map { AttributeValue(stored: $0) }
  }

  /// What happened inside the span, in the order it was recorded.
  public var events: [SpanEvent] {
    guard let list = record["events"] else { return [] }
    return list.elements.map { SpanEvent(record: $0) }
  }
}

/// Something that happened at one moment inside a span.
public struct SpanEvent: Sendable {
  /// The record: `name`, `time_unix_nano`, `attributes` with plain values.
  public let record: JSONValue

  /// An event from its record.
  public init(record: JSONValue) { self.record = record }

  /// The event's name; exceptions are called `exception`.
  public var name: String { record["name"]?.string ?? "" }

  /// When it happened, if that was recorded.
  public var time: Timestamp? { record["time_unix_nano"]?.int64.map { Timestamp(nanoseconds: $0) } }

  /// One attribute; unlike those of spans these are plain values.
  public func attribute(_ key: String) -> JSONValue? { record["attributes"]?[key] }

  /// Type, message and stack trace, if this event is an exception (OpenTelemetry's semantic conventions).
  public var exception: (type: String, message: String, stackTrace: String?)? {
    guard name == "exception" else { return nil }
    return (
      attribute("exception.type")?.string ?? "", attribute("exception.message")?.string ?? "",
      attribute("exception.stacktrace")?.string
    )
  }
}
