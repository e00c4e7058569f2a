import TraceModel
import TraceQuery

/// Conditions in MLflow's filter language, and those it has no words for.
struct ServerFilter: Sendable, Hashable {
  /// For the server; empty for all traces.
  var text = ""
  /// For us.
  var rest: [TraceCondition] = []

  init(_ conditions: [TraceCondition], _ filter: TraceFilter? = nil) {
    var clauses = filter.map { $0.conditions.isEmpty ? [] : [$0.text] } ?? []
    for condition in conditions {
      if let clause = Self.clause(condition) { clauses.append(clause) } else { rest.append(condition) }
      // Its words stand somewhere; whether they are this attribute's value is then looked up here.
      if case .attribute(_, let value) = condition, RecordedText.variants(of: value).count == 1,
        let clause = Self.clause(.containsText(value))
      {
        clauses.append(clause)
      }
    }
    text = clauses.joined(separator: " AND ")
  }

  private static func clause(_ condition: TraceCondition) -> String? {
    switch condition {
    case .state(let states):
      let words = states.flatMap(words)
      return words.count == 1 ? "status = '\(words[0])'" : "status IN ('\(words.joined(separator: "', '"))')"
    case .session(let id): return quoted(id).map { "metadata.`\(ReservedKey.session)` = \($0)" }
    case .user(let id): return quoted(id).map { "metadata.`\(ReservedKey.user)` = \($0)" }
    case .since(let time): return "timestamp_ms >= \(time.milliseconds)"
    case .until(let time): return "timestamp_ms < \(time.milliseconds)"
    case .durationAtLeast(let milliseconds): return "execution_time_ms >= \(milliseconds)"
    case .hasErrorSpans(true): return errorSpans
    // Some span differs from ERROR is not what is asked.
    case .hasErrorSpans(false): return nil
    // `%` and `_` would match anything, and quotes stand behind escapes there.
    case .containsText(let text) where !text.contains { "%_\"".contains($0) }:
      return quoted("%\(text)%").map { "trace.text LIKE \($0)" }
    case .containsText, .attribute, .failedAssessment: return nil
    }
  }

  /// Since 3.4.
  static let errorSpans = "span.status = 'ERROR'"

  /// The text between quotes it does not hold; there are no escapes. Nil when it holds both kinds, or what the server's
  /// tokenizer may stumble over.
  static func quoted(_ text: String) -> String? {
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), !text.contains("\\") else { return nil }
    if !text.contains("'") { return "'\(text)'" }
    return text.contains("\"") ? nil : "\"\(text)\""
  }

  /// The words a state has on servers of every age.
  private static func words(_ state: TraceState) -> [String] {
    state == .unspecified ? [state.rawValue, "TRACE_STATUS_UNSPECIFIED"] : [state.rawValue]
  }
}
