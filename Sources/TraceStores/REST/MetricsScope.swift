import TraceModel
import TraceQuery

/// Traces that a server's route for figures can count where they are (MLflow 3.9 and later). It knows no filter language,
/// only equalities of state, tags and metadata, and a range of time.
struct MetricsScope: Sendable, Hashable {
  var experiments: [String]
  /// One clause each.
  var filters: [String] = []
  /// Milliseconds, the first and the last that count.
  var start: Int64?
  var end: Int64?

  /// Nil when the question needs more than the route knows.
  init?(_ query: TraceQuery, _ experiments: [String]) {
    self.experiments = experiments
    for condition in query.conditions { guard add(condition) else { return nil } }
    for condition in query.filter?.conditions ?? [] { guard add(condition) else { return nil } }
  }

  /// Those of them in one state.
  func inState(_ state: TraceState) -> Self {
    var scope = self
    scope.filters.append("trace.status = '\(state.rawValue)'")
    return scope
  }

  /// Those of them in one experiment.
  func inExperiment(_ id: String) -> Self {
    var scope = self
    scope.experiments = [id]
    return scope
  }

  private mutating func add(_ condition: TraceCondition) -> Bool {
    switch condition {
    case .state(let states) where states.count == 1 && states[0] != .unspecified:
      filters.append("trace.status = '\(states[0].rawValue)'")
      return true
    case .session(let id): return add("metadata", ReservedKey.session, id)
    case .user(let id): return add("metadata", ReservedKey.user, id)
    case .since(let time): return begin(time.milliseconds)
    case .until(let time): return end(time.milliseconds.subtractingSaturating(1))
    case .state, .durationAtLeast, .hasErrorSpans, .containsText, .failedAssessment, .attribute: return false
    }
  }

  private mutating func add(_ condition: FilterCondition) -> Bool {
    switch condition {
    case .status(.equals(let word)):
      guard let text = ServerFilter.quoted(word) else { return false }
      filters.append("trace.status = \(text)")
      return true
    case .tag(let key, .equals(let value)): return add("tag", key, value)
    case .metadata(let key, .equals(let value)): return add("metadata", key, value)
    case .time(.timestamp, let test):
      guard case .integer(let number) = test.value else { return false }
      switch test.comparator {
      case .greater: return begin(number.addingSaturating(1))
      case .greaterOrEqual: return begin(number)
      case .less: return end(number.subtractingSaturating(1))
      case .lessOrEqual: return end(number)
      case .equal: return begin(number) && end(number)
      case .unequal: return false
      }
    default: return false
    }
  }

  private mutating func begin(_ milliseconds: Int64) -> Bool {
    start = max(start ?? milliseconds, milliseconds)
    return true
  }

  private mutating func end(_ milliseconds: Int64) -> Bool {
    end = min(end ?? milliseconds, milliseconds)
    return true
  }

  /// Backticks keep a key's dots and dashes together. Sums that MLflow keeps in columns are compared as numbers there.
  private mutating func add(_ entity: String, _ key: String, _ value: String) -> Bool {
    let isPlain = key.utf8.allSatisfy { byte in
      byte >= 0x20 && byte != 0x7F && !["`", "'", "\"", "\\"].contains(UnicodeScalar(byte))
    }
    guard isPlain, !key.hasPrefix("mlflow.trace.tokenUsage"), !key.hasPrefix("mlflow.trace.cost"),
      let text = ServerFilter.quoted(value)
    else { return false }
    filters.append("trace.\(entity).`\(key)` = \(text)")
    return true
  }
}
