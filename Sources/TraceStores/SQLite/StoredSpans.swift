import JSONText
import TraceModel

/// What the database has of a trace. Decoding its spans needs no database, so the next question may be asked meanwhile.
enum StoredSpans: Sendable {
  /// One row of the table of spans.
  struct Row: Sendable {
    var id: String?
    var content: [UInt8]
  }

  /// Spans still to be decoded.
  /// - Parameter emptyCount: Rows whose content has been moved away.
  case rows(TraceInfo, [Row], emptyCount: Int)
  /// A trace that was read from elsewhere.
  case decoded(Trace)

  /// The trace.
  func decoded() -> Trace {
    switch self {
    case .decoded(let trace): trace
    case .rows(let info, let rows, let emptyCount): Self.trace(info, rows.map(Self.span), emptyCount)
    }
  }

  /// The trace, several spans decoded at a time.
  func decodedConcurrently() async -> Trace {
    switch self {
    case .decoded(let trace): trace
    case .rows(let info, let rows, let emptyCount):
      Self.trace(info, await rows.indices.mappedConcurrently { Self.span(rows[$0]) }, emptyCount)
    }
  }

  private static func span(_ row: Row) -> Result<Span, Unreadable> {
    do {
      return .success(try Span(stored: row.content))
    } catch {
      return .failure(Unreadable(words: "span \(row.id ?? "?") is unreadable: \(error)"))
    }
  }

  private struct Unreadable: Error {
    var words: String
  }

  private static func trace(_ info: TraceInfo, _ read: [Result<Span, Unreadable>], _ emptyCount: Int) -> Trace {
    var spans: [Span] = []
    spans.reserveCapacity(read.count)
    var diagnostics: [String] = []
    for result in read {
      switch result {
      case .success(let span): spans.append(span)
      case .failure(let unreadable): diagnostics.append(unreadable.words)
      }
    }
    diagnostics += incompleteness(info, spans, emptyCount: emptyCount)
    return Trace(info: info, spans: spans, diagnostics: diagnostics)
  }

  /// What is missing of a trace, in sentences.
  static func incompleteness(_ info: TraceInfo, _ spans: [Span], emptyCount: Int) -> [String] {
    var sentences: [String] = []
    if emptyCount > 0 {
      sentences.append("\(emptyCount) spans have just been moved to the archive; call again to read them from there.")
    }
    let stats = info.metadata[ReservedKey.sizeStats].flatMap { try? JSONDocument($0) }
    if let expected = stats?.root["num_spans"]?.int64, expected > spans.count, emptyCount == 0 {
      sentences.append("\(spans.count) of \(expected) spans have arrived: the trace is incomplete.")
    }
    // MLflow's own client ends a trace with a record of the whole; when its queue overflows, that is what gets lost first.
    if stats == nil, info.metadata[ReservedKey.schemaVersion] == nil,
      spans.contains(where: { $0.attribute("mlflow.spanLogLevel") != nil })
    {
      sentences.append(
        "MLflow's record of the whole trace (name, metadata, number of spans) has not arrived: spans may be missing.")
    }
    return sentences
  }
}
