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

  /// Finds the store.
  var locator: StoreLocator {
    StoreLocator(
      option: trackingURI, environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath, artifactsDestination: artifactsDestination)
  }

  /// What the tools work on.
  func context(face: LensContext.Face) -> LensContext {
    LensContext(
      locator: locator, environment: ProcessInfo.processInfo.environment, face: face, revealsSecrets: revealsSecrets,
      now: Self.now)
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
