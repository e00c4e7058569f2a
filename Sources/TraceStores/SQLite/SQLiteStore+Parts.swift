import Synchronization
public import TraceModel
public import TraceQuery

extension SQLiteStore {
  /// Several parts are read at a time, for each connection has a thread of its own; smaller ones are not worth waking it.
  private static let (parallelParts, partSizes) = (4, 16...128)

  /// The ids first, then traces of some ids at a time.
  public func traces<Made: Sendable>(
    matching query: TraceQuery, _ transform: @escaping @Sendable ([Trace]) async -> [Made]
  ) async throws(StoreError) -> [Made] {
    let ids = try await read { (database, schema) throws(StoreError) in
      let sql = try SQLTraceQuery(query, schema: schema)
      return try database.prepare("SELECT t.request_id FROM trace_info t\(sql.filter)\(sql.order)").bind(sql.values)
        .rows { row in TraceID(row.text(0) ?? "") }
    }
    let even = (ids.count + Self.parallelParts - 1) / Self.parallelParts
    let size = min(max(even, Self.partSizes.lowerBound), Self.partSizes.upperBound)
    let parts = stride(from: 0, to: ids.count, by: size).map { Array(ids[$0..<min($0 + size, ids.count)]) }
    let done = Done()
    return try await concurrently(parts, atMost: Self.parallelParts, reports: false) { part async throws(StoreError) in
      let traces = try await self.stored(report: { _, _ in StoreProgress.report(done.next(), ids.count) }) {
        reader throws(StoreError) in try reader.infos(part, metadataKeys: query.metadataKeys)
      }
      return await transform(traces)
    }.flatMap(\.self)
  }

  /// How many traces of all parts have been read.
  private final class Done: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}
