import JSONText

/// A question to the server, in terms of MLflow's routes.
struct RESTRequest: Sendable {
  var method = HTTPRequest.Method.get
  /// From the base address, beginning with a slash; escaped where need be.
  var path: String
  var query: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)] = []
  var body: JSON?
  /// Whether it is asked of the user's workspace, and not of the server.
  var isInWorkspace = true

  static func get(_ path: String, _ query: (name: String, value: String)...) -> RESTRequest {
    RESTRequest(path: path, query: query)
  }

  static func post(_ path: String, _ body: JSON) -> RESTRequest {
    RESTRequest(method: .post, path: path, body: body)
  }

  /// Everything but letters, digits and `-._~` as percent escapes.
  static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { output, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        output.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        output += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
  }
}

/// The server's answer, with its JSON if that is what it sent.
struct RESTAnswer: Sendable {
  var response: HTTPResponse
  /// Nil when the body is no JSON object.
  var root: JSONValue?

  init(_ response: HTTPResponse) {
    self.response = response
    // MLflow's clients take an empty answer, and a plain OK, for an empty object.
    let isEmpty = response.status == 200 && (response.body.isEmpty || response.body == Array("OK".utf8))
    let root = (try? JSONDocument(isEmpty ? Array("{}".utf8) : response.body))?.root
    self.root = root?.kind == .object ? root : nil
  }

  /// MLflow's own error code, if it is MLflow that refuses.
  var errorCode: String? { root?["error_code"]?.string }

  /// No such route: servers before the route's release say so in HTML, or with nothing at all.
  var isMissingRoute: Bool { (response.status == 404 || response.status == 405) && root == nil }

  /// The question was understood and there is no such thing.
  var isNotFound: Bool { response.status == 404 && root != nil }

  /// The filter, the order or a value was not understood.
  var isRefused: Bool { response.status == 400 && errorCode != nil }
}

/// Asks a tracking server: retries, redirects, and answers that are nobody's to use become errors here.
package struct RESTConnection: Sendable {
  let access: ServerAccess
  let client: any HTTPClient
  private let workspace: Workspace?

  package init(access: ServerAccess, client: any HTTPClient) {
    self.access = access
    self.client = client
    workspace = access.workspace.map { Workspace(name: $0) }
  }

  /// The answer of MLflow, or of what stands in its place. No access and overload are errors already.
  func ask(_ request: RESTRequest) async throws(StoreError) -> RESTAnswer {
    if let workspace { try await workspace.confirm { () async throws(StoreError) in try await send(.workspaceProbe) } }
    return try await send(request)
  }

  private func send(_ request: RESTRequest) async throws(StoreError) -> RESTAnswer {
    let answer = RESTAnswer(try await exchange(request))
    if let error = error(ofAnyRoute: answer, request) { throw error }
    return answer
  }

  /// The JSON of an answer that has to be there.
  func json(_ request: RESTRequest) async throws(StoreError) -> JSONValue {
    let answer = try await ask(request)
    guard answer.response.status == 200, let root = answer.root else { throw error(answer, request) }
    return root
  }

  // MARK: Sending

  private func exchange(_ request: RESTRequest) async throws(StoreError) -> HTTPResponse {
    let clock = ContinuousClock()
    let deadline = clock.now + access.retry.timeout
    var message = HTTPRequest(method: request.method, url: url(request), timeout: access.retry.timeout)
    message.headers = [("Accept", "application/json")] + request.headers
    // Written here and not left to libcurl, which would put user and password into the URLs it resolves redirects to.
    if let value = access.credentials.header { message.headers.append(("Authorization", value)) }
    if case .aws(let keys) = access.credentials {
      message.signing = keys
      if let token = keys.sessionToken { message.headers.append(("X-Amz-Security-Token", token)) }
    }
    if let name = access.workspace, request.isInWorkspace { message.headers.append((Workspace.header, name)) }
    if let body = request.body {
      message.body = body.bytes
      message.headers.append(("Content-Type", "application/json"))
    }
    var retries = 0
    var redirects = 0
    while true {
      message.timeout = clock.now.duration(to: deadline)
      guard message.timeout > .zero else { throw timedOut() }
      let delay: Duration
      switch await attempt(message) {
      case .success(let response) where response.isRedirect:
        redirects += 1
        message.url = try target(of: response, from: message.url, count: redirects)
        continue
      case .success(let response):
        guard let wait = access.retry.delay(after: response, retries: retries), clock.now + wait < deadline else {
          return response
        }
        delay = wait
      case .failure(let failure):
        guard let wait = access.retry.delay(after: failure, retries: retries), clock.now + wait < deadline else {
          throw storeError(failure)
        }
        delay = wait
      }
      retries += 1
      do {
        try await clock.sleep(for: delay)
      } catch {
        throw StoreError(.cancelled, "The call was cancelled")
      }
    }
  }

  private func attempt(_ message: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
    do throws(HTTPFailure) {
      return .success(try await client.send(message))
    } catch {
      return .failure(error)
    }
  }

  private func url(_ request: RESTRequest) -> String {
    // In the order that signatures are made of; only values of one name depend on theirs.
    let sorted = request.query.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
    let query = sorted.map(\.element).map { "\(RESTRequest.escaped($0.name))=\(RESTRequest.escaped($0.value))" }
    return access.base + request.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }
}
