/// When a request is sent again, and how long all of it may take.
struct RetryPolicy: Sendable, Hashable {
  /// For all attempts at one request, waiting included.
  var timeout: Duration = .seconds(30)
  var maximumRetries = 3
  /// Seconds; doubled with each retry.
  var backoffFactor = 0.25
  var heedsRetryAfter = true

  /// The longest wait between two attempts, as MLflow bounds it.
  private static let longestDelay = 120.0
  private static let statuses: Set<Int> = [408, 429, 500, 502, 503, 504]

  /// MLflow's variables. Its defaults (120 s, 7 retries) are those of a training run; somebody who waits for an answer is
  /// told sooner.
  init(environment: [String: String]) {
    func number(_ name: String) -> Double? {
      environment.given("MLFLOW_HTTP_REQUEST_\(name)").flatMap { Double($0) }.flatMap { $0 >= 0 && $0 < 1e6 ? $0 : nil }
    }
    if let seconds = number("TIMEOUT"), seconds > 0 { timeout = .seconds(seconds) }
    if let count = number("MAX_RETRIES") { maximumRetries = Int(min(count, 10)) }
    if let factor = number("BACKOFF_FACTOR") { backoffFactor = min(factor, Self.longestDelay) }
    heedsRetryAfter = environment.flag("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", default: true)
  }

  /// How long to wait before an attempt after this answer; nil when it is the last word.
  ///
  /// - Parameter retries: Retries made so far.
  func delay(after response: HTTPResponse, retries: Int) -> Duration? {
    guard retries < maximumRetries, Self.statuses.contains(response.status) else { return nil }
    // MLflow says so of traces whose spans are files; asking again will not change it.
    if response.status == 500, String(decoding: response.body.prefix(4_096), as: UTF8.self).contains(Self.elsewhere) {
      return nil
    }
    if heedsRetryAfter, let seconds = Self.retryAfter(response) { return .seconds(seconds) }
    return backoff(retries)
  }

  /// How long to wait before an attempt after a failure; nil when another attempt would hardly go better.
  func delay(after failure: HTTPFailure, retries: Int) -> Duration? {
    failure.kind == .cutOff && retries < maximumRetries ? backoff(retries) : nil
  }

  /// Seconds of the header; its form with a date is left to the backoff.
  static func retryAfter(_ response: HTTPResponse) -> Double? {
    response.headers["retry-after"].flatMap { Double($0) }.flatMap { $0 >= 0 && $0 < 1e6 ? $0 : nil }
  }

  static let elsewhere = "Trace data not stored in tracking store"

  private func backoff(_ retries: Int) -> Duration {
    .seconds(min(backoffFactor * Double(1 << min(retries, 20)), Self.longestDelay))
  }
}
