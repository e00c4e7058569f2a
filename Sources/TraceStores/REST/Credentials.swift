#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Who asks a tracking server. Its description says only of which kind it is.
enum Credentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  case none
  case basic(user: String, password: String)
  case bearer(String)
  /// Each request is signed; the keys themselves are not sent.
  case aws(AWSKeys)

  var description: String {
    switch self {
    case .none: "no credentials"
    case .basic: "user and password"
    case .bearer: "a token"
    case .aws: "AWS keys"
    }
  }

  var debugDescription: String { description }

  /// The value of the header `Authorization`.
  var header: String? {
    switch self {
    case .none, .aws: nil
    case .basic: encoded.map { "Basic \($0)" }
    case .bearer(let token): "Bearer \(token)"
    }
  }

  private var encoded: String? {
    guard case .basic(let user, let password) = self else { return nil }
    return Data("\(user):\(password)".utf8).base64EncodedString()
  }

  /// What must not appear in a sentence.
  var secrets: [String] {
    switch self {
    case .none: []
    case .basic(_, let password): [password] + (encoded.map { [$0] } ?? [])
    case .bearer(let token): [token]
    case .aws(let keys): [keys.secretKey] + (keys.sessionToken.map { [$0] } ?? [])
    }
  }

  /// MLflow's rules: user and password, each from the environment or else from `~/.mlflow/credentials`; if one is missing,
  /// the token. A user in the URL wins over all of them, and signing for AWS over that.
  init(userInfo: String?, host: String, settings: UserSettings) throws(StoreError) {
    let environment = settings.variables
    if environment.flag("MLFLOW_TRACKING_AWS_SIGV4") {
      self = .aws(try AWSKeys(host: host, settings: settings))
      try checkHeaders()
      return
    }
    if environment.given("MLFLOW_TRACKING_AUTH") != nil {
      throw StoreError(
        .unsupported, "Authentication plug-ins of MLflow (MLFLOW_TRACKING_AUTH) are Python code and not supported",
        hint: "Use a user and password or MLFLOW_TRACKING_TOKEN")
    }
    let entries =
      settings.homeFile(".mlflow/credentials").map { INIFile.section("mlflow", of: $0, interpolates: true) } ?? [:]
    func setting(_ name: String) -> String? { environment.given(name) ?? entries[name.lowercased()] }
    if let userInfo {
      let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      self = .basic(
        user: PercentEncoding.decoded(String(parts[0])),
        password: parts.count == 2 ? PercentEncoding.decoded(String(parts[1])) : "")
    } else if let user = setting("MLFLOW_TRACKING_USERNAME"), let password = setting("MLFLOW_TRACKING_PASSWORD") {
      self = .basic(user: user, password: password)
    } else if let token = environment.given("MLFLOW_TRACKING_TOKEN") {
      self = .bearer(token)
    } else {
      self = .none
    }
    try checkHeaders()
  }

  /// A line break in a header would begin another one; NUL would end it.
  func checkHeaders() throws(StoreError) {
    let texts: [String] =
      switch self {
      case .none: []
      case .basic(let user, let password): [user, password]
      case .bearer(let token): [token]
      case .aws(let keys): [keys.accessKey, keys.secretKey, keys.region, keys.sessionToken ?? ""]
      }
    guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
      throw StoreError(
        .unsupported, "The credentials for the tracking server hold a line break or another control character",
        hint: "Check the variables and the file that they come from")
    }
  }
}
