import JSONText
import TraceModel

extension TraceFacts {
  /// What is wrong with the data itself, each kind once, in words; empty for a trace as it should be.
  public var oddities: [String] {
    let spans = trace.spans
    guard !spans.isEmpty else { return trace.diagnostics.isEmpty ? ["the trace has no spans"] : [] }
    var words: [String] = []
    func name(_ kind: String, _ indices: [Int]) {
      guard !indices.isEmpty else { return }
      let named = indices.prefix(4).map { Trace.alias(ofSpanAt: $0) }.joined(separator: ", ")
      words.append("\(kind) (\(named)\(indices.count > 4 ? " and \(indices.count - 4) more" : ""))")
    }
    let realRoots = tree.roots.filter { spans[$0].parentID == nil }
    if realRoots.count > 1 { name("\(realRoots.count) roots", realRoots) }
    if realRoots.isEmpty { words.append("no root") }
    name("parent not among the spans", tree.orphans)
    name("parents in a ring, cut here", tree.cycleCuts)
    name("span ids used twice", duplicates)
    name("never ended", spans.indices.filter { spans[$0].endTime == nil })
    name("ended before they began", spans.indices.filter { spans[$0].durationNanoseconds.map { $0 < 0 } ?? false })
    name("128 attributes, OpenTelemetry's limit: those set first are lost, MLflow's own among them", cutOff)
    name("outside the time of the span that called them", strays)
    return words
  }

  /// OpenTelemetry's SDKs keep so many attributes, the last ones set (`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`).
  private static let attributeLimit = 128

  /// Spans with as many attributes as are kept, and without those that MLflow sets first.
  private var cutOff: [Int] {
    trace.spans.indices.filter { index in
      guard let attributes = trace.spans[index].attributeObject else { return false }
      // The log level is what MLflow's client sets last.
      return attributes.count == Self.attributeLimit && attributes[ReservedKey.spanType] == nil
        && attributes["mlflow.spanLogLevel"] != nil
    }
  }

  /// Spans whose id an earlier one has.
  private var duplicates: [Int] {
    guard tree.hasSharedIDs else { return [] }
    var seen: Set<SpanID> = []
    return trace.spans.indices.filter { !seen.insert(trace.spans[$0].id).inserted }
  }

  /// Clocks of two machines differ by less than this.
  private static let tolerance: Int64 = 1_000_000

  /// Spans that begin before, or after the end of, the one that called them. Those that only end later are usual: work
  /// that goes on in the background.
  private var strays: [Int] {
    trace.spans.indices.filter { index in
      guard let parent = tree.parents[index] else { return false }
      let (start, caller) = (trace.spans[index].startTime.nanoseconds, trace.spans[parent])
      let beginning = caller.startTime.nanoseconds.subtractingSaturating(Self.tolerance)
      let end = caller.endTime.map { $0.nanoseconds.addingSaturating(Self.tolerance) } ?? .max
      return start < beginning || (start > end && end >= beginning)
    }
  }
}
