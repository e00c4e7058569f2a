public import TraceModel
public import TraceQuery

/// A place where traces are kept. Every store answers the same question with the same answer, and none of them writes.
public protocol TraceStore: Sendable {
  /// Where it is, for people.
  var location: StoreLocation { get }

  /// What it holds and what will not work; for `doctor`.
  func summary() async throws(StoreError) -> StoreSummary

  /// All experiments, by id.
  func experiments() async throws(StoreError) -> [Experiment]

  /// Ids that begin with `prefix`, in order, at most `limit`.
  func traceIDs(withPrefix prefix: String, limit: Int) async throws(StoreError) -> [TraceID]

  /// One trace with its spans, read as of one moment.
  ///
  /// - Throws: ``StoreError/Code/notFound`` when there is none of that id.
  func trace(_ id: TraceID) async throws(StoreError) -> Trace

  /// Several traces with their spans, in the order of the ids; ids that are not there are left out.
  func traces(_ ids: [TraceID]) async throws(StoreError) -> [Trace]

  /// The traces of infos that this store has just given, with their spans, in the same order. The infos are not read again.
  func traces(of infos: [TraceInfo]) async throws(StoreError) -> [Trace]

  /// All traces that match, on whichever page, with their spans, in the query's order; what `transform` makes of them. It gets
  /// them in parts, so that the first are worked on while others are read.
  func traces<Made: Sendable>(
    matching query: TraceQuery, _ transform: @escaping @Sendable ([Trace]) async -> [Made]
  ) async throws(StoreError) -> [Made]

  /// The infos of a page, and how many match in all.
  func search(_ query: TraceQuery) async throws(StoreError) -> TracePage

  /// What counting and grouping need of all traces that match, whatever page is asked for.
  func rows(_ query: TraceQuery, groupedBy grouping: TraceGrouping?) async throws(StoreError) -> TraceRows

  /// Figures of all traces that match, for each value they are grouped by; for all of them together without a grouping.
  func groups(_ query: TraceQuery, by grouping: TraceGrouping?) async throws(StoreError) -> TraceGroups

  /// Traces with those of their spans whose status is ERROR, and perhaps with others; in the order of the ids.
  func failedSpans(_ ids: [TraceID]) async throws(StoreError) -> [Trace]

  /// Traces whose failed spans are looked at for one question.
  var failedTracesLookedAt: Int { get }
}

extension TraceStore {
  /// The traces by their ids, where nothing is saved by knowing the infos.
  public func traces(of infos: [TraceInfo]) async throws(StoreError) -> [Trace] { try await traces(infos.map(\.id)) }

  /// A page of the query's size after the other.
  public func traces<Made: Sendable>(
    matching query: TraceQuery, _ transform: @escaping @Sendable ([Trace]) async -> [Made]
  ) async throws(StoreError) -> [Made] {
    var query = query
    query.isCounted = false
    var made: [Made] = []
    while true {
      let page = try await search(query)
      made += await transform(try await traces(of: page.infos))
      guard let next = page.nextPageToken else { return made }
      query.offset = next.offset
    }
  }

  /// So many traces are counted where a store cannot do it by itself.
  static var countedTraces: Int { 5_000 }

  /// The rows of the infos of one large page.
  public func rows(_ query: TraceQuery, groupedBy grouping: TraceGrouping?) async throws(StoreError) -> TraceRows {
    var query = query
    (query.offset, query.limit) = (0, Self.countedTraces)
    let page = try await search(query)
    return TraceRows(
      rows: page.infos.map { TraceRow($0, groupedBy: grouping) },
      isComplete: page.nextPageToken == nil && page.isCountExact)
  }

  /// Counts the rows.
  public func groups(_ query: TraceQuery, by grouping: TraceGrouping?) async throws(StoreError) -> TraceGroups {
    TraceGroups(try await rows(query, groupedBy: grouping))
  }

  /// The traces with all their spans.
  public func failedSpans(_ ids: [TraceID]) async throws(StoreError) -> [Trace] { try await traces(ids) }

  /// As many as are read in about a second.
  public var failedTracesLookedAt: Int { 500 }
}

/// Where a store is and why it was chosen.
public struct StoreLocation: Sendable, Hashable {
  /// The URI without credentials.
  public var uri: String
  /// Why this one: an option, an environment variable, a default.
  public var reason: String

  /// A location from its parts.
  public init(uri: String, reason: String) {
    self.uri = uri
    self.reason = reason
  }
}

/// A page of a search.
public struct TracePage: Sendable {
  /// The infos in order.
  public var infos: [TraceInfo]
  /// How many traces match, on all pages.
  public var totalCount: Int
  /// Where the next page begins; nil on the last.
  public var nextPageToken: PageToken?
  /// Whether `totalCount` is the number; false when there are at least so many, and counting on would take too long.
  public var isCountExact: Bool
  /// What the reader should know of how the answer came about, in sentences.
  public var remarks: [String]

  /// A page from its parts.
  public init(
    infos: [TraceInfo], totalCount: Int, nextPageToken: PageToken?, isCountExact: Bool = true, remarks: [String] = []
  ) {
    self.infos = infos
    self.totalCount = totalCount
    self.nextPageToken = nextPageToken
    self.isCountExact = isCountExact
    self.remarks = remarks
  }
}

/// What a store holds.
public struct StoreSummary: Sendable {
  /// The kind of store and its version, in words.
  public var kind: String
  /// Experiments, deleted ones included.
  public var experimentCount: Int
  /// Traces in all.
  public var traceCount: Int
  /// Distinct sessions.
  public var sessionCount: Int
  /// Spans in all.
  public var spanCount: Int
  /// The newest trace and when it began.
  public var newestTrace: (id: TraceID, time: Timestamp)?
  /// What will not work, in sentences.
  public var limitations: [String]

  /// A summary from its parts.
  public init(
    kind: String, experimentCount: Int, traceCount: Int, sessionCount: Int, spanCount: Int,
    newestTrace: (id: TraceID, time: Timestamp)?, limitations: [String]
  ) {
    self.kind = kind
    self.experimentCount = experimentCount
    self.traceCount = traceCount
    self.sessionCount = sessionCount
    self.spanCount = spanCount
    self.newestTrace = newestTrace
    self.limitations = limitations
  }
}
