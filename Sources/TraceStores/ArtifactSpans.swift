import JSONText
import TraceModel

/// Spans that MLflow keeps in files of the artifact store: `traces.json` in the trace's artifact folder before release 3.6
/// (and where the tag `mlflow.trace.spansLocation` says so), `traces.pb` in an archive since 3.13.
///
/// The folder is named by a tag, which is trace content: it is only followed beneath the experiment's own artifact folder,
/// the store's folders, or a folder that the user named.
struct ArtifactSpans: Sendable {
  /// The folders that may be read, beside the experiment's own.
  private let roots: [String]
  /// The folders that a server may have kept artifacts in, or to which they were moved together with the store.
  private let bases: [String]

  /// Artifacts of a database.
  ///
  /// - Parameter destination: `mlflow server --artifacts-destination`, where the user gave it.
  init(databaseFolder: String, destination: String?) {
    roots = [databaseFolder] + (destination.map { [$0] } ?? [])
    bases =
      (destination.map { [$0] } ?? []) + ["\(databaseFolder)/mlartifacts", "\(databaseFolder)/mlruns", databaseFolder]
  }

  /// Artifacts of a file store: a server keeps them in `mlartifacts` beside it.
  init(fileStore path: String, destination: String?) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    bases = (destination.map { [$0] } ?? []) + ["\(parent)/mlartifacts", path]
    roots = bases
  }

  /// The tags that say where the spans are.
  static let tags = [ReservedKey.spansLocation, artifactLocation, archiveLocation]

  private static let artifactLocation = "mlflow.artifactLocation"
  private static let archiveLocation = "mlflow.trace.archiveLocation"

  /// What was found.
  enum Outcome {
    /// The spans, and what could not be read of them.
    case spans([Span], diagnostics: [String])
    /// No spans, and why.
    case unavailable(String)
  }

  /// Reads the spans of a trace.
  ///
  /// - Parameter experimentLocation: The experiment's artifact folder, as the store has it.
  func read(_ info: TraceInfo, experimentLocation: String?) -> Outcome {
    let isArchived = info.tags[ReservedKey.spansLocation] == "ARCHIVE_REPO"
    let name = isArchived ? "traces.pb" : "traces.json"
    guard let location = info.tags[isArchived ? Self.archiveLocation : Self.artifactLocation] else {
      return .unavailable("The spans are not in the store, and no tag says where they are.")
    }
    if let scheme = Self.remoteScheme(location) {
      return .unavailable(
        "The spans are in an artifact store (\(scheme)), which is not read from here; ask the tracking server.")
    }
    let experimentFolder = experimentLocation.flatMap(Self.localPath)
    let roots = ((experimentFolder.map { [$0] } ?? []) + roots).map { ContainedFiles(root: $0) }
    let candidates = candidates(location, info, experimentFolder)
    for candidate in candidates {
      for root in roots {
        guard let file = root.resolve("\(candidate)/\(name)") else { continue }
        do throws(ContainedFiles.Refusal) {
          let bytes = try root.bytes(file)
          return isArchived ? Self.decodeArchive(bytes, info) : Self.decode(bytes, info)
        } catch {
          return .unavailable("The file of the spans \(error).")
        }
      }
    }
    let everywhere = ContainedFiles(root: "/")
    let isElsewhere = candidates.contains { everywhere.resolve("\($0)/\(name)") != nil }
    return .unavailable(
      isElsewhere
        ? "The spans are in a file outside the experiment's artifact folder and the store's; name its folder with "
          + "--artifacts-destination if it may be read."
        : "The spans are in a file that is not there (\(location)); if the artifacts were moved, name their folder with "
          + "--artifacts-destination.")
  }

  /// Where the folder may be: as it is written, or moved together with the store.
  private func candidates(_ location: String, _ info: TraceInfo, _ experimentFolder: String?) -> [String] {
    if let proxied = Self.proxiedPath(location) { return bases.map { "\($0)/\(proxied)" } }
    var candidates = Self.localPath(location).map { [$0] } ?? []
    let tail = "traces/\(info.id)/artifacts"
    if let experimentFolder { candidates.append("\(experimentFolder)/\(tail)") }
    return candidates + bases.map { "\($0)/\(info.experimentID)/\(tail)" }
  }

  private static func decodeArchive(_ bytes: [UInt8], _ info: TraceInfo) -> Outcome {
    do throws(SpanFormatError) {
      return .spans(try OTLPProtobuf.spans(bytes, traceID: info.id), diagnostics: [])
    } catch {
      return .unavailable("The archive of the spans is unreadable: \(error)")
    }
  }

  private static func decode(_ bytes: [UInt8], _ info: TraceInfo) -> Outcome {
    do {
      let root = try JSONDocument(bytes).root
      var spans: [Span] = []
      var diagnostics: [String] = []
      for record in root["spans"]?.elements ?? JSONValue.null.elements {
        do throws(SpanFormatError) {
          spans.append(try Span(record: record, traceID: info.id))
        } catch {
          diagnostics.append("a span is unreadable: \(error)")
        }
      }
      return .spans(spans, diagnostics: diagnostics)
    } catch {
      return .unavailable("The file of the spans is unreadable: \(error)")
    }
  }

  /// `mlflow-artifacts:/1/traces/…` and `mlflow-artifacts://host/1/…` without scheme and host; nil for other locations.
  private static func proxiedPath(_ location: String) -> String? {
    guard location.hasPrefix("mlflow-artifacts:") else { return nil }
    var path = location.dropFirst("mlflow-artifacts:".count)
    if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
    return String(path.drop { $0 == "/" })
  }

  /// The path of a `file:` URI or a bare path; nil for other schemes.
  private static func localPath(_ location: String) -> String? {
    if location.hasPrefix("file:") {
      let rest = location.dropFirst("file:".count)
      let path = rest.hasPrefix("//") ? rest.dropFirst(2).drop { $0 != "/" } : rest
      return PercentEncoding.decoded(String(path))
    }
    return location.hasPrefix("/") ? location : nil
  }

  private static func remoteScheme(_ location: String) -> String? {
    guard let mark = location.firstRange(of: ":") else { return nil }
    let scheme = String(location[..<mark.lowerBound])
    return scheme == "file" || scheme == "mlflow-artifacts" || location.hasPrefix("/") ? nil : scheme
  }
}
