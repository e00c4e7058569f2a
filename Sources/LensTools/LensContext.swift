package import MCP
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
  package let style: NextCall.Style
  package let excerpter: Excerpter
  /// The clock, for times like `-2h`. Nothing else in an answer depends on it.
  let now: @Sendable () -> Timestamp

  /// A context from what the start of the program read.
  ///
  /// - Parameters:
  ///   - locator: Finds the store. It is opened at the first question, so that a server starts without one.
  ///   - environment: Environment variables; MLflow's choice of an experiment is read from them.
  ///   - face: Who reads the answers.
  ///   - revealsSecrets: Whether credentials in traces are shown. Off unless a person asked for it at the command line.
  ///   - now: The clock.
  public init(
    locator: StoreLocator, environment: [String: String], face: Face, revealsSecrets: Bool,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.locator = locator
    // MLflow lets the name win over the id.
    defaultExperiment = environment["MLFLOW_EXPERIMENT_NAME"] ?? environment["MLFLOW_EXPERIMENT_ID"]
    style = face == .server ? .tool : .commandLine
    excerpter = Excerpter(masksSecrets: !revealsSecrets)
    self.now = now
  }

  /// A context of a store that is open already, as an assistant has it.
  package init(store: any TraceStore, now: @escaping @Sendable () -> Timestamp) {
    self.init(
      locator: StoreLocator(option: nil, environment: [:], workingDirectory: ""), environment: [:], face: .server,
      revealsSecrets: false, now: now)
    opened.store.withLock { $0 = store }
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
    guard let progress = Progress.current else {
      do throws(StoreError) {
        return try await question(store)
      } catch {
        throw ToolError(error)
      }
    }
    // Several questions of one call count on from each other.
    let base = progress.highest ?? 0
    let report = StoreProgress { done, total in
      progress.report(base + Double(done), of: base + Double(total), "reading traces")
    }
    do {
      return try await StoreProgress.$current.withValue(report) { try await question(store) }
    } catch let error as StoreError {
      throw ToolError(error)
    } catch {
      // `withValue` has forgotten the type; there is no other.
      throw ToolError(.failed, "\(error)")
    }
  }

  /// The experiments that a call is about, and the words that say how they were chosen.
  ///
  /// - Parameter given: Ids or names separated by commas; nil for the environment's choice, else all.
  package func experiments(_ given: String?) async throws(ToolError) -> ExperimentChoice {
    let all = try await ask { store async throws(StoreError) in try await store.experiments() }
    guard let wanted = given.flatMap({ $0.isEmpty ? nil : $0 }) ?? defaultExperiment else {
      return ExperimentChoice(ids: [], known: all, words: all.count == 1 ? "the only experiment" : "all experiments")
    }
    func find(_ name: String) -> Experiment? { all.first { $0.id == name } ?? all.first { $0.name == name } }
    // A name may hold a comma itself.
    let names = find(wanted) != nil ? [wanted] : wanted.split(separator: ",").map { Self.trimmed($0) }
    var ids: [String] = []
    for name in names {
      guard let found = find(name) else {
        let known = all.prefix(12).map { "\($0.id) (\(excerpter.line($0.name, limit: 60)))" }.joined(separator: ", ")
        throw ToolError(
          .notFound, "There is no experiment '\(excerpter.line(name, limit: 80))'",
          allowed: "Experiments here: \(known)\(all.count > 12 ? ", …" : "")")
      }
      ids.append(found.id)
    }
    let labels = ids.map { id in ExperimentChoice(ids: [], known: all, words: "").label(id, excerpter) }
    let words = "experiment \(labels.joined(separator: ", "))" + (given == nil ? " (of the environment)" : "")
    return ExperimentChoice(ids: ids, known: all, words: words)
  }

  /// Whether only some experiments are looked in, so that they have to be known before anything else is asked.
  func choosesExperiments(_ given: String?) -> Bool { given.map { !$0.isEmpty } ?? false || defaultExperiment != nil }

  /// The same for who asks for something else meanwhile.
  ///
  /// - Parameter known: The answer, where it was asked for before.
  func experimentsOutcome(
    _ given: String?, known: ExperimentChoice? = nil
  ) async -> Result<ExperimentChoice, ToolError> {
    if let known { return .success(known) }
    do throws(ToolError) { return .success(try await experiments(given)) } catch { return .failure(error) }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }

  private final class OpenedStore: Sendable {
    let store = Mutex<(any TraceStore)?>(nil)
  }
}

/// Experiments chosen for a call.
package struct ExperimentChoice: Sendable {
  /// Ids to look in; empty for all.
  var ids: [String]
  /// Every experiment of the store.
  var known: [Experiment]
  /// How they were chosen.
  var words: String

  /// `1 (shop-assistant)`.
  package func label(_ id: String, _ excerpter: Excerpter) -> String {
    // Exported files say what they like.
    let shown = excerpter.line(id, limit: 60)
    return known.first { $0.id == id }.map { "\(shown) (\(excerpter.line($0.name, limit: 60)))" } ?? shown
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
