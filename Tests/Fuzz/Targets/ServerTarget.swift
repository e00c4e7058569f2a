import JSONText
import Synchronization
import TraceModel
import TraceQuery
import TraceStores

extension FuzzTarget {
  static let server = FuzzTarget(
    "server", "a tracking server that answers anything: an answer or an error, after so many requests",
    shape: .jsonLines,
    words: SpanChecks.keys + [
      "next_page_token", "experiments", "experiment_id", "lifecycle_stage", "traces", "trace_infos", "error_code",
      "message",
      "data_points", "metric_name", "values", "COUNT", "STATUS 404", "STATUS 500", "STATUS 302", "not_found_trace_ids",
      "version",
    ], maximumLength: 8_000,
    seeds: { corpus in
      let infos = corpus.documents(upTo: 4_000, atMost: 40).compactMap { document -> String? in
        guard let root = try? JSONDocument(document).root, let info = root["info"] else { return nil }
        let text = String(decoding: info.rawBytes, as: UTF8.self)
        let spans = String(decoding: (root["data"]?["spans"] ?? .null).rawBytes, as: UTF8.self)
        return """
          {"experiments":[{"experiment_id":"1","name":"shop","lifecycle_stage":"active"}],"next_page_token":"a"}
          {"experiments":[],"traces":[\(text)],"next_page_token":"b"}
          {"traces":[\(text)],"trace":{"trace_info":\(text),"spans":\(spans)}}
          {"spans":\(spans),"trace_info":\(text),"data_points":[{"metric_name":"trace_count","values":{"COUNT":3}}]}
          {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no","STATUS":404}
          """
      }
      // The first two alone are pages without end, each of which names another.
      return infos.flatMap { info in [info, info.split(separator: "\n").prefix(2).joined(separator: "\n")] }
        .map { Array($0.utf8) }
    },
    check: { bytes in
      var numbers = SeededNumbers(digest(bytes))
      let answers = ServerChecks.answers(bytes)
      let variables = ["MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"]
      guard let access = try? ServerAccess(uri: "http://127.0.0.1:1", settings: UserSettings(variables: variables))
      else {
        throw Violation("no access")
      }
      let client = ServerChecks.Client(answers: answers)
      let store = RESTStore(
        connection: RESTConnection(access: access, client: client), storageClient: client,
        location: StoreLocation(uri: "http://127.0.0.1:1", reason: "fuzzing"))
      let (question, offset) = (numbers.pick(7), [0, 30, 1 << 53][numbers.pick(3)])
      let trouble = try waiting { await ServerChecks.ask(store, question, offset: offset) }
      if let trouble { throw Violation(trouble) }
      try hold(
        client.count.withLock { $0 } < ServerChecks.fewRequests,
        "question \(question) takes more than \(ServerChecks.fewRequests) requests")
    })
}

enum ServerChecks {
  /// No question of these takes so many, whatever the server says.
  static let fewRequests = 12_000

  /// Hands out the answers in turn, again and again, and nothing any more after too many.
  final class Client: HTTPClient {
    private let answers: [HTTPResponse]
    let count = Mutex(0)

    init(answers: [HTTPResponse]) { self.answers = answers }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      let number = count.withLock { count in
        count += 1
        return count
      }
      guard number < ServerChecks.fewRequests, !answers.isEmpty else { return HTTPResponse(status: 404) }
      return answers[(number - 1) % answers.count]
    }
  }

  /// One answer a line; a member `STATUS` says which status it has.
  static func answers(_ bytes: [UInt8]) -> [HTTPResponse] {
    bytes.split(separator: UInt8(ascii: "\n")).map { line in
      let status = (try? JSONDocument(Array(line)))?.root["STATUS"]?.int64 ?? 200
      return HTTPResponse(
        status: (200...599).contains(status) ? Int(status) : 200, headers: ["content-type": "application/json"],
        body: Array(line), redirectURL: status == 302 ? "http://127.0.0.1:1/elsewhere" : nil)
    }
  }

  /// Nil, or what should not be.
  static func ask(_ store: RESTStore, _ question: Int, offset: Int) async -> String? {
    do throws(StoreError) {
      switch question {
      case 0: _ = try await store.experiments()
      case 1: _ = try await store.search(TraceQuery(limit: 20))
      case 2:
        _ = try await store.search(
          TraceQuery(conditions: [.session("s"), .hasErrorSpans(true)], limit: 5, offset: offset))
      case 3: _ = try await store.trace(TraceID("tr-00000000000000000000000000000000"))
      case 4: _ = try await store.traceIDs(withPrefix: "tr-0", limit: 6)
      case 5: _ = try await store.summary()
      default: _ = try await store.groups(TraceQuery(limit: 5), by: nil)
      }
    } catch {
      if error.message.isEmpty { return "an error without words" }
    }
    return nil
  }
}
