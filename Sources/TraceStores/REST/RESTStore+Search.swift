import Synchronization
import TraceModel
public import TraceQuery

extension RESTStore {
  /// Experiments that one request names at most to servers of the second version, which take them in the URL.
  private static let experimentsInURL = 100
  /// Traces whose root span is looked up for a page, because they have no name of their own.
  private static let namesLookedUp = 50
  /// Traces whose spans are looked at when the server cannot search in spans.
  private static let spansLookedAt = 200

  /// A page of infos, and how many match in all.
  public func search(_ query: TraceQuery) async throws(StoreError) -> TracePage {
    for id in query.experimentIDs where Int64(id) == nil {
      throw StoreError(.notFound, "There is no experiment '\(id)'", hint: "Experiment ids are numbers in this store")
    }
    let experiments =
      query.experimentIDs.isEmpty ? try await self.experiments().map(\.id) : query.experimentIDs
    guard !experiments.isEmpty else { return TracePage(infos: [], totalCount: 0, nextPageToken: nil) }
    let filter = ServerFilter(query.conditions, query.filter)
    let hasVersion3 = try await hasVersion3()
    // MLflow offers the end as a key, and fails when it is used (3.17).
    let isOrdered = !query.order.contains { $0.key == .endTime }
    let fits = isOrdered && (hasVersion3 || experiments.count <= Self.experimentsInURL)
    var page: TracePage
    if fits, filter.rest.isEmpty, let answered = try await answeredByServer(query, experiments, filter.text) {
      page = answered
    } else {
      page = try await answeredHere(query, experiments, filter)
    }
    try await addRootNames(&page)
    return page
  }

  // MARK: By the server

  /// Nil when the server does not understand the question.
  private func answeredByServer(
    _ query: TraceQuery, _ experiments: [String], _ filter: String
  ) async throws(StoreError) -> TracePage? {
    var question = InfoQuestion(experiments: experiments, filter: filter, order: query.order, count: 1)
    // MLflow's tokens are offsets and nothing else, whatever was asked before.
    var token = query.offset > 0 ? PageToken(offset: query.offset).text : nil
    var infos: [TraceInfo] = []
    var end = query.offset
    repeat {
      question.token = token
      question.count = min(query.offset + query.limit - end, Self.pageSize)
      guard let page = try await records(question) else { return nil }
      infos += page.infos
      end += page.count
      token = page.count > 0 ? page.nextPageToken : nil
    } while token != nil && end < query.offset + query.limit
    if token == nil, end > query.offset || end == 0 {
      return TracePage(infos: infos, totalCount: end, nextPageToken: nil)
    }
    guard query.isCounted || infos.isEmpty else {
      return TracePage(
        infos: infos, totalCount: end, nextPageToken: token == nil ? nil : PageToken(offset: end), isCountExact: false)
    }
    question.order = []
    let counted = infos.isEmpty ? nil : try await countByServer(query, experiments)
    var (count, isExact) = (max(counted ?? 0, end), true)
    if counted == nil { (count, isExact) = try await self.count(question, atLeast: infos.isEmpty ? 0 : end, token) }
    return TracePage(
      infos: infos, totalCount: count,
      nextPageToken: token == nil || (isExact && count <= end) ? nil : PageToken(offset: end), isCountExact: isExact)
  }

  /// How many traces match. Halving by offsets takes a dozen small questions where paging would fetch everything.
  private func count(
    _ question: InfoQuestion, atLeast known: Int, _ token: String?
  ) async throws(StoreError) -> (count: Int, isExact: Bool) {
    if let token, (try? PageToken(token))?.offset != known {
      // Not MLflow's tokens: only paging is left.
      let all = try await allInfos(question.experiments, filter: question.filter)
      return (max(all?.infos.count ?? 0, known), all?.isComplete ?? false)
    }
    func holds(_ count: Int) async throws(StoreError) -> Bool {
      var probe = question
      probe.count = 1
      probe.token = count > 1 ? PageToken(offset: count - 1).text : nil
      return try await records(probe).map { $0.count > 0 } ?? false
    }
    // A token does not promise another trace: some releases hand one out behind the last.
    var low = known
    guard low < Self.bound else { return (low, false) }
    if try await holds(Self.bound) { return (Self.bound, false) }
    var high = Self.bound - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if try await holds(middle) { low = middle } else { high = middle - 1 }
    }
    return (low, true)
  }

  // MARK: Here

  /// Everything the server can filter is fetched, the rest is done here.
  private func answeredHere(
    _ query: TraceQuery, _ experiments: [String], _ filter: ServerFilter
  ) async throws(StoreError) -> TracePage {
    var (query, filter) = (query, filter)
    var fetched = try await fetch(experiments, filter.text)
    if fetched == nil {
      filter = ServerFilter([])
      fetched = try await fetch(experiments, filter.text)
    } else {
      // The server has seen to it.
      query.filter = nil
    }
    guard let (infos, isComplete) = fetched else {
      throw StoreError(.unreadable, "The server at \(connection.access.base) refused a search without conditions")
    }
    query.experimentIDs = []
    var remarks =
      isComplete ? [] : ["the server cannot answer this; only its newest \(infos.count) traces were looked at"]
    let (withErrors, areAll) = try await idsWithErrorSpans(query, experiments, filter, infos)
    if !areAll { remarks.append("only the newest \(Self.bound) traces with failed spans are known") }
    let spans = try await spansForFilter(query, infos)
    let page = try query.storePage(of: infos) {
      withErrors.contains($0.id)
    } spans: {
      spans[$0.id] ?? []
    }
    let end = query.offset + page.infos.count
    return TracePage(
      infos: page.infos, totalCount: page.totalCount,
      nextPageToken: !page.infos.isEmpty && end < page.totalCount ? PageToken(offset: end) : nil,
      isCountExact: isComplete && areAll, remarks: remarks)
  }

  /// The spans of all traces that the filter would look into, if the server cannot do it and they are not too many.
  private func spansForFilter(
    _ query: TraceQuery, _ infos: [TraceInfo]
  ) async throws(StoreError) -> [TraceID: [Span]] {
    let looksForText = query.conditions.contains(where: \.isAboutSpanContent)
    let filterNeedsThem = query.filter.map { FilterPredicate($0, over: []).needsSpans } ?? false
    guard looksForText || filterNeedsThem else { return [:] }
    guard infos.count <= Self.spansLookedAt else {
      throw StoreError(
        .unsupported,
        "This server does not understand the conditions on what spans hold (MLflow before 3.4 knows none)",
        hint: "At most \(Self.spansLookedAt) traces can be looked into from here, and there are \(infos.count)")
    }
    let traces = try await concurrently(infos, atMost: Self.width) { info async throws(StoreError) in
      try await self.trace(info)
    }
    return Dictionary(traces.map { ($0.info.id, $0.spans) }) { first, _ in first }
  }

  /// All infos; for old servers in as many requests as their experiments need.
  private func fetch(
    _ experiments: [String], _ filter: String
  ) async throws(StoreError) -> (infos: [TraceInfo], isComplete: Bool)? {
    if try await hasVersion3() { return try await allInfos(experiments, filter: filter) }
    var all: (infos: [TraceInfo], isComplete: Bool) = ([], true)
    for start in stride(from: 0, to: experiments.count, by: Self.experimentsInURL) {
      let part = Array(experiments[start..<min(start + Self.experimentsInURL, experiments.count)])
      guard let (infos, isComplete) = try await allInfos(part, filter: filter) else { return nil }
      all.infos += infos
      all.isComplete = all.isComplete && isComplete
    }
    return all
  }

  /// Which of the infos have a span with status ERROR, if the query needs to know.
  private func idsWithErrorSpans(
    _ query: TraceQuery, _ experiments: [String], _ filter: ServerFilter, _ infos: [TraceInfo]
  ) async throws(StoreError) -> (ids: Set<TraceID>, areAll: Bool) {
    let spanConditions: Set<TraceCondition> = [.hasErrorSpans(true), .hasErrorSpans(false)]
    guard query.conditions.contains(where: { spanConditions.contains($0) }) else { return ([], true) }
    let clause = ServerFilter.errorSpans
    let withClause = filter.text.contains(clause) || filter.text.isEmpty ? clause : "\(filter.text) AND \(clause)"
    if let found = try await fetch(experiments, withClause) { return (Set(found.infos.map(\.id)), found.isComplete) }
    // MLflow before 3.4 cannot search in spans: they are fetched, if they are not too many.
    var rest = query
    rest.conditions.removeAll { spanConditions.contains($0) }
    (rest.offset, rest.limit) = (0, infos.count)
    let candidates = try rest.storePage(of: infos) { _ in false }.infos
    guard candidates.count <= Self.spansLookedAt else {
      throw StoreError(
        .unsupported, "This server cannot search by the status of spans (MLflow before 3.4)",
        hint: "Narrow the search with since, session_id or status to at most \(Self.spansLookedAt) traces; "
          + "now there are \(candidates.count)")
    }
    let traces = try await concurrently(candidates, atMost: Self.width) { info async throws(StoreError) in
      try await self.trace(info)
    }
    return (Set(traces.filter { $0.spans.contains { $0.status == .error } }.map(\.info.id)), true)
  }

  // MARK: Names

  /// Traces that came by OTLP have no name; their root span has one.
  private func addRootNames(_ page: inout TracePage) async throws(StoreError) {
    let unnamed = page.infos.indices.filter { page.infos[$0].name == nil }
    guard !unnamed.isEmpty else { return }
    let places = Array(unnamed.prefix(Self.namesLookedUp))
    let infos = places.map { page.infos[$0] }
    let names = try await concurrently(infos, atMost: Self.width) { info async throws(StoreError) in
      let spans = try await self.trace(info).spans
      return (spans.first { $0.parentID == nil } ?? spans.first)?.name
    }
    for (place, name) in zip(places, names) { page.infos[place].rootSpanName = name }
    if unnamed.count > places.count {
      page.remarks.append("names of \(unnamed.count - places.count) traces without one of their own were not looked up")
    }
  }
}
