import LensTools
import Logging
import TraceModel
import TraceStores

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the program was told, by its options and its environment. Read here and handed down; nothing below looks for
/// configuration of its own.
struct Settings {
  var trackingURI: String?
  var artifactsDestination: String?
  var revealsSecrets = false
  var logLevel = LogLevel.warning
  /// Names of the tools to serve, separated by commas; nil for all.
  var tools: String?

  /// Prefix of the variables that hosts hand a person's settings on by; they count before MLflow's own.
  private static let hostPrefix = "MLFLOW_LENS_"
  private static let handedOn = ["TRACKING_URI", "TRACKING_TOKEN", "EXPERIMENT_NAME"]

  /// The environment, without what means nothing: hosts set a variable to nothing, or to their own placeholder, where a person
  /// left a setting empty.
  var environment: [String: String] {
    var values = ProcessInfo.processInfo.environment.filter { name, value in
      !name.hasPrefix("MLFLOW_") || (!value.isEmpty && !value.hasPrefix("${user_config."))
    }
    for name in Self.handedOn {
      if let value = values[Self.hostPrefix + name] { values["MLFLOW_" + name] = value }
    }
    return values
  }

  /// Finds the store.
  var locator: StoreLocator {
    StoreLocator(
      option: trackingURI, environment: environment,
      workingDirectory: FileManager.default.currentDirectoryPath, artifactsDestination: artifactsDestination)
  }

  /// What the tools work on.
  func context(face: LensContext.Face) -> LensContext {
    LensContext(
      locator: locator, environment: environment, face: face, revealsSecrets: revealsSecrets, now: Self.now)
  }

  /// A log on stderr; stdout is for answers.
  var logger: Logger {
    var logger = Logger(label: "mlflow-lens") { _ in StandardErrorLog() }
    logger.logLevel = logLevel.level
    return logger
  }

  private static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

extension Settings {
  /// The store that was named, by the option or by the environment, which hosts do not pass on.
  private var namedURI: String? {
    trackingURI.flatMap { $0.isEmpty ? nil : $0 } ?? environment["MLFLOW_TRACKING_URI"]
  }

  /// Whether the store's address holds somebody's name or password.
  var hasSecretURI: Bool {
    guard let uri = namedURI, let scheme = uri.firstRange(of: "://") else { return false }
    return uri[scheme.upperBound...].prefix { $0 != "/" }.contains("@")
  }

  /// The words that start a server with these settings.
  var serverArguments: [String] {
    var words = ["serve"]
    // A host starts the server in a folder of its own choosing.
    if let uri = namedURI, !hasSecretURI { words += ["--tracking-uri", Self.absolute(uri)] }
    if let artifactsDestination { words += ["--artifacts-destination", artifactsDestination] }
    if let tools { words += ["--tools", tools] }
    if revealsSecrets { words.append("--reveal-secrets") }
    if logLevel != .warning { words += ["--log-level", logLevel.rawValue] }
    return words
  }

  /// The same store, wherever the server is started.
  private static func absolute(_ uri: String) -> String {
    let folder = FileManager.default.currentDirectoryPath
    if uri.hasPrefix("sqlite:///"), !uri.hasPrefix("sqlite:////") {
      return "sqlite:///\(folder)/\(uri.dropFirst("sqlite:///".count))"
    }
    let isPath = !uri.hasPrefix("/") && !uri.contains(":") && uri != "databricks"
    return isPath ? "\(folder)/\(uri)" : uri
  }

  /// The settings of a command line that only says `serve`, with options of the program: what a host starts a server with.
  /// Nil for any other line. ArgumentParser would read it as well, and take longer than the rest of the start together.
  init?(serving words: [String]) {
    var saysServe = false
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "serve" where !saysServe: saysServe = true
      case "--reveal-secrets": revealsSecrets = true
      case "--tracking-uri":
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { return nil }
        trackingURI = value
      case "--artifacts-destination":
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { return nil }
        artifactsDestination = value
      case "--tools":
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { return nil }
        tools = value
      case "--log-level":
        guard let value = rest.popFirst(), let level = LogLevel(rawValue: value) else { return nil }
        logLevel = level
      default: return nil
      }
    }
    guard saysServe else { return nil }
  }
}

/// The levels of swift-log, as words of the command line.
enum LogLevel: String, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  /// The level of that name.
  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}
