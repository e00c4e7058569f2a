/// Names that MLflow reserves in metadata, tags and attributes (as of 3.18).
public enum ReservedKey {
  /// Metadata: the run a trace was made in.
  public static let sourceRun = "mlflow.sourceRun"
  /// Metadata: the session a trace is a turn of.
  public static let session = "mlflow.trace.session"
  /// Metadata: the app's user.
  public static let user = "mlflow.trace.user"
  /// Metadata: tokens of the whole trace, JSON.
  public static let tokenUsage = "mlflow.trace.tokenUsage"
  /// Metadata: cost of the whole trace in USD, JSON.
  public static let cost = "mlflow.trace.cost"
  /// Metadata: counts and sizes of spans, JSON; `num_spans` tells whether all have arrived.
  public static let sizeStats = "mlflow.trace.sizeStats"
  /// Metadata: the version of the trace's schema, which MLflow's own client writes at the end.
  public static let schemaVersion = "mlflow.trace_schema.version"
  /// Tag: the trace's name.
  public static let traceName = "mlflow.traceName"
  /// Tag: `TRACKING_STORE`, `ARTIFACT_REPO` or `ARCHIVE_REPO`.
  public static let spansLocation = "mlflow.trace.spansLocation"
  /// Span attribute: the span type.
  public static let spanType = "mlflow.spanType"
  /// Span attribute: inputs.
  public static let spanInputs = "mlflow.spanInputs"
  /// Span attribute: outputs.
  public static let spanOutputs = "mlflow.spanOutputs"
  /// Span attribute: the function behind the span.
  public static let spanFunctionName = "mlflow.spanFunctionName"
  /// Span attribute: tokens of one model call, JSON.
  public static let chatTokenUsage = "mlflow.chat.tokenUsage"
  /// Span attribute: the model.
  public static let model = "mlflow.llm.model"
}
