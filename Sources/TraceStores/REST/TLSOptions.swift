/// How the server is recognised, and we by it.
struct TLSOptions: Sendable, Hashable {
  /// A file or folder of certificates to trust; nil for the system's.
  var authorities: String?
  var authoritiesAreFolder = false
  /// A PEM file with certificate and key.
  var clientCertificate: String?
  var isInsecure = false

  /// The same for a server that is not to be told who we are.
  var anonymous: TLSOptions {
    var options = self
    options.clientCertificate = nil
    return options
  }
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
