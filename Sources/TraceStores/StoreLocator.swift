#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Finds the store that a URI means, or the one that MLflow would use without any (rules of MLflow 3.7 and later).
///
/// A new kind of store is one more case of `open`.
public struct StoreLocator: Sendable {
  /// The URI from the command line, if one was given.
  public var option: String?
  /// `MLFLOW_TRACKING_URI`, if it is set.
  public var environmentURI: String?
  /// The folder that relative paths start from.
  public var workingDirectory: String
  /// Where the server keeps artifacts (`mlflow server --artifacts-destination`), if the user said so.
  public var artifactsDestination: String?
  /// What a tracking server's client reads of the environment, credentials included.
  private let environment: Environment

  /// A locator from what was read at the start.
  public init(
    option: String?, environment: [String: String], workingDirectory: String, artifactsDestination: String? = nil
  ) {
    // A host that leaves an optional setting unfilled passes its placeholder on: the same as unset.
    func given(_ text: String?) -> String? {
      text.flatMap { $0.isEmpty || $0.hasPrefix("${user_config.") ? nil : $0 }
    }
    self.option = given(option)
    self.environmentURI = given(environment["MLFLOW_TRACKING_URI"])
    self.workingDirectory = workingDirectory
    self.environment = Environment(values: environment)
    self.artifactsDestination = given(artifactsDestination)
  }

  /// Which URI counts, and why.
  public var location: StoreLocation {
    if let option { return StoreLocation(uri: Self.withoutCredentials(option), reason: "--tracking-uri") }
    if let environmentURI {
      // What a host's own settings hand on counts before it; the program has put it in its place.
      let isHosts = environment.values["MLFLOW_LENS_TRACKING_URI"] == environmentURI
      return StoreLocation(
        uri: Self.withoutCredentials(environmentURI),
        reason: isHosts ? "MLFLOW_LENS_TRACKING_URI" : "MLFLOW_TRACKING_URI")
    }
    if Self.holdsFileStore("\(workingDirectory)/mlruns") {
      return StoreLocation(uri: "./mlruns", reason: "default: ./mlruns holds experiments")
    }
    return StoreLocation(
      uri: "sqlite:///mlflow.db", reason: "default: ./mlflow.db (no --tracking-uri, no MLFLOW_TRACKING_URI)")
  }

  /// Opens the store. Nothing is created: what is not there is an error.
  public func open() throws(StoreError) -> any TraceStore {
    let location = location
    let uri = option ?? environmentURI ?? location.uri
    let scheme = uri.firstIndex(of: ":").map { uri[..<$0].lowercased() } ?? (uri == "databricks" ? uri : "")
    switch scheme {
    case _ where scheme == "sqlite" || scheme.hasPrefix("sqlite+"):
      return sqlite(try path(ofSQLiteURI: uri), location)
    case "http", "https", "databricks":
      return try RESTStore(uri: uri, environment: environment.values, location: location)
    case "postgresql", "mysql", "mssql", "oracle":
      throw StoreError(
        .unsupported, "The database of '\(location.uri)' is not read directly",
        hint: "Give the http address of the MLflow server in front of it")
    case "", "file":
      let path = absolute(scheme == "file" ? PercentEncoding.decoded(Self.path(ofURI: uri)) : uri)
      // MLflow takes a bare path for a file store; somebody who names a database file means that file.
      if Self.isSQLiteFile(path) { return sqlite(path, location) }
      if FileStore.isFileStore(path) {
        return FileStore(path: path, location: location, artifactsDestination: artifactsFolder)
      }
      if ExportedFiles.canRead(path) { return ExportedFiles(path: path, location: location) }
      guard FileManager.default.fileExists(atPath: path) else {
        throw StoreError(
          .noStore, "There is nothing at '\(path)' (\(location.reason))",
          hint: "Give --tracking-uri sqlite:///path/to/mlflow.db, or set MLFLOW_TRACKING_URI")
      }
      let database = "\(path)/mlflow.db"
      throw StoreError(
        .noStore, "'\(path)' (\(location.reason)) holds no traces: it is no file store and has no exported files",
        hint: FileManager.default.fileExists(atPath: database)
          ? "There is a database in it: --tracking-uri sqlite:///\(database)"
          : "A file store has folders with meta.yaml; exports are .json and .jsonl files; a database is sqlite:///path")
    default:
      throw StoreError(
        .unsupported, "'\(location.uri)' (\(location.reason)) is no kind of store this tool knows",
        hint: "Give --tracking-uri sqlite:///path/to/mlflow.db; relative paths have three slashes, absolute ones four")
    }
  }

  private var artifactsFolder: String? {
    artifactsDestination.map { absolute($0.hasPrefix("file:") ? Self.path(ofURI: $0) : $0) }
  }

  private func sqlite(_ path: String, _ location: StoreLocation) -> SQLiteStore {
    SQLiteStore(path: path, location: location, artifactsDestination: artifactsFolder)
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)" }

  /// `sqlite:///relative`, `sqlite:////absolute`; a query is ignored, percent escapes are decoded.
  private func path(ofSQLiteURI uri: String) throws(StoreError) -> String {
    let path = PercentEncoding.decoded(Self.path(ofURI: uri))
    guard path.count > 1, path.hasPrefix("/") else {
      throw StoreError(
        .noStore, "'\(uri)' names no database file",
        hint: "Write sqlite:///relative/mlflow.db or sqlite:////absolute/mlflow.db")
    }
    return absolute(String(path.dropFirst()))
  }

  /// What follows `scheme://authority`, without query.
  private static func path(ofURI uri: String) -> String {
    guard let mark = uri.firstRange(of: "://") else { return String(uri.drop { $0 != ":" }.dropFirst()) }
    let rest = uri[mark.upperBound...]
    return String(rest.drop { $0 != "/" }.prefix { $0 != "?" })
  }

  /// Not to be shown by a description of the locator.
  private struct Environment: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    let values: [String: String]
    var description: String { "\(values.count) variables" }
    var debugDescription: String { description }
  }

  private static func withoutCredentials(_ uri: String) -> String {
    guard let mark = uri.firstRange(of: "://") else { return uri }
    if uri.lowercased().hasPrefix("http") { return ServerAccess.split(uri).base }
    guard let at = uri[mark.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return uri }
    return String(uri[..<mark.upperBound]) + String(uri[uri.index(after: at)...])
  }

  private static func isSQLiteFile(_ path: String) -> Bool {
    (path.hasSuffix(".db") || path.hasSuffix(".sqlite") || path.hasSuffix(".sqlite3"))
      && FileManager.default.fileExists(atPath: path)
  }

  /// MLflow's own test: a folder with a number for a name that holds a `meta.yaml`.
  private static func holdsFileStore(_ path: String) -> Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
    return names.contains { name in
      name.allSatisfy(\.isNumber) && FileManager.default.fileExists(atPath: "\(path)/\(name)/meta.yaml")
    }
  }
}
