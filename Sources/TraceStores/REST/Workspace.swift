import JSONText
import Synchronization

/// The user's workspace on a server that has several (MLflow 3.10 and later). The server is asked first whether it has any:
/// one that has none would answer without a word about it, from all that it holds.
final class Workspace: Sendable {
  static let header = "X-MLFLOW-WORKSPACE"

  let name: String
  private let isConfirmed = Mutex(false)

  init(name: String) { self.name = name }

  /// - Throws: ``StoreError/Code/unsupported`` when the server has no workspaces.
  func confirm(_ probe: () async throws(StoreError) -> RESTAnswer) async throws(StoreError) {
    guard !isConfirmed.withLock({ $0 }) else { return }
    guard try await probe().root?["workspaces_enabled"]?.bool == true else {
      throw StoreError(
        .unsupported, "MLFLOW_WORKSPACE names a workspace, but the server has none",
        hint: "Unset MLFLOW_WORKSPACE, or start the server with --enable-workspaces")
    }
    isConfirmed.withLock { $0 = true }
  }
}

extension RESTRequest {
  /// What the server is and has, since 3.9.
  static let workspaceProbe = {
    var request = RESTRequest.get("/api/3.0/mlflow/server-info")
    request.isInWorkspace = false
    return request
  }()
}
