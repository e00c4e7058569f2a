import TraceQuery

/// Why a store could not answer. The sentences hold no credentials and no trace content.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure; new ones may come.
  public struct Code: Sendable, Hashable {
    private let name: String
    private init(_ name: String) { self.name = name }

    /// No such trace, session or experiment.
    public static let notFound = Code("notFound")
    /// The store itself is not there.
    public static let noStore = Code("noStore")
    /// The store is there and cannot be read.
    public static let unreadable = Code("unreadable")
    /// The store is of a kind, or in a state, that is not supported.
    public static let unsupported = Code("unsupported")
    /// Somebody else holds the store; the same call may work in a moment.
    public static let busy = Code("busy")
    /// The caller gave up.
    public static let cancelled = Code("cancelled")
  }

  /// The kind of failure.
  public var code: Code
  /// What is wrong and where.
  public var message: String
  /// What would be right, or what to do.
  public var hint: String?

  /// An error from its parts.
  public init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// The sentences joined.
  public var description: String { hint.map { "\(message). \($0)" } ?? message }

  /// What a failed search for a regular expression means for a store's answer.
  init(_ failure: RegularExpression.Failure) {
    switch failure {
    case .tooManySteps:
      self.init(
        .unsupported,
        "The regular expression of RLIKE was given up: on some recorded text it takes more than a million steps",
        hint: "Write it without a repetition inside a repetition, like (a+)+, or use LIKE")
    case .noLibrary:
      self.init(
        .unsupported, "RLIKE needs the library PCRE2 (libpcre2-8), which this system does not have",
        hint: "Install it (Debian: libpcre2-8-0), or use LIKE")
    case .unreadable(let words, let offset):
      self.init(
        .unsupported, "The regular expression of RLIKE is none: \(words), at byte \(offset + 1)",
        hint: "Write it in Perl's syntax, or use LIKE")
    }
  }
}
