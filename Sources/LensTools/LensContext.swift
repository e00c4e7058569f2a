import MCP
import Synchronization
public import TraceModel
public import TraceStores

/// What the tools work on. Read once at the start, the same for every call.
public struct LensContext: Sendable {
  /// Who reads the answers.
  public enum Face: Sendable {
    /// An assistant, through the server.
    case server
    /// A person or a script, at the command line.
    case commandLine
  }

  private let opened = OpenedStore()
  private let locator: StoreLocator
  private let defaultExperiment: String?
  let style: NextCall.Style
  let excerpter: Excerpter

  /// A context from what the start of the program read.
  ///
  /// - Parameters:
  ///   - locator: Finds the store. It is opened at the first question, so that a server starts without one.
  ///   - environment: Environment variables; MLflow's choice of an experiment is read from them.
  ///   - face: Who reads the answers.
  ///   - revealsSecrets: Whether credentials in traces are shown. Off unless a person asked for it at the command line.
  public init(locator: StoreLocator, environment: [String: String], face: Face, revealsSecrets: Bool) {
    self.locator = locator
    // MLflow lets the name win over the id.
    defaultExperiment = environment["MLFLOW_EXPERIMENT_NAME"] ?? environment["MLFLOW_EXPERIMENT_ID"]
    style = face == .server ? .tool : .commandLine
    excerpter = Excerpter(masksSecrets: !revealsSecrets)
  }

  /// The store, opened when first needed.
  func store() throws(ToolError) -> any TraceStore {
    if let store = opened.store.withLock({ $0 }) { return store }
    do {
      let store = try locator.open()
      opened.store.withLock { $0 = store }
      return store
    } catch {
      throw ToolError(error)
    }
  }

  /// Asks the store, with its errors as a tool's.
  func ask<Answer: Sendable>(
    _ question: (any TraceStore) async throws(StoreError) -> Answer
  ) async throws(ToolError) -> Answer {
    let store = try store()
    do {
      return try await question(store)
    } catch {
      throw ToolError(error)
    }
  }

  /// The experiments that a call is about, and the words that say how they were chosen.
  ///
  /// - Parameter names: Ids or names; empty for the environment's choice, else all.
  func experiments(_ names: [String]) async throws(ToolError) -> ExperimentChoice {
    let all = try await ask { store async throws(StoreError) in try await store.experiments() }
    let wanted = names.isEmpty ? defaultExperiment.map { [$0] } ?? [] : names
    guard !wanted.isEmpty else {
      return ExperimentChoice(ids: [], known: all, words: all.count == 1 ? "the only experiment" : "all experiments")
    }
    var ids: [String] = []
    for name in wanted {
      guard let found = all.first(where: { $0.id == name }) ?? all.first(where: { $0.name == name }) else {
        let known = all.prefix(12).map { "\($0.id) (\(excerpter.line($0.name, limit: 60)))" }.joined(separator: ", ")
        throw ToolError(
          .notFound, "There is no experiment '\(excerpter.line(name, limit: 80))'",
          allowed: "Experiments here: \(known)\(all.count > 12 ? ", …" : "")")
      }
      ids.append(found.id)
    }
    let words = names.isEmpty ? "the experiment that MLFLOW_EXPERIMENT_NAME or _ID names" : "the experiments asked for"
    return ExperimentChoice(ids: ids, known: all, words: words)
  }

  private final class OpenedStore: Sendable {
    let store = Mutex<(any TraceStore)?>(nil)
  }
}

/// Experiments chosen for a call.
struct ExperimentChoice: Sendable {
  /// Ids to look in; empty for all.
  var ids: [String]
  /// Every experiment of the store.
  var known: [Experiment]
  /// How they were chosen.
  var words: String

  /// `1 (shop-assistant)`.
  func label(_ id: String, _ excerpter: Excerpter) -> String {
    known.first { $0.id == id }.map { "\(id) (\(excerpter.line($0.name, limit: 60)))" } ?? id
  }
}

extension ToolError {
  /// A store's error, for the model to read.
  init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .notFound: .notFound
      case .cancelled: .interrupted
      default: .unavailable
      }
    self.init(code, error.message, allowed: error.hint)
  }
}
