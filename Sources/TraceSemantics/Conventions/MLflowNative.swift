import TraceModel

extension Convention {
  /// What MLflow's own SDK and autologgers write, and what its server adds to spans of other conventions.
  static let mlflow = Convention(
    name: "MLflow", markers: ["mlflow."],
    inputs: [ReservedKey.spanInputs],
    outputs: [ReservedKey.spanOutputs],
    models: [ReservedKey.model],
    sessions: ["session.id"],
    users: ["user.id"],
    toolDefinitions: ["mlflow.chat.tools"],
    costs: ["mlflow.llm.cost"])
}
