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

  var description: String {
    switch self {
    case .none: "no credentials"
    case .basic: "user and password"
    case .bearer: "a token"
    }
  }

  var debugDescription: String { description }

  /// The value of the header `Authorization`.
  var header: String? {
    switch self {
    case .none: nil
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
    }
  }

  /// MLflow's rules: user and password, each from the environment or else from `~/.mlflow/credentials`; if one is missing,
  /// the token. A user in the URL wins over all of them.
  ///
  /// - Parameter file: The text of the credentials file, if there is one.
  init(userInfo: String?, environment: [String: String], file: String?) throws(StoreError) {
    if environment.flag("MLFLOW_TRACKING_AWS_SIGV4") {
      throw StoreError(
        .unsupported, "Signing requests for AWS (MLFLOW_TRACKING_AWS_SIGV4) is not supported",
        hint: "Use a user and password or MLFLOW_TRACKING_TOKEN, or read the database file directly")
    }
    if environment.given("MLFLOW_TRACKING_AUTH") != nil {
      throw StoreError(
        .unsupported, "Authentication plug-ins of MLflow (MLFLOW_TRACKING_AUTH) are Python code and not supported",
        hint: "Use a user and password or MLFLOW_TRACKING_TOKEN")
    }
    let entries = file.map(Self.entries) ?? [:]
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
    let texts: [String] =
      switch self {
      case .none: []
      case .basic(let user, let password): [user, password]
      case .bearer(let token): [token]
      }
    // A line break in a header would begin another one; NUL would end it.
    guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
      throw StoreError(
        .unsupported, "The credentials for the tracking server hold a line break or another control character",
        hint: "Check MLFLOW_TRACKING_USERNAME, _PASSWORD and _TOKEN and ~/.mlflow/credentials")
    }
  }

  /// The entries of the section `[mlflow]`, keys in lower case, as Python's configparser reads them.
  private static func entries(of file: String) -> [String: String] {
    var entries: [String: String] = [:]
    var isOurs = false
    for line in file.split(whereSeparator: \.isNewline) {
      let text = line.trimmed
      if text.first == "[" {
        isOurs = text == "[mlflow]"
      } else if isOurs, let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }), !"#;".contains(text.prefix(1)) {
        let value = text[text.index(after: mark)...].trimmed
        // configparser interpolates: a percent sign is written twice.
        entries[text[..<mark].trimmed.lowercased()] = replacing("%%", in: value, with: "%")
      }
    }
    return entries.filter { !$0.value.isEmpty }
  }

  private static func replacing(_ old: String, in text: Substring, with new: String) -> String {
    var output = ""
    var rest = text
    while let range = rest.firstRange(of: old) {
      output += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return output + rest
  }
}

/// How the server is recognised, and we by it.
struct TLSOptions: Sendable, Hashable {
  /// A file or folder of certificates to trust; nil for the system's.
  var authorities: String?
  var authoritiesAreFolder = false
  /// A PEM file with certificate and key.
  var clientCertificate: String?
  var isInsecure = false
}

extension TLSOptions {
  /// MLflow's variables, and those that the HTTP library of its Python client heeds.
  ///
  /// - Parameter isFolder: Whether a path names a folder; nil when nothing is there.
  init(environment: [String: String], isFolder: (String) -> Bool?) throws(StoreError) {
    isInsecure = environment.flag("MLFLOW_TRACKING_INSECURE_TLS")
    let own = environment.given("MLFLOW_TRACKING_SERVER_CERT_PATH")
    guard own == nil || !isInsecure else {
      throw StoreError(
        .unsupported, "MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH are both set",
        hint: "Set one of them: trust every certificate, or those of the file")
    }
    authorities = own ?? environment.given("REQUESTS_CA_BUNDLE") ?? environment.given("CURL_CA_BUNDLE")
    clientCertificate = environment.given("MLFLOW_TRACKING_CLIENT_CERT_PATH")
    for (name, path) in [("The certificates to trust", authorities), ("The client certificate", clientCertificate)] {
      guard let path else { continue }
      guard let folder = isFolder(path) else {
        throw StoreError(
          .unreadable, "\(name): there is nothing at '\(path)'",
          hint: "Check MLFLOW_TRACKING_SERVER_CERT_PATH (or REQUESTS_CA_BUNDLE) and MLFLOW_TRACKING_CLIENT_CERT_PATH")
      }
      if path == authorities { authoritiesAreFolder = folder }
    }
  }
}

extension [String: String] {
  /// The variable, unless it is empty or a placeholder that a host left unfilled.
  func given(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty || $0.hasPrefix("${user_config.") ? nil : $0 }
  }

  /// A truth value as MLflow reads it.
  func flag(_ name: String, default standard: Bool = false) -> Bool {
    given(name).map { ["true", "1"].contains($0.lowercased()) } ?? standard
  }
}

extension StringProtocol {
  /// Without blanks at either end.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}
