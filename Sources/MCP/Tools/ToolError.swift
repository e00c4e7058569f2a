/// Why a tool could not answer, in words that let a model mend its call. It reaches the client as a result with
/// `isError`, not as an error of the protocol.
public struct ToolError: Error, Hashable, Sendable {
  /// The kind of failure. Extensible: further kinds are further static members.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the kind.
    public var rawValue: String

    /// A kind by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// An argument is missing, unknown, or of the wrong type or value.
    public static let invalidArguments = Code(rawValue: "invalid_arguments")
    /// What was asked for is not there.
    public static let notFound = Code(rawValue: "not_found")
    /// The store behind the tool cannot be reached or read.
    public static let unavailable = Code(rawValue: "unavailable")
    /// The work was cut off by a time limit or because the request was cancelled.
    public static let interrupted = Code(rawValue: "interrupted")
    /// Everything else.
    public static let failed = Code(rawValue: "failed")
  }

  /// The kind of failure.
  public var code: Code
  /// What is wrong.
  public var message: String
  /// What is allowed or would be right.
  public var allowed: String?
  /// An example, or the call to make next.
  public var next: String?

  /// An error from its parts.
  public init(_ code: Code, _ message: String, allowed: String? = nil, next: String? = nil) {
    self.code = code
    self.message = message
    self.allowed = allowed
    self.next = next
  }

  /// The three parts as sentences on one line.
  public var text: String { sentences([message, allowed ?? "", next ?? ""]) }
}

extension ToolError: CustomStringConvertible {
  /// The same as ``text``.
  public var description: String { text }
}
