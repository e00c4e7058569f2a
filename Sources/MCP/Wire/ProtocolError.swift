package import JSONText

/// An error of the protocol, as opposed to a tool's: the `error` member of a JSON-RPC answer.
package struct ProtocolError: Error, Hashable, Sendable {
  /// The codes of JSON-RPC 2.0. Extensible: MCP adds its own by revision.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// The line is no JSON.
    package static let parseError = Code(rawValue: -32700)
    /// JSON, but no message.
    static let invalidRequest = Code(rawValue: -32600)
    /// No such method here.
    static let methodNotFound = Code(rawValue: -32601)
    /// The method does not take these parameters.
    static let invalidParams = Code(rawValue: -32602)
    /// A mistake of ours.
    static let internalError = Code(rawValue: -32603)
    /// None of our revisions is the one that the request names (since 2026-07-28).
    static let unsupportedProtocolVersion = Code(rawValue: -32022)
  }

  package var code: Code
  /// One short sentence.
  package var message: String
  /// What a program may want to know.
  package var data: JSON?

  package init(_ code: Code, _ message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }
}
