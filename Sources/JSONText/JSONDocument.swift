/// A JSON text that has been scanned: its bytes and the tape beside them. Values are cursors into it and keep it alive.
///
/// Memory is the bytes themselves plus 8 bytes for each value (16 for a container); nothing is decoded until asked for.
public struct JSONDocument: Sendable {
  @usableFromInline
  final class Storage: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let tape: [UInt64]

    init(bytes: [UInt8], tape: [UInt64]) {
      self.bytes = bytes
      self.tape = tape
    }
  }

  @usableFromInline let storage: Storage

  /// Nesting beyond this is refused; Python's own parser gives up near 1,000.
  public static let defaultMaximumDepth = 512

  /// Scans a text. The bytes are kept, not copied.
  ///
  /// - Throws: ``ScanError`` with the offset of the first byte that does not fit.
  public init(
    _ bytes: [UInt8], dialect: JSONDialect = .python, maximumDepth: Int = defaultMaximumDepth
  ) throws(ScanError) {
    let tape = try Scanner.scan(bytes.span, dialect: dialect, maximumDepth: maximumDepth)
    storage = Storage(bytes: bytes, tape: tape)
  }

  /// Scans the UTF-8 of a string.
  public init(
    _ text: String, dialect: JSONDialect = .python, maximumDepth: Int = defaultMaximumDepth
  ) throws(ScanError) {
    try self.init(Array(text.utf8), dialect: dialect, maximumDepth: maximumDepth)
  }

  /// The outermost value.
  @inlinable
  public var root: JSONValue { JSONValue(storage: storage, index: 0) }

  /// The whole text, as it was given.
  @inlinable
  public var bytes: [UInt8] { storage.bytes }
}
