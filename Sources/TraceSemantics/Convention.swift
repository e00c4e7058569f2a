/// How one instrumentation names things: a table. A new convention is one file with such a value and one line in ``all``.
///
/// Keys are listed in order of preference; the first that holds something wins. The tables follow MLflow's own
/// translators (release 3.18), which fill the `mlflow.*` attributes at ingestion; older data and exports have only these.
public struct Convention: Sendable {
  /// The convention's name, as people call it.
  public var name: String
  /// A span that has an attribute whose key begins like this follows this convention.
  public var marker: StaticString
  /// Attributes that tell the span's type, each with what its values mean.
  public var types: [TypeKey]
  /// Attributes that hold the input.
  public var inputs: [String] = []
  /// Attributes that hold the output.
  public var outputs: [String] = []
  /// Attributes that name the model, the one that answered before the one that was asked.
  public var models: [String] = []
  /// Attributes that count tokens read.
  public var inputTokens: [String] = []
  /// Attributes that count tokens written.
  public var outputTokens: [String] = []
  /// Attributes that count both.
  public var totalTokens: [String] = []
  /// Attributes that name the session.
  public var sessions: [String] = []

  /// An attribute whose value tells the type of the span.
  public struct TypeKey: Sendable {
    /// The attribute.
    public var key: String
    /// MLflow's span type for each value.
    public var values: [String: String]

    init(_ key: String, _ values: [String: String]) {
      self.key = key
      self.values = values
    }
  }

  init(name: String, marker: StaticString, types: [TypeKey]) {
    self.name = name
    self.marker = marker
    self.types = types
  }

  /// All conventions, in the order in which MLflow asks them. MLflow's own comes first.
  public static let all: [Convention] = [.mlflow, .openInference, .genAI, .traceloop, .vercelAI]
}
