/// What a resource holds.
public struct ResourceContents: Hashable, Sendable {
  /// Text, or bytes.
  public enum Body: Hashable, Sendable {
    /// Text as it is.
    case text(String)
    /// Base64 of bytes.
    case blob(base64: String)
  }

  /// The address it was read from.
  public var uri: String
  /// The type of the body (`text/markdown`).
  public var mimeType: String
  /// The body.
  public var body: Body
  /// For how long, and by whom, it may be kept.
  public var cache: CacheHint

  /// Contents from their parts.
  public init(uri: String, mimeType: String, body: Body, cache: CacheHint) {
    self.uri = uri
    self.mimeType = mimeType
    self.body = body
    self.cache = cache
  }
}

/// For how long an answer may be kept, and whether for one user only. (Revision 2026-07-28; older ones are not told.)
public struct CacheHint: Hashable, Sendable {
  /// Milliseconds; 0 for what is out of date at once.
  public var milliseconds: Int64
  /// Whether it may be kept for one user only, as anything that holds data of theirs.
  public var isPrivate: Bool

  /// A hint from its parts.
  public init(milliseconds: Int64, isPrivate: Bool) {
    self.milliseconds = milliseconds
    self.isPrivate = isPrivate
  }

  /// What is part of the program: the same for everybody until it is started anew.
  public static let program = CacheHint(milliseconds: 3_600_000, isPrivate: false)
  /// What may have changed by the next look.
  public static let none = CacheHint(milliseconds: 0, isPrivate: true)
}

/// Something to read under an address of its own.
public struct Resource: Sendable {
  /// The address, in a scheme of the server's.
  public let uri: String
  /// The name that programs use.
  public let name: String
  /// The name shown to people.
  public let title: String
  /// What it holds.
  public let description: String
  /// The type of what it holds.
  public let mimeType: String
  let read: @Sendable () async throws(ToolError) -> ResourceContents

  /// A resource that is made when it is read.
  public init(
    uri: String, name: String, title: String, description: String, mimeType: String,
    read: @escaping @Sendable () async throws(ToolError) -> ResourceContents
  ) {
    self.uri = uri
    self.name = name
    self.title = title
    self.description = description
    self.mimeType = mimeType
    self.read = read
  }

  /// A text that is part of the program.
  public init(uri: String, name: String, title: String, description: String, mimeType: String, text: String) {
    let contents = ResourceContents(uri: uri, mimeType: mimeType, body: .text(text), cache: .program)
    self.init(uri: uri, name: name, title: title, description: description, mimeType: mimeType) { contents }
  }
}

/// Resources whose addresses have variable parts, such as `app://order/{order_id}`.
public struct ResourceTemplate: Sendable {
  /// The addresses.
  public let uriTemplate: URITemplate
  /// The name that programs use.
  public let name: String
  /// The name shown to people.
  public let title: String
  /// What they hold.
  public let description: String
  /// The type of what they hold.
  public let mimeType: String
  let completers: [String: Completer]
  let read: @Sendable (_ uri: String, _ variables: [String: String]) async throws(ToolError) -> ResourceContents

  /// A template.
  ///
  /// - Parameters:
  ///   - completers: What completes a variable, by its name.
  ///   - read: Gets the address and its variable parts, decoded. An address that leads nowhere is
  ///     ``ToolError/Code/notFound``.
  public init(
    uriTemplate: URITemplate, name: String, title: String, description: String, mimeType: String,
    completers: [String: Completer] = [:],
    read:
      @escaping @Sendable (_ uri: String, _ variables: [String: String]) async throws(ToolError) -> ResourceContents
  ) {
    self.uriTemplate = uriTemplate
    self.name = name
    self.title = title
    self.description = description
    self.mimeType = mimeType
    self.completers = completers
    self.read = read
  }
}
