/// Why a text is no JSON: what was expected, and where.
public struct ScanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reasons a text is refused.
  public enum Code: Sendable {
    /// The grammar of RFC 8259 is broken.
    case malformed
    /// More nested containers than allowed.
    case tooDeep
    /// Beyond the limits of the tape (4 GiB, or 256 MiB for one string).
    case tooLarge
  }

  /// The kind of failure.
  public var code: Code
  /// Byte offset of the first byte that does not fit.
  public var offset: Int
  /// What would have been right there.
  public var expected: String

  /// A sentence with the offset.
  public var description: String {
    switch code {
    case .malformed: "not JSON at byte \(offset): expected \(expected)"
    case .tooDeep: "nested too deeply at byte \(offset): at most \(expected) levels"
    case .tooLarge: "too large at byte \(offset): at most \(expected)"
    }
  }
}
