/// What every manifest says, said once: who this program is, what it offers, how it is started.
public struct PluginFacts: Sendable {
  /// A tool or a prompt, in one line.
  public struct Offer: Sendable {
    /// The name it is called by.
    public var name: String
    /// What it does.
    public var description: String
    /// Names of what a prompt is given.
    public var arguments: [String]
    /// What a prompt says, its arguments as `${arguments.name}`; nil for a tool.
    public var text: String?

    /// An offer from its parts.
    public init(name: String, description: String, arguments: [String] = [], text: String? = nil) {
      self.name = name
      self.description = description
      self.arguments = arguments
      self.text = text
    }
  }

  /// The name in every host.
  public var name: String
  /// The name shown to people.
  public var title: String
  /// The version.
  public var version: String
  /// What it does, in one line.
  public var description: String
  /// The same in a paragraph.
  public var longDescription: String
  /// Who wrote it.
  public var author: String
  /// Its licence, by its SPDX name.
  public var license: String
  /// Words to find it by.
  public var keywords: [String]
  /// Its tools, in their order.
  public var tools: [Offer]
  /// Its prompts, in their order.
  public var prompts: [Offer]

  /// Facts from their parts.
  public init(
    name: String, title: String, version: String, description: String, longDescription: String, author: String,
    license: String, keywords: [String], tools: [Offer], prompts: [Offer]
  ) {
    self.name = name
    self.title = title
    self.version = version
    self.description = description
    self.longDescription = longDescription
    self.author = author
    self.license = license
    self.keywords = keywords
    self.tools = tools
    self.prompts = prompts
  }
}

/// A setting that hosts ask people for.
struct PluginSetting: Sendable {
  /// Its name in a manifest.
  var key: String
  /// The variable that MLflow reads it from.
  var variable: String
  /// The name shown to people.
  var title: String
  /// What to give.
  var description: String
  /// Whether it is kept like a password.
  var isSecret = false

  /// The variable that a host hands it on by when people may leave it empty. It is not MLflow's own: an empty one would hide
  /// what the user's shell has set.
  var ownVariable: String { "MLFLOW_LENS_" + variable.dropFirst("MLFLOW_".count) }

  static let all = [
    PluginSetting(
      key: "tracking_uri", variable: "MLFLOW_TRACKING_URI", title: "Tracking URI",
      description: """
        The traces to read: sqlite:////home/me/app/mlflow.db (four slashes before an absolute path), http://host:5000, a \
        folder mlruns or exported JSON files. Left empty, it is MLFLOW_TRACKING_URI, else mlflow.db in the folder the \
        server is started in.
        """),
    PluginSetting(
      key: "tracking_token", variable: "MLFLOW_TRACKING_TOKEN", title: "Access token",
      description: "Only for a tracking server or a Databricks workspace that asks for one. It is sent nowhere else.",
      isSecret: true),
    PluginSetting(
      key: "experiment", variable: "MLFLOW_EXPERIMENT_NAME", title: "Experiment",
      description: "Name of the experiment to look in where a question names none. Left empty, it is all of them."),
  ]
}
