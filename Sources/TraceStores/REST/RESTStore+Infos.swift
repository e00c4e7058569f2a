import JSONText
import Synchronization
import TraceModel
import TraceQuery

/// One page of infos, as the server is asked for it.
struct InfoQuestion: Sendable {
  var experiments: [String]
  var filter = ""
  var order: [TraceOrder] = []
  var count: Int
  var token: String?
}

/// One page of infos, as the server gives it.
struct InfoRecords: Sendable {
  var infos: [TraceInfo] = []
  /// Records, unreadable ones included: what offsets count.
  var count = 0
  var nextPageToken: String?
}

extension RESTStore {
  /// One info; nil when there is no such trace.
  func info(_ id: TraceID) async throws(StoreError) -> TraceInfo? {
    // An id with a slash would be another route, and so would an empty one or the name of one.
    let isPlain = id.rawValue.utf8.allSatisfy { byte in
      Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte) || byte == 0x2D
        || byte == 0x5F
    }
    guard isPlain, id.rawValue.utf8.count > 8 else { return nil }
    if try await hasVersion3() {
      let request = RESTRequest.get("/api/3.0/mlflow/traces/\(id)")
      return try info(try await connection.ask(request), request) { $0["trace"]?["trace_info"] }
    }
    let request = RESTRequest.get("/api/2.0/mlflow/traces/\(id)/info")
    return try info(try await connection.ask(request), request) { $0["trace_info"] }
  }

  private func info(
    _ answer: RESTAnswer, _ request: RESTRequest, _ record: (JSONValue) -> JSONValue?
  ) throws(StoreError) -> TraceInfo? {
    if answer.isNotFound { return nil }
    guard answer.response.status == 200, let root = answer.root, let record = record(root) else {
      throw connection.error(answer, request)
    }
    do throws(TraceFormatError) {
      return Self.inOrder(try TraceInfo(record: record))
    } catch {
      throw StoreError(
        .unreadable, "The server at \(connection.access.base) sent a trace that cannot be read: \(error)")
    }
  }

  /// Infos in the order of the ids; ids that are not there are left out.
  func infos(_ ids: [TraceID]) async throws(StoreError) -> [TraceInfo] {
    if ids.count > 1, try await hasVersion3(), let found = try await batchInfos(ids) { return found }
    return try await concurrently(ids, atMost: Self.width) { id async throws(StoreError) in
      try await self.info(id)
    }.compactMap(\.self)
  }

  private func batchInfos(_ ids: [TraceID]) async throws(StoreError) -> [TraceInfo]? {
    guard routes.withLock({ $0.hasBatchInfos }) else { return nil }
    var found: [TraceID: TraceInfo] = [:]
    for start in stride(from: 0, to: ids.count, by: 100) {
      let part = ids[start..<min(start + 100, ids.count)]
      let answer = try await connection.ask(
        .post("/api/3.0/mlflow/traces/batchGetInfos", ["trace_ids": .array(part.map { .string($0.rawValue) })]))
      guard answer.response.status == 200, let root = answer.root else {
        // Not there before 3.11; and one bad id may spoil it for all, where single questions do better.
        if answer.isMissingRoute { routes.withLock { $0.hasBatchInfos = false } }
        return nil
      }
      for record in root["trace_infos"]?.elements ?? JSONValue.null.elements {
        if let info = try? TraceInfo(record: record) { found[info.id] = Self.inOrder(info) }
      }
    }
    return ids.compactMap { found[$0] }
  }

  /// A page of a search; nil when the server does not understand the filter or the order.
  func records(_ question: InfoQuestion) async throws(StoreError) -> InfoRecords? {
    let request = try await hasVersion3() ? version3(question) : version2(question)
    let answer = try await connection.ask(request)
    if answer.isRefused, !question.filter.isEmpty || !question.order.isEmpty || question.token != nil { return nil }
    guard answer.response.status == 200, let root = answer.root else { throw connection.error(answer, request) }
    var records = InfoRecords(nextPageToken: root.nextPageToken)
    for record in root["traces"]?.elements ?? JSONValue.null.elements {
      records.count += 1
      if let info = try? TraceInfo(record: record) { records.infos.append(Self.inOrder(info)) }
    }
    return records
  }

  /// All infos, page by page, the newest first; nil when the server does not understand the filter.
  func allInfos(
    _ experiments: [String], filter: String
  ) async throws(StoreError) -> (infos: [TraceInfo], isComplete: Bool)? {
    var infos: [TraceInfo] = []
    // Unreadable ones included, or a server could send such for ever.
    var count = 0
    var question = InfoQuestion(experiments: experiments, filter: filter, count: Self.pageSize)
    for _ in 0..<Self.mostPages {
      guard let page = try await records(question) else { return nil }
      infos += page.infos
      count += page.count
      StoreProgress.report(infos.count, Self.bound)
      guard let token = page.nextPageToken, token != question.token, page.count > 0 else { return (infos, true) }
      guard count < Self.bound else { return (infos, false) }
      question.token = token
    }
    return (infos, false)
  }

  /// Whether the server has the third version. Asked with a search in no experiment, which needs no rights; servers
  /// before 3.2 know no such route.
  func hasVersion3() async throws(StoreError) -> Bool {
    if let known = routes.withLock({ $0.hasVersion3 }) { return known }
    let answer = try await connection.ask(version3(InfoQuestion(experiments: [], count: 1)))
    let has = !answer.isMissingRoute
    routes.withLock { $0.hasVersion3 = has }
    return has
  }

  private func version3(_ question: InfoQuestion) -> RESTRequest {
    let locations = question.experiments.map { id -> JSON in
      ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": .string(id)]]
    }
    return .post(
      "/api/3.0/mlflow/traces/search",
      .object(present: [
        "locations": .array(locations), "filter": question.filter.isEmpty ? nil : .string(question.filter),
        "max_results": .int(Int64(question.count)),
        "order_by": question.order.isEmpty ? nil : .array(question.order.map { .string(Self.words($0)) }),
        "page_token": question.token.map { .string($0) },
      ]))
  }

  private func version2(_ question: InfoQuestion) -> RESTRequest {
    var request = RESTRequest.get("/api/2.0/mlflow/traces")
    request.query = question.experiments.map { ("experiment_ids", $0) }
    if !question.filter.isEmpty { request.query.append(("filter", question.filter)) }
    request.query.append(("max_results", "\(question.count)"))
    request.query += question.order.map { ("order_by", Self.words($0)) }
    if let token = question.token { request.query.append(("page_token", token)) }
    return request
  }

  private static func words(_ order: TraceOrder) -> String {
    "\(order.key.text) \(order.isDescending ? "DESC" : "ASC")"
  }

  /// Assessments have no order on the wire.
  private static func inOrder(_ info: TraceInfo) -> TraceInfo {
    var info = info
    info.assessments.sort { ($0.createTime, $0.id) < ($1.createTime, $1.id) }
    return info
  }
}
