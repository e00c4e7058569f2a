import TraceModel
import TraceQuery

extension TraceQuery {
  /// ``TraceQuery/page(of:hasErrorSpans:spans:)`` with the error of a store.
  func storePage(
    of infos: [TraceInfo], hasErrorSpans: (TraceInfo) -> Bool, spans: (TraceInfo) -> [Span] = { _ in [] }
  ) throws(StoreError) -> (infos: [TraceInfo], totalCount: Int) {
    do {
      return try page(of: infos, hasErrorSpans: hasErrorSpans, spans: spans)
    } catch {
      throw StoreError(error)
    }
  }
}
