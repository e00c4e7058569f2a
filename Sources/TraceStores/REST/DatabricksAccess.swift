/// Which Databricks workspace a URI means, and its token: `databricks`, `databricks://profile`.
///
/// The rules are those of Databricks' own tools: a profile of `~/.databrickscfg` if one is named, else the variables, else
/// the profile `DEFAULT`. Only tokens, and users with password, can be used.
enum DatabricksAccess {
  /// The server of a URI that begins with `databricks`.
  static func access(uri: String, settings: UserSettings) throws(StoreError) -> ServerAccess {
    let environment = settings.variables
    let name = uri.firstRange(of: "://").map { uri[$0.upperBound...].drop { $0 == "/" }.prefix { $0 != "/" } } ?? ""
    guard !name.contains(":") else {
      throw StoreError(
        .unsupported, "Databricks' secret scopes (\(uri)) are not supported",
        hint: "Name a profile of ~/.databrickscfg: databricks://profile")
    }
    let profile = name.isEmpty ? environment.given("DATABRICKS_CONFIG_PROFILE") : String(name)
    let path = environment.given("DATABRICKS_CONFIG_FILE") ?? "~/.databrickscfg"
    let text = settings.file(path)
    let ofFile = text.map { INIFile.section(profile ?? "DEFAULT", of: $0) } ?? [:]
    if let profile, ofFile.isEmpty {
      throw StoreError(
        .noStore,
        text == nil ? "There is no file \(path) with the profile '\(profile)'" : "\(path) has no profile '\(profile)'",
        hint: "Make it with: databricks configure, or set DATABRICKS_HOST and DATABRICKS_TOKEN")
    }
    let ofEnvironment = Dictionary(
      ["host", "token", "username", "password", "client_id", "auth_type"].compactMap { key in
        environment.given("DATABRICKS_\(key.uppercased())").map { (key, $0) }
      }
    ) { $1 }
    // Who names a profile means it; who does not means the variables, if they tell the host.
    let isFile = profile != nil || ofEnvironment["host"] == nil
    let entries = isFile ? ofEnvironment.merging(ofFile) { $1 } : ofEnvironment
    let source = isFile ? "the profile '\(profile ?? "DEFAULT")' of \(path)" : "DATABRICKS_HOST"
    guard let host = entries["host"] else {
      throw StoreError(
        .noStore, "No Databricks workspace is set",
        hint: "Set DATABRICKS_HOST and DATABRICKS_TOKEN, or make a profile with: databricks configure")
    }
    return try ServerAccess(
      base: try base(host, source), credentials: try credentials(entries, source), settings: settings,
      isDatabricks: true)
  }

  private static func base(_ host: String, _ source: String) throws(StoreError) -> String {
    let (base, userInfo) = ServerAccess.split(host.contains("://") ? host : "https://\(host)")
    guard userInfo == nil, Origin(base) != nil else {
      throw StoreError(
        .noStore, "The host of \(source) is no address", hint: "It looks like https://name.cloud.databricks.com")
    }
    return base
  }

  private static func credentials(_ entries: [String: String], _ source: String) throws(StoreError) -> Credentials {
    let credentials: Credentials
    if let token = entries["token"] {
      credentials = .bearer(token)
    } else if let user = entries["username"], let password = entries["password"] {
      credentials = .basic(user: user, password: password)
    } else {
      let isOAuth = entries["client_id"] != nil || entries["auth_type"] != nil
      throw StoreError(
        .unsupported,
        isOAuth
          ? "Logging in to Databricks by OAuth (\(source)) is not supported"
          : "There is no token for the Databricks workspace of \(source)",
        hint: "Set DATABRICKS_TOKEN, or 'token' in the profile, to a personal access token; "
          + "databricks auth token prints one that lasts an hour")
    }
    try credentials.checkHeaders()
    return credentials
  }
}
