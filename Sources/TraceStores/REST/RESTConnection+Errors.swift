import JSONText

extension RESTConnection {
  /// What is wrong with an answer, whatever was asked: no access, too many requests, an overloaded server.
  func error(ofAnyRoute answer: RESTAnswer, _ request: RESTRequest) -> StoreError? {
    let response = answer.response
    switch response.status {
    case 401:
      let given = access.credentials == .none ? "no credentials were given" : "\(access.credentials) were not accepted"
      return StoreError(
        .unreadable, "The server at \(access.base) wants a login (401): \(given)",
        hint: "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, "
          + "or write ~/.mlflow/credentials")
    case 403:
      return StoreError(
        .unreadable, "The server at \(access.base) refuses access (403)\(words(answer))",
        hint: "Ask for the right to read its experiments; behind a proxy, check that the host name is allowed")
    case 407:
      return StoreError(
        .unreadable, "The proxy in front of \(access.base) wants a login (407)",
        hint: "Write it into the proxy variable: https_proxy=http://user:password@proxy:port, or set no_proxy")
    case 429:
      let seconds = RetryPolicy.retryAfter(response).map { ", and asks to wait \(Int($0.rounded(.up))) s" } ?? ""
      return StoreError(
        .busy, "The server at \(access.base) gets too many requests (429)\(seconds)", hint: "Call again later")
    case 408, 502, 503, 504:
      return StoreError(
        .busy, "The server at \(access.base) is not available (\(response.status))\(words(answer))",
        hint: "Call again in a moment; if it stays, look at the server or the proxy in front of it")
    default: return nil
    }
  }

  /// An answer that is not what the route gives.
  func error(_ answer: RESTAnswer, _ request: RESTRequest) -> StoreError {
    let status = answer.response.status
    let route = "\(request.method.rawValue) \(request.path)"
    if status == 200 {
      let kind = answer.response.headers["content-type"].map { access.harmless($0, limit: 60) } ?? "of unknown type"
      return StoreError(
        .unreadable, "The answer of \(access.base) to \(route) is not MLflow's JSON (\(kind))",
        hint: "Is this the address of an MLflow server? A login page or a proxy may answer in its place")
    }
    if answer.isMissingRoute {
      return StoreError(
        .unsupported, "The server at \(access.base) does not know \(route) (\(status))",
        hint: "Check the address: a path prefix belongs to it, and the server has to be MLflow 2.14 or later")
    }
    return StoreError(
      .unreadable, "The server at \(access.base) answered \(route) with \(status)\(words(answer))",
      hint: status >= 500 ? "The server's log says more" : nil)
  }

  /// What MLflow, or a plain sentence, says of it.
  private func words(_ answer: RESTAnswer) -> String {
    if let code = answer.errorCode {
      let message = answer.root?["message"]?.string ?? ""
      return ": \(access.harmless(code, limit: 60))" + (message.isEmpty ? "" : ", \(access.harmless(message))")
    }
    let body = answer.response.body
    guard (1...200).contains(body.count), !body.contains(UInt8(ascii: "<")) else { return "" }
    return ": \(access.harmless(String(decoding: body, as: UTF8.self).trimmed.description))"
  }

  /// No answer at all.
  func storeError(_ failure: HTTPFailure) -> StoreError {
    let detail = access.harmless(failure.detail)
    switch failure.kind {
    case .cancelled: return StoreError(.cancelled, "The call was cancelled")
    case .timeout: return timedOut()
    case .resolve:
      return StoreError(
        .noStore, "The host of \(access.base) is not known (\(detail))",
        hint: "Check the address in --tracking-uri or MLFLOW_TRACKING_URI, and the network")
    case .connect:
      return StoreError(
        .noStore, "No server answers at \(access.base) (\(detail))",
        hint: "Is it running? It is started with: mlflow server --port …")
    case .tls:
      return StoreError(
        .unreadable, "No secure connection to \(access.base) (\(detail))",
        hint: "For a private authority set MLFLOW_TRACKING_SERVER_CERT_PATH to its certificates")
    case .cutOff:
      return StoreError(
        .busy, "The answer of \(access.base) broke off (\(detail))",
        hint: "Call again; if it stays, look at the server or the proxy in front of it")
    case .tooLarge:
      return StoreError(.unsupported, "An answer of \(access.base) is too large: \(detail)")
    case .noLibrary:
      return StoreError(
        .unsupported, "Tracking servers need libcurl: \(detail)",
        hint: "Install it (Debian, Ubuntu: apt-get install libcurl4), or read the database file directly")
    case .other: return StoreError(.unreadable, "The request to \(access.base) failed (\(detail))")
    }
  }

  func timedOut() -> StoreError {
    let seconds = access.retry.timeout / .seconds(1)
    return StoreError(
      .busy,
      "The server at \(access.base) did not answer within \(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") s",
      hint: "Call again, ask for less, or set MLFLOW_HTTP_REQUEST_TIMEOUT to more seconds")
  }

  /// Where a redirect may be followed to: the same server, with credentials; nowhere else.
  func target(of response: HTTPResponse, from url: String, count: Int) throws(StoreError) -> String {
    guard access.allowsRedirects else {
      throw StoreError(
        .unreadable,
        "The server at \(access.base) redirects (\(response.status)), which MLFLOW_ALLOW_HTTP_REDIRECTS forbids",
        hint: "Give the final address")
    }
    guard let target = response.redirectURL, let there = Origin(target), let here = Origin(url) else {
      throw StoreError(
        .unreadable, "The server at \(access.base) redirects (\(response.status)) to no readable address")
    }
    guard here.mayPassCredentials(to: there) else {
      throw StoreError(
        .unreadable,
        "The server at \(access.base) redirects to another one, \(access.harmless("\(there.scheme)://\(there.host):\(there.port)"))",
        hint: "It may want a login in a browser; if the server has moved, give its new address. "
          + "Redirects to other servers are not followed, so that no credentials go there")
    }
    guard count <= 5 else {
      throw StoreError(.unreadable, "The server at \(access.base) redirects in a circle")
    }
    return target
  }
}
