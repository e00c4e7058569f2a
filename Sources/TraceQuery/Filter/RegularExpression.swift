import CPCRE2

/// A regular expression in the syntax of Perl, which is the nearest to Python's `re` that MLflow uses for RLIKE, found
/// anywhere in a text. PCRE2 counts its steps, so an expression that a hostile text turns into years of work is given up.
@safe
public final class RegularExpression: Sendable {
  /// Why a search says nothing.
  public enum Failure: Error, Sendable, Hashable {
    /// The expression is none.
    /// - Parameters:
    ///   - words: Why, as PCRE2 says it.
    ///   - offset: Bytes of the expression before the place.
    case unreadable(words: String, offset: Int)
    /// The text makes the expression try the same letters in ever new ways.
    case tooManySteps
    /// The system has no PCRE2.
    case noLibrary
  }

  // PCRE2 never changes an expression after it was read.
  private nonisolated(unsafe) let pattern: OpaquePointer

  /// Reads an expression.
  public init(_ text: String, ignoresCase: Bool = false) throws(Failure) {
    guard lens_pattern_is_available() else { throw .noLibrary }
    var words = [CChar](repeating: 0, count: 128)
    var offset = 0
    let length = text.utf8.count
    guard let read = unsafe lens_pattern_read(text, length, ignoresCase, &words, &offset) else {
      let message = words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      // PCRE2 tells of an option that is not closed as one byte behind the end.
      throw .unreadable(words: String(decoding: message, as: UTF8.self), offset: min(offset, length))
    }
    unsafe pattern = read
  }

  deinit { unsafe lens_pattern_free(pattern) }

  /// What a search found.
  public enum Outcome: Sendable, Hashable {
    case found(Range<Int>)
    case missing
    /// The text makes the expression try the same letters in ever new ways.
    case givenUp
  }

  /// Where it is found first from a byte on.
  public func search(_ text: UnsafeRawBufferPointer, from start: Int = 0) -> Outcome {
    var (from, to) = (0, 0)
    return switch unsafe lens_pattern_find(pattern, text.baseAddress, text.count, start, &from, &to) {
    case 0: .missing
    case 1: .found(from..<max(from, to))
    default: .givenUp
    }
  }

  /// Where it is found first.
  public func search(_ text: String) -> Outcome {
    var text = text
    return text.withUTF8 { bytes in unsafe search(UnsafeRawBufferPointer(bytes)) }
  }

  /// Where it is found in the bytes, one place behind the other; empty finds are left out. Each find has its million steps, so
  /// a hostile text may take many; a task that is cancelled does not go on.
  public func ranges(in bytes: [UInt8]) throws(Failure) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var isGivenUp = false
    unsafe bytes.withUnsafeBytes { bytes in
      var position = 0
      while position <= bytes.count {
        guard !Task.isCancelled else {
          isGivenUp = true
          return
        }
        switch unsafe search(bytes, from: position) {
        case .missing: return
        case .givenUp:
          isGivenUp = true
          return
        case .found(let range):
          if !range.isEmpty { found.append(range) }
          position = range.upperBound
          guard range.isEmpty else { continue }
          // On, but not into the middle of a character.
          position += 1
          while unsafe position < bytes.count && bytes[position] & 0xC0 == 0x80 { position += 1 }
        }
      }
    }
    if isGivenUp { throw .tooManySteps }
    return found
  }
}

/// Expressions, each read once; one that cannot be read matches nothing, as for MLflow.
final class ExpressionCache {
  private var expressions: [String: Result<RegularExpression, RegularExpression.Failure>] = [:]
  /// Why what was said of some text is not sure: its search was given up, or there is nothing to search with.
  private(set) var failure: RegularExpression.Failure?

  func matches(_ pattern: String, _ text: String) -> Bool {
    // Nothing that is found now could be told; a thousand texts more would each take as long as the one that was too long.
    guard failure == nil else { return false }
    let read = expressions[pattern] ?? Result { () throws(RegularExpression.Failure) in try RegularExpression(pattern) }
    expressions[pattern] = read
    switch read {
    case .failure(.unreadable): return false
    case .failure(let failure):
      self.failure = failure
      return false
    case .success(let expression):
      switch Task.isCancelled ? .givenUp : expression.search(text) {
      case .found: return true
      case .missing: return false
      case .givenUp:
        failure = .tooManySteps
        return false
      }
    }
  }
}
