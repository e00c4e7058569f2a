public import JSONText

/// A span record that cannot be read.
public struct SpanFormatError: Error, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public var description: String

  /// An error from its sentence.
  public init(_ description: String) { self.description = description }
}

extension Span {
  /// Reads MLflow's own encoding, as it stands in `spans.content` since 3.4 and in exports: ids in base64, times as
  /// integers, attributes as an object of JSON-encoded strings.
  ///
  /// Releases 3.0 to 3.4 write `""` for a missing parent, 3.5.0 wrote hex ids; both are read as well.
  public init(stored bytes: [UInt8]) throws(SpanFormatError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes)
    } catch {
      throw SpanFormatError("\(error)")
    }
    try self.init(stored: document.root)
  }

  /// Reads a record that has been parsed.
  public init(stored record: JSONValue) throws(SpanFormatError) {
    guard record.kind == .object else { throw SpanFormatError("not an object") }
    var (id, parentID): (SpanID?, SpanID?)
    var (start, end): (Int64?, Int64?)
    var status = SpanStatus.unset
    var name: String?
    record.forEachMember(of: Self.fields) { place, value in
      switch place {
      case 0: id = SpanID(value)
      case 1: parentID = SpanID(value)
      case 2: start = Self.nanoseconds(value)
      case 3: end = Self.nanoseconds(value)
      case 4: status = value["code"]?.string.map { SpanStatus(code: $0) } ?? .unset
      default: name = value.string
      }
    }
    guard let id else { throw SpanFormatError("no readable span_id") }
    guard let start else { throw SpanFormatError("span \(id) has no readable start_time_unix_nano") }
    self.init(
      id: id, parentID: parentID, name: name ?? "", startTime: Timestamp(nanoseconds: start),
      endTime: end.map { Timestamp(nanoseconds: $0) }, status: status, record: record)
  }

  /// In the order in which ``init(stored:)-(JSONValue)`` tells them apart.
  private static let fields: MemberNames = [
    "span_id", "parent_span_id", "start_time_unix_nano", "end_time_unix_nano", "status", "name",
  ]

  /// Nanoseconds exceed 2^53, so they are never read through a double; some producers write them as strings.
  private static func nanoseconds(_ value: JSONValue) -> Int64? {
    value.int64 ?? value.string.flatMap { Int64($0) }
  }
}
