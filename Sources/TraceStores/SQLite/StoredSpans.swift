import JSONText
import TraceModel

/// A trace on its way out of the database.
enum TraceReading: Sendable {
  /// Its spans are being decoded.
  case stored(StoredSpans)
  /// It was read from elsewhere.
  case read(Trace)

  /// The trace.
  func decoded() async -> Trace {
    switch self {
    case .stored(let spans): await spans.decoded()
    case .read(let trace): trace
    }
  }

  /// Bytes of spans that nobody decodes yet.
  var bytesLeft: Int {
    if case .stored(let spans) = self { spans.restBytes } else { 0 }
  }
}

/// What the database has of a trace. Decoding its spans needs no database: it is begun while further rows are read, and the next
/// question may be asked meanwhile.
struct StoredSpans: Sendable {
  /// One row of the table of spans.
  struct Row: Sendable {
    var id: String?
    var content: [UInt8]
  }

  /// With less than this to decode, waking another thread takes longer: 0.3 ms of work.
  static let fewestBytes = 256 * 1_024

  private let info: TraceInfo
  /// Rows that are being decoded, in the order of the table.
  private var begun: [Task<[Result<Span, Unreadable>], Never>] = []
  /// Those behind them.
  private var rest: [Row] = []
  /// Bytes of the rest.
  private(set) var restBytes = 0
  /// Rows in all.
  private(set) var rowCount = 0
  /// Rows whose content has been moved away.
  var emptyCount = 0

  init(_ info: TraceInfo) { self.info = info }

  /// Adds a row of the trace.
  mutating func append(_ row: Row) {
    rest.append(row)
    restBytes += row.content.count
    rowCount += 1
    guard restBytes >= Self.fewestBytes else { return }
    let rows = rest
    begun.append(Task { rows.map(Self.span) })
    (rest, restBytes) = ([], 0)
  }

  /// The trace.
  func decoded() async -> Trace {
    let last = rest.map(Self.span)
    var read: [Result<Span, Unreadable>] = []
    for part in begun { read += await part.value }
    return Self.trace(info, read + last, emptyCount)
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
