/// What requests to a server behind AWS's API Gateway are signed with (Signature Version 4).
struct AWSKeys: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  var accessKey: String
  var secretKey: String
  /// Of temporary keys; sent with each request.
  var sessionToken: String?
  var region: String

  /// The service that MLflow's client signs for.
  static let service = "execute-api"

  var description: String { "AWS keys" }
  var debugDescription: String { description }

  /// The variables of AWS's tools, then the profile in their files. The region may also be read off the host.
  init(host: String, settings: UserSettings) throws(StoreError) {
    let environment = settings.variables
    let profile = environment.given("AWS_PROFILE") ?? "default"
    func section(_ variable: String, _ standard: String, _ name: String) -> [String: String] {
      settings.file(environment.given(variable) ?? standard).map { INIFile.section(name, of: $0) } ?? [:]
    }
    let configuration = section(
      "AWS_CONFIG_FILE", "~/.aws/config", profile == "default" ? profile : "profile \(profile)")
    var keys = (
      access: environment.given("AWS_ACCESS_KEY_ID"), secret: environment.given("AWS_SECRET_ACCESS_KEY"),
      token: environment.given("AWS_SESSION_TOKEN")
    )
    if keys.access == nil || keys.secret == nil {
      let entries = configuration.merging(
        section("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", profile)
      ) { $1 }
      keys = (entries["aws_access_key_id"], entries["aws_secret_access_key"], entries["aws_session_token"])
    }
    guard let access = keys.access, let secret = keys.secret else {
      throw StoreError(
        .unsupported, "MLFLOW_TRACKING_AWS_SIGV4 is set, but no access key was found",
        hint:
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or AWS_PROFILE to a profile that "
          + "has keys; single sign-on and assumed roles are not supported: aws configure export-credentials writes keys"
      )
    }
    guard
      let region = environment.given("AWS_REGION") ?? environment.given("AWS_DEFAULT_REGION") ?? configuration["region"]
        ?? Self.region(ofHost: host)
    else {
      throw StoreError(
        .unsupported, "MLFLOW_TRACKING_AWS_SIGV4 is set, but no region was found", hint: "Set AWS_REGION")
    }
    (accessKey, secretKey, sessionToken, self.region) = (access, secret, keys.token, region)
  }

  /// `eu-west-1` of `abc.execute-api.eu-west-1.amazonaws.com`.
  private static func region(ofHost host: String) -> String? {
    let parts = host.split(separator: ".")
    guard let place = parts.firstIndex(of: "execute-api"), place + 1 < parts.count else { return nil }
    return parts[place + 1] == "amazonaws" ? nil : String(parts[place + 1])
  }
}
