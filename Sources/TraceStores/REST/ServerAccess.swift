#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A tracking server: where it is and how it is spoken to.
package struct ServerAccess: Sendable {
  /// Scheme, host, port and path, without a slash at the end and without credentials.
  let base: String
  let credentials: Credentials
  let tls: TLSOptions
  let retry: RetryPolicy
  let allowsRedirects: Bool
  /// The workspace that the user works in, where the server has several.
  let workspace: String?
  /// Databricks keeps spans in files that it signs addresses for.
  let isDatabricks: Bool
  /// The proxy that libcurl does not find by itself.
  let proxy: String?

  /// Reads MLflow's variables and credentials file.
  package init(uri: String, settings: UserSettings) throws(StoreError) {
    let (base, userInfo) = Self.split(uri)
    guard let origin = Origin(base) else {
      throw StoreError(
        .noStore, "'\(base)' names no host", hint: "Write the address of the MLflow server, like http://host:5000")
    }
    try self.init(
      base: base, credentials: Credentials(userInfo: userInfo, host: origin.host, settings: settings),
      settings: settings, isDatabricks: false)
  }

  /// A server whose credentials are known, with MLflow's variables for everything else.
  init(base: String, credentials: Credentials, settings: UserSettings, isDatabricks: Bool) throws(StoreError) {
    let environment = settings.variables
    self.base = base
    self.credentials = credentials
    self.isDatabricks = isDatabricks
    tls = try TLSOptions(environment: environment) { path in FileStatus(path).map { $0.kind == .folder } }
    retry = RetryPolicy(environment: environment)
    allowsRedirects = environment.flag("MLFLOW_ALLOW_HTTP_REDIRECTS", default: true)
    let workspace = isDatabricks ? "" : (environment.given("MLFLOW_WORKSPACE") ?? "").trimmed
    guard workspace.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw StoreError(.unsupported, "MLFLOW_WORKSPACE holds a line break or another control character")
    }
    self.workspace = workspace.isEmpty ? nil : String(workspace)
    // libcurl heeds the small spelling only, MLflow's client both.
    let isKnownToCurl = ["http_proxy", "all_proxy", "ALL_PROXY"].contains { environment.given($0) != nil }
    proxy = base.hasPrefix("http://") && !isKnownToCurl ? environment.given("HTTP_PROXY") : nil
  }

  /// A place that a server has signed an address for: without our credentials.
  init(storageAt base: String, askedBy server: ServerAccess) {
    self.base = base
    credentials = .none
    (isDatabricks, workspace) = (false, nil)
    (tls, retry, allowsRedirects, proxy) = (server.tls.anonymous, server.retry, server.allowsRedirects, server.proxy)
  }

  /// What precedes the last `@` is user info even if the password holds a slash: better than to show it as a path.
  static func split(_ uri: String) -> (base: String, userInfo: String?) {
    guard let mark = uri.firstRange(of: "://") else { return (uri, nil) }
    let rest = uri[mark.upperBound...]
    let at = rest.lastIndex(of: "@")
    var address = (at.map { rest[rest.index(after: $0)...] } ?? rest).prefix { $0 != "?" && $0 != "#" }
    while address.last == "/" { address = address.dropLast() }
    return (uri[..<mark.lowerBound].lowercased() + "://" + address, at.map { String(rest[..<$0]) })
  }

  /// The text without anything secret, in one line, cut.
  func harmless(_ text: String, limit: Int = 300) -> String {
    var output = text
    for secret in credentials.secrets where !secret.isEmpty {
      // Replacing would never end if the replacement held the secret.
      if "[hidden]".contains(secret) { return "(not shown)" }
      while let range = output.firstRange(of: secret) { output.replaceSubrange(range, with: "[hidden]") }
    }
    let line = output.unicodeScalars.prefix(limit).map { scalar -> Character in
      scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        ? " " : Character(scalar)
    }
    return String(line)
  }
}

/// The server of a URL: what credentials belong to.
struct Origin: Hashable {
  var scheme: String
  var host: String
  var port: Int

  init?(_ url: String) {
    guard let mark = url.firstRange(of: "://") else { return nil }
    scheme = url[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    var authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
    // User info is nothing to be sent anywhere: an address that brings some is nobody's.
    guard !authority.contains("@") else { return nil }
    let colon = authority.lastIndex(of: ":")
    let isPort = colon.map { !authority[$0...].contains("]") } ?? false
    if let colon, isPort {
      guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
        return nil
      }
      port = number
      authority = authority[..<colon]
    } else {
      port = scheme == "https" ? 443 : 80
    }
    host = authority.lowercased()
    guard !host.isEmpty else { return nil }
  }

  /// Whether credentials for `self` may be sent there: the same server, or the same host with encryption added.
  func mayPassCredentials(to other: Origin) -> Bool {
    self == other
      || (host == other.host && scheme == "http" && other.scheme == "https" && (port == 80 && other.port == 443))
  }
}
