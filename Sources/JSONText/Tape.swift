/// The kinds of JSON value.
public enum JSONKind: UInt8, Sendable {
  case null, `false`, `true`, number, string, array, object
}

/// One 64-bit word of the tape, the index that the scanner leaves beside the bytes.
///
/// Layout, from the top: kind (3 bits), "string has escapes" (1), length or count (28), offset or next (32).
///
/// - Scalars take one word: length in bytes and offset of the first byte. A string's quotes are not part of it.
/// - Containers take two: the first holds the child count and the tape index behind the last child, the second the
///   byte offsets of the first and behind the last byte, brackets included.
///
/// Hence the limits: 4 GiB for a document, 256 MiB for one string, 2^28 children for one container.
@usableFromInline
struct TapeWord {
  @usableFromInline var bits: UInt64

  @usableFromInline static let maximumLength = 1 << 28
  @usableFromInline static let maximumOffset = 1 << 32

  @inlinable
  init(bits: UInt64) { self.bits = bits }

  @inlinable
  init(kind: JSONKind, length: Int, offset: Int, hasEscapes: Bool = false) {
    bits =
      UInt64(kind.rawValue) << 61 | (hasEscapes ? 1 << 60 : 0) | UInt64(truncatingIfNeeded: length) << 32
      | UInt64(truncatingIfNeeded: offset)
  }

  /// The second word of a container.
  @inlinable
  init(start: Int, end: Int) {
    bits = UInt64(truncatingIfNeeded: start) << 32 | UInt64(truncatingIfNeeded: end)
  }

  @inlinable var kind: JSONKind { JSONKind(rawValue: UInt8(bits >> 61)) ?? .null }
  /// Whether this is the first word of an array or an object, the two last kinds.
  @inlinable var isContainer: Bool { bits >> 61 >= UInt64(JSONKind.array.rawValue) }
  @inlinable var hasEscapes: Bool { bits & (1 << 60) != 0 }
  @inlinable var length: Int { Int((bits >> 32) & 0xFFF_FFFF) }
  @inlinable var offset: Int { Int(bits & 0xFFFF_FFFF) }
  @inlinable var start: Int { Int(bits >> 32) }
  @inlinable var end: Int { Int(bits & 0xFFFF_FFFF) }
}
