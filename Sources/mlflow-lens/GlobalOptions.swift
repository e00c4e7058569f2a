import ArgumentParser

/// Options of every verb.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("tracking-uri"),
    help: """
      The store: sqlite:///relative.db, sqlite:////absolute.db, http(s)://server, a folder mlruns, an exported .json file or \
      a folder of them. Default: MLFLOW_TRACKING_URI, else ./mlruns or ./mlflow.db as MLflow has it.
      """)
  var trackingURI: String?

  @Option(
    help: "Folder of the artifacts that a server proxies (its --artifacts-destination), for spans kept in files.")
  var artifactsDestination: String?

  @Flag(help: "Show credentials that traces hold, in place of masking them.")
  var revealSecrets = false

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always, never.")
  var color: ColorChoice = .auto

  @Option(help: "What to log on stderr.")
  var logLevel: LogLevel = .warning

  /// The options as the program uses them.
  var settings: Settings {
    Settings(
      trackingURI: trackingURI, artifactsDestination: artifactsDestination, revealsSecrets: revealSecrets,
      logLevel: logLevel)
  }
}

extension LogLevel: ExpressibleByArgument {}
