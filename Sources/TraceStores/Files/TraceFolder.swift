import JSONText
import TraceModel

/// One trace of a file store: `<experiment>/traces/<trace id>`. Everything is read beneath that folder, so that a store that
/// was copied stays whole; only spans that are not there are looked for where `mlflow.artifactLocation` points, within
/// the bounds of ``ArtifactSpans``.
struct TraceFolder: Sendable {
  let files: ContainedFiles
  let path: String
  let experimentID: String
  let artifacts: ArtifactSpans
  var id: TraceID { TraceID(String(path.split(separator: "/").last ?? "")) }

  /// Infos, assessments, tags; a larger one is named and passed over.
  private static let maximumFileSize = 64 << 20
  /// Folders a key may be made of.
  private static let maximumKeyDepth = 32

  /// Which files an info is made of.
  enum Part: Sendable, Hashable {
    /// Only the keys named, without assessments: what a search needs of the traces it does not show.
    case keys(metadata: [String], tags: [String])
    case everything
  }

  /// Whether the folder is a trace's; others are passed over, as MLflow does.
  var isTrace: Bool {
    if case .file = files.kind(infoPath), files.kind(path) == .folder { true } else { false }
  }

  private var infoPath: String { "\(path)/trace_info.yaml" }

  /// The info, and what of it could not be read.
  ///
  /// - Throws: When there is no info without it: `trace_info.yaml` itself is broken.
  func info(_ part: Part) throws(TraceFormatError) -> (info: TraceInfo, diagnostics: [String]) {
    var info = try baseInfo()
    var diagnostics: [String] = []
    if info.id != id {
      diagnostics.append("trace_info.yaml is of '\(info.id)', its folder of '\(id)'.")
      info.id = id
    }
    info.experimentID = experimentID
    switch part {
    case .keys(let metadata, let tags):
      info.metadata = values("request_metadata", metadata)
      info.tags = values("tags", tags)
    case .everything:
      info.metadata = keyValues("request_metadata", &diagnostics)
      info.tags = keyValues("tags", &diagnostics)
      // Those inside `trace_info.yaml` are the copies the trace was made with; what counts are the files.
      info.assessments = assessments(&diagnostics)
    }
    return (info, diagnostics)
  }

  /// The trace with its spans.
  func trace() throws(TraceFormatError) -> Trace {
    var (info, diagnostics) = try info(.everything)
    let spans = spans(&diagnostics)
    if info.name == nil {
      let first = spans.min {
        ($0.parentID == nil ? 0 : 1, $0.startTime, $0.id) < ($1.parentID == nil ? 0 : 1, $1.startTime, $1.id)
      }
      info.rootSpanName = first?.name
    }
    let stats = info.metadata[ReservedKey.sizeStats].flatMap { try? JSONDocument($0) }
    if let expected = stats?.root["num_spans"]?.int64, expected > spans.count, !spans.isEmpty {
      diagnostics.append("\(spans.count) of \(expected) spans have arrived: the trace is incomplete.")
    }
    return Trace(info: info, spans: spans, diagnostics: diagnostics)
  }

  /// How many spans there are, by the trace's own count where it has one.
  func spanCount(_ info: TraceInfo) -> Int {
    let stats = info.metadata[ReservedKey.sizeStats].flatMap { try? JSONDocument($0) }
    if let count = stats?.root["num_spans"]?.int64 { return Int(clamping: count) }
    var ignored: [String] = []
    return spans(&ignored).count
  }

  /// The spans in `artifacts/traces.json`, or in the artifact store.
  func spans(_ diagnostics: inout [String]) -> [Span] {
    if !hasSpansFile, let info = try? info(.keys(metadata: [], tags: ArtifactSpans.tags)).info, !info.tags.isEmpty {
      switch artifacts.read(info, experimentLocation: experimentArtifactLocation) {
      case .spans(let spans, let problems):
        diagnostics += problems
        return spans
      case .unavailable(let reason):
        diagnostics.append(reason)
        return []
      }
    }
    let list: JSONValue?
    do {
      list = try spanDocument().root["spans"]
    } catch {
      diagnostics.append("The spans are not there: \(error)")
      return []
    }
    guard let list, list.kind == .array else {
      diagnostics.append("The spans are not there: artifacts/traces.json has no list of spans.")
      return []
    }
    var spans: [Span] = []
    for (place, record) in list.elements.enumerated() {
      do {
        spans.append(try Span(record: record, traceID: id))
      } catch {
        diagnostics.append("span \(place + 1) of artifacts/traces.json is unreadable: \(error)")
      }
    }
    return spans
  }

  private var hasSpansFile: Bool {
    switch files.kind("\(path)/artifacts") {
    case .missing: false
    case .folder: files.kind("\(path)/artifacts/traces.json") != .missing
    default: true
    }
  }

  /// Where the experiment keeps artifacts, by its `meta.yaml`.
  private var experimentArtifactLocation: String? {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    guard let bytes = try? files.bytes("\(folder)/meta.yaml", atMost: Self.maximumFileSize),
      case .string(let location)? = (try? YAMLReader.json(bytes))?["artifact_location"]
    else { return nil }
    return location
  }

  private func spanDocument() throws(TraceFormatError) -> JSONDocument {
    let bytes = try bytes("artifacts/traces.json", atMost: .max)
    do {
      return try JSONDocument(bytes)
    } catch {
      throw TraceFormatError("artifacts/traces.json is \(error)")
    }
  }

  // MARK: YAML

  private func baseInfo() throws(TraceFormatError) -> TraceInfo {
    try TraceInfo(record: try yaml("trace_info.yaml"))
  }

  private func assessments(_ diagnostics: inout [String]) -> [Assessment] {
    var assessments: [Assessment] = []
    for name in files.names("\(path)/assessments") ?? [] where name.hasSuffix(".yaml") {
      do {
        guard let assessment = Assessment(record: try yaml("assessments/\(name)"), traceID: id) else {
          throw TraceFormatError("assessments/\(name) holds no mapping")
        }
        assessments.append(assessment)
      } catch {
        diagnostics.append("An assessment is unreadable: \(error)")
      }
    }
    return assessments.sorted { ($0.createTime, $0.id) < ($1.createTime, $1.id) }
  }

  private func yaml(_ name: String) throws(TraceFormatError) -> JSONValue {
    let bytes = try bytes(name, atMost: Self.maximumFileSize)
    do {
      return try JSONDocument(YAMLReader.json(bytes).bytes).root
    } catch {
      throw TraceFormatError("\(name), \(error)")
    }
  }

  // MARK: Keys

  /// One file for each key, named by it; a key with `/` in it is made of folders.
  private func keyValues(_ folder: String, _ diagnostics: inout [String]) -> [String: String] {
    var values: [String: String] = [:]
    addKeys(folder, "", depth: 1, &values, &diagnostics)
    return values
  }

  private func addKeys(
    _ folder: String, _ prefix: String, depth: Int, _ values: inout [String: String], _ diagnostics: inout [String]
  ) {
    for name in files.names("\(path)/\(folder)/\(prefix)".withoutLastSlash) ?? [] {
      let key = prefix + name
      let file = "\(folder)/\(key)"
      if files.kind("\(path)/\(file)") == .folder {
        // A link to a folder could lead in circles; MLflow writes none and follows none.
        if depth < Self.maximumKeyDepth, !files.isLink("\(path)/\(file)") {
          addKeys(folder, key + "/", depth: depth + 1, &values, &diagnostics)
        } else {
          diagnostics.append("\(file) is a link to a folder, or too deep, and was passed over.")
        }
        continue
      }
      do {
        values[key] = try text(file)
      } catch {
        diagnostics.append("\(error).")
      }
    }
  }

  private func values(_ folder: String, _ keys: [String]) -> [String: String] {
    var values: [String: String] = [:]
    guard !keys.isEmpty, files.kind("\(path)/\(folder)") == .folder else { return values }
    for key in keys { values[key] = try? text("\(folder)/\(key)") }
    return values
  }

  private func text(_ name: String) throws(TraceFormatError) -> String {
    let bytes = try bytes(name, atMost: Self.maximumFileSize)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw TraceFormatError("\(name) is not UTF-8") }
    return text
  }

  /// A file beneath this folder; its own folders are looked at as well, for one of them could be a link.
  private func bytes(_ name: String, atMost limit: Int) throws(TraceFormatError) -> [UInt8] {
    if let end = name.lastIndex(of: "/") {
      let folder = String(name[..<end])
      switch files.kind("\(path)/\(folder)") {
      case .folder: break
      case .missing: throw TraceFormatError("\(name) is missing")
      default: throw TraceFormatError("\(folder) is a link that leads out of the store, and is not followed")
      }
    }
    do {
      return try files.bytes("\(path)/\(name)", atMost: limit)
    } catch {
      throw TraceFormatError("\(name) \(error)")
    }
  }
}

extension String {
  fileprivate var withoutLastSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
