import ArgumentParser
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

/// Options of every verb. They are read here, together with the environment, and handed down; nothing below looks for
/// configuration of its own.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("tracking-uri"),
    help: "The store: sqlite:///relative.db, sqlite:////absolute.db. Default: MLFLOW_TRACKING_URI, else ./mlflow.db.")
  var trackingURI: String?

  @Flag(help: "Show credentials that traces hold, in place of masking them.")
  var revealSecrets = false

  @Option(help: "What to log on stderr.")
  var logLevel: LogLevel = .warning

  /// Finds the store.
  var locator: StoreLocator {
    StoreLocator(
      option: trackingURI, environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath)
  }

  /// What the tools work on.
  func context(face: LensContext.Face) -> LensContext {
    LensContext(
      locator: locator, environment: ProcessInfo.processInfo.environment, face: face, revealsSecrets: revealSecrets,
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

/// The levels of swift-log, as words of the command line.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
  case trace, debug, info, notice, warning, error, critical

  /// The level of that name.
  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}
