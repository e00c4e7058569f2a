/// Sends one request and hands back the answer, whatever its status. It neither retries nor follows redirects, and it keeps
/// no cookies: what a request carries is what it was given.
package protocol HTTPClient: Sendable {
  /// Sends a request. A cancelled task ends it within milliseconds.
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// A request. Its description is not for people: it may hold credentials.
package struct HTTPRequest: Sendable {
  /// The methods that reading needs.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method: Method
  /// Whole, without user info.
  package var url: String
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]?
  /// Keys to sign with, as AWS's API Gateway wants it.
  var signing: AWSKeys?
  /// For everything from the connection to the last byte of the body.
  var timeout: Duration
}

/// An answer.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// By name in lower case; of several of one name, the last.
  package var headers: [String: String] = [:]
  package var body: [UInt8] = []
  /// Where it redirects to, as a whole URL.
  package var redirectURL: String?

  package init(status: Int, headers: [String: String] = [:], body: [UInt8] = [], redirectURL: String? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.redirectURL = redirectURL
  }

  var isRedirect: Bool { (301...303).contains(status) || status == 307 || status == 308 }
}

/// Why there is no answer.
package struct HTTPFailure: Error, Sendable, Hashable {
  /// What kind of failure.
  enum Kind: Sendable {
    case resolve, connect, tls, timeout, cutOff, tooLarge, cancelled, noLibrary, other
  }

  var kind: Kind
  /// In the library's words, without credentials.
  var detail: String
}
