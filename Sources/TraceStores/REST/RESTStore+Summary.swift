import JSONText
import TraceModel
import TraceQuery

extension RESTStore {
  /// What it holds, as far as its newest 5,000 traces tell.
  public func summary() async throws(StoreError) -> StoreSummary {
    let experiments = try await experiments()
    let isVersion3 = try await hasVersion3()
    let kind = try await kind()
    var limitations: [String] = []
    let ids = experiments.map(\.id)
    let (infos, isComplete) =
      ids.isEmpty
      ? ([], true) : (try await allInfos(isVersion3 ? ids : Array(ids.prefix(100)), filter: "") ?? ([], false))
    if !isComplete { limitations.append("Only the newest \(infos.count) traces were counted; there are more.") }
    if !infos.isEmpty { limitations.append("Spans are counted by what clients noted with each trace.") }
    if !isVersion3 {
      limitations.append("This server (MLflow before 3.2) has no assessments and no previews.")
      if ids.count > 100 { limitations.append("Only traces of the first 100 experiments were counted.") }
    }
    let spans = infos.compactMap { info -> Int64? in
      info.metadata[ReservedKey.sizeStats].flatMap { try? JSONDocument($0) }?.root["num_spans"]?.int64
    }
    let newest = infos.max { left, right in (left.requestTime, right.id) < (right.requestTime, left.id) }
    return StoreSummary(
      kind: kind,
      experimentCount: experiments.count, traceCount: infos.count,
      sessionCount: Set(infos.compactMap(\.sessionID)).count,
      spanCount: Int(spans.reduce(Int64(0)) { $0.addingSaturating($1) }),
      newestTrace: newest.map { ($0.id, $0.requestTime) }, limitations: limitations)
  }

  private func kind() async throws(StoreError) -> String {
    if connection.access.isDatabricks { return "Databricks workspace" }
    let answer = try await connection.ask(.get("/version"))
    let text = String(decoding: answer.response.body.prefix(40), as: UTF8.self).trimmed
    let isVersion = answer.response.status == 200 && text.first?.isNumber == true
    return "MLflow tracking server" + (isVersion ? " \(connection.access.harmless(String(text)))" : "")
      + (connection.access.workspace.map { ", workspace '\(connection.access.harmless($0))'" } ?? "")
  }
}
