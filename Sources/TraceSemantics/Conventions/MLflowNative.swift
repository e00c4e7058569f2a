import TraceModel

extension Convention {
  /// What MLflow's own SDK and autologgers write, and what its server adds to spans of other conventions.
  static let mlflow: Convention = {
    var convention = Convention(name: "MLflow", markers: ["mlflow."], types: [])
    convention.inputs = [ReservedKey.spanInputs]
    convention.outputs = [ReservedKey.spanOutputs]
    convention.models = [ReservedKey.model]
    convention.sessions = ["session.id"]
    convention.users = ["user.id"]
    convention.toolDefinitions = ["mlflow.chat.tools"]
    return convention
  }()
}
