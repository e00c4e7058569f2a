import CYAML

/// Why a text is no YAML that is read here.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, counted from 1.
  package var line: Int
  /// What is wrong there.
  package var message: String

  /// Both as a sentence.
  package var description: String { "line \(line): \(message)" }
}

/// One event of a YAML stream, with the line it begins at.
struct YAMLEvent: Sendable, Hashable {
  /// What anchors and tags stand before a node.
  struct Properties: Sendable, Hashable {
    var anchor: String?
    var tag: String?
  }

  enum Kind: Sendable, Hashable {
    case streamEnd
    case documentStart
    /// Isn't resolved here: `isPlain` says that neither quotes nor a tag make it what it is.
    case scalar(String, isPlain: Bool, Properties)
    case sequenceStart(Properties)
    case sequenceEnd
    case mappingStart(Properties)
    case mappingEnd
    case alias(String)
    /// The stream's start and a document's end, which carry nothing.
    case other
  }

  var kind: Kind
  var line: Int
}

/// libyaml's parser as a source of events. All unsafe code of the file store is here.
///
/// Safe to use because the parser and the text it reads are allocated in `init`, freed in `deinit` and never handed out.
@safe
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// A copy: libyaml keeps a pointer to the text for as long as it reads.
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let isReady: Bool

  init(_ bytes: [UInt8]) {
    // One byte at least: libyaml refuses a null pointer even for an empty text.
    unsafe text = UnsafeMutableBufferPointer.allocate(capacity: bytes.count + 1)
    _ = unsafe text.initialize(from: bytes + [0])
    unsafe parser = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    isReady = unsafe yaml_parser_initialize(parser) == 1
    if isReady { unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count) }
  }

  deinit {
    if isReady { unsafe yaml_parser_delete(parser) }
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// The next event.
  func next() throws(YAMLError) -> YAMLEvent {
    guard isReady else { throw YAMLError(line: 1, message: "out of memory") }
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure }
    defer { unsafe yaml_event_delete(&event) }
    return YAMLEvent(kind: unsafe Self.kind(event), line: unsafe Int(event.start_mark.line) + 1)
  }

  private static func kind(_ event: yaml_event_t) -> YAMLEvent.Kind {
    switch unsafe event.type {
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: return .alias(unsafe string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      let data = unsafe event.data.sequence_start
      return .sequenceStart(unsafe properties(data.anchor, data.implicit == 1 ? nil : data.tag))
    case YAML_MAPPING_START_EVENT:
      let data = unsafe event.data.mapping_start
      return .mappingStart(unsafe properties(data.anchor, data.implicit == 1 ? nil : data.tag))
    case YAML_SCALAR_EVENT:
      let data = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
      let isImplicit = unsafe data.plain_implicit == 1 || data.quoted_implicit == 1
      return .scalar(
        unsafe String(decoding: bytes, as: UTF8.self), isPlain: unsafe data.plain_implicit == 1,
        unsafe properties(data.anchor, isImplicit ? nil : data.tag))
    default: return .other
    }
  }

  private static func properties(
    _ anchor: UnsafeMutablePointer<UInt8>?, _ tag: UnsafeMutablePointer<UInt8>?
  ) -> YAMLEvent.Properties {
    YAMLEvent.Properties(anchor: unsafe string(anchor), tag: unsafe string(tag))
  }

  private static func string(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  /// libyaml's last failure. Its reader knows the byte only, everything behind it the line.
  private var failure: YAMLError {
    let message = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not YAML"
    var line = Int(unsafe parser.pointee.problem_mark.line)
    if unsafe parser.pointee.error == YAML_READER_ERROR {
      let offset = unsafe min(Int(parser.pointee.problem_offset), text.count - 1)
      line = unsafe text.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    }
    return YAMLError(line: line + 1, message: message)
  }
}
