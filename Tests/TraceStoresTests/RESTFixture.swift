import Foundation
import JSONText
import TraceModel
import TraceStores

/// A tracking server in miniature: one experiment, some traces of one span each.
struct RESTFixture: Sendable {
  var count = 3
  var version = 3
  /// Since 3.9 the route has a number of its own.
  var hasNewArtifactRoute = true
  var artifactsFail = false
  var acceptsSpanFilter = true
  /// MLflow 3.17 hands out a token behind the last trace when a page is just full.
  var hasTokenBehindLast = false
  /// Since 3.9.
  var hasMetrics = false

  static func id(_ number: Int) -> String {
    "tr-" + String(repeating: "0", count: 30) + (number < 10 ? "0" : "") + "\(number)"
  }

  static func span(_ number: Int, failed: Bool) -> String {
    """
    {"trace_id":"AAAAAAAAAAAAAAAAAAAAAA==","span_id":"AAAAAAAAA\(number % 10)A=","parent_span_id":null,"name":"root\(number)",\
    "start_time_unix_nano":\(number + 1)000000,"end_time_unix_nano":\(number + 2)000000,"events":[],\
    "status":{"code":"STATUS_CODE_\(failed ? "ERROR" : "OK")","message":""},"attributes":{},"links":[]}
    """
  }

  /// Traces 0, 2, 4, … have a span that failed.
  func reply(_ request: RESTServer.Request) -> RESTServer.Reply {
    switch request.path {
    case "/version": return .answer(200, version == 3 ? "3.18.0" : "2.22.0", headers: ["Content-Type": "text/plain"])
    case "/api/2.0/mlflow/experiments/search":
      return .answer(200, #"{"experiments":[{"experiment_id":"1","name":"shop","lifecycle_stage":"active"}]}"#)
    case "/api/3.0/mlflow/traces/search" where version == 3:
      guard let root = try? JSONDocument(request.body).root else {
        return .error(400, "INVALID_PARAMETER_VALUE", "no JSON")
      }
      guard root["locations"]?.count != 0 else { return .answer(200, "{}") }
      return search(
        filter: root["filter"]?.string ?? "", count: Int(root["max_results"]?.int64 ?? 0),
        token: root["page_token"]?.string)
    case "/api/2.0/mlflow/traces":
      let items = URLComponents(string: request.target)?.queryItems ?? []
      func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
      return search(
        filter: value("filter") ?? "", count: Int(value("max_results") ?? "") ?? 0, token: value("page_token"))
    case "/api/3.0/mlflow/traces/metrics" where hasMetrics:
      let number = request.body.contains("trace.status = 'ERROR'") ? 0 : count
      return .answer(
        200, number == 0 ? "{}" : #"{"data_points":[{"metric_name":"trace_count","values":{"COUNT":\#(number).0}}]}"#)
    case "/ajax-api/3.0/mlflow/get-trace-artifact" where !hasNewArtifactRoute: return .html(404)
    case "/ajax-api/2.0/mlflow/get-trace-artifact", "/ajax-api/3.0/mlflow/get-trace-artifact":
      if artifactsFail { return .error(500, "INTERNAL_ERROR", "Trace data not stored in tracking store") }
      guard let number = number(request.target) else { return .error(404, "RESOURCE_DOES_NOT_EXIST", "no") }
      return .answer(200, #"{"spans":[\#(Self.span(number, failed: number % 2 == 0))]}"#)
    case "/api/3.0/mlflow/traces/get" where version == 3 && number(request.target) != nil:
      return .answer(
        200,
        #"{"trace":{"trace_info":{},"spans":[{"trace_id":"AAAAAAAAAAAAAAAAAAAAAA==","span_id":"AAAAAAAAAAE=","name":"otlp","start_time_unix_nano":1,"status":{},"attributes":[]}]}}"#
      )
    default: return single(request)
    }
  }

  private func single(_ request: RESTServer.Request) -> RESTServer.Reply {
    let prefix = version == 3 ? "/api/3.0/mlflow/traces/tr-" : "/api/2.0/mlflow/traces/tr-"
    guard request.method == "GET", request.path.hasPrefix(prefix) else { return .html(404) }
    guard let number = number(request.path) else { return .error(404, "RESOURCE_DOES_NOT_EXIST", "Trace not found") }
    return .answer(
      200, version == 3 ? #"{"trace":{"trace_info":\#(info(number))}}"# : #"{"trace_info":\#(info(number))}"#)
  }

  private func search(filter: String, count: Int, token: String?) -> RESTServer.Reply {
    if filter.contains("span.") && !acceptsSpanFilter {
      return .error(400, "INVALID_PARAMETER_VALUE", "Invalid entity type 'span'")
    }
    guard (1...500).contains(count) else { return .error(400, "INVALID_PARAMETER_VALUE", "max_results") }
    // 0 is the newest.
    var numbers = Array(0..<self.count)
    if filter.contains("span.status = 'ERROR'") { numbers = numbers.filter { $0 % 2 == 0 } }
    let offset =
      token.flatMap { Data(base64Encoded: $0) }
      .flatMap { try? JSONDocument(Array($0)).root["offset"]?.int64 }.map { Int($0) } ?? 0
    let page = numbers.dropFirst(offset).prefix(count).map(info).joined(separator: ",")
    let next = Data(#"{"offset": \#(offset + count)}"#.utf8).base64EncodedString()
    return .answer(
      200,
      #"{"traces":[\#(page)]\#(offset + count < numbers.count + (hasTokenBehindLast ? 1 : 0) ? #","next_page_token":"\#(next)""# : "")}"#
    )
  }

  private func info(_ number: Int) -> String {
    let time = 1_000_000 - number
    return version == 3
      ? """
      {"trace_id":"\(Self.id(number))","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"1"}},\
      "request_time":"\(Timestamp(milliseconds: Int64(time)).rfc3339)","execution_duration":"0.5s",\
      "state":"OK","tags":{"mlflow.traceName":"name\(number)"}}
      """
      : """
      {"request_id":"\(Self.id(number))","experiment_id":"1","timestamp_ms":\(time),"execution_time_ms":5,"status":"OK",\
      "request_metadata":[],"tags":[{"key":"mlflow.traceName","value":"name\(number)"}]}
      """
  }

  private func number(_ text: String) -> Int? {
    guard let start = text.range(of: "tr-") else { return nil }
    return Int(text[start.upperBound...].prefix { $0.isNumber }).flatMap { $0 < count ? $0 : nil }
  }
}

extension StoreLocator {
  /// The store at an address, with variables that make its tests quick.
  static func server(_ uri: String, _ environment: [String: String] = [:]) throws -> any TraceStore {
    let quick = ["MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.01", "NO_PROXY": "127.0.0.1"]
    return try StoreLocator(
      option: uri, environment: quick.merging(environment) { $1 }, workingDirectory: "/nowhere"
    ).open()
  }
}
