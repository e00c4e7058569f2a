/// The state of a trace.
public enum TraceState: String, Sendable, Hashable, CaseIterable {
  /// Ended well, as far as the app said. It does not mean that the answer was right.
  case ok = "OK"
  /// The root span failed, or the app said so.
  case error = "ERROR"
  /// Not ended, or its end was never recorded.
  case inProgress = "IN_PROGRESS"
  /// Not told.
  case unspecified = "STATE_UNSPECIFIED"

  /// Reads MLflow's word; version 2 wrote `TRACE_STATUS_UNSPECIFIED`. An unknown word is unspecified.
  public init(mlflow word: String) {
    self = TraceState(rawValue: word) ?? .unspecified
  }
}

/// The status of a span, as OpenTelemetry has it. `unset` is the usual value of healthy OpenTelemetry spans.
public enum SpanStatus: String, Sendable, Hashable, CaseIterable {
  /// Said to have gone well.
  case ok = "OK"
  /// Said to have failed.
  case error = "ERROR"
  /// Nothing said.
  case unset = "UNSET"

  /// Reads `STATUS_CODE_ERROR` or `ERROR`; anything else that is unknown is unset.
  public init(code: String) {
    self =
      switch code {
      case "STATUS_CODE_OK", "OK": .ok
      case "STATUS_CODE_ERROR", "ERROR": .error
      default: .unset
      }
  }
}
