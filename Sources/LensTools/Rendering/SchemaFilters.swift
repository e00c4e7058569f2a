import TraceAnalysis
import TraceQuery

/// Filters that make sense for the traces of a survey. Each is one that MLflow understands.
struct SchemaFilters {
  let survey: SchemaSurvey

  /// At most so many are worth reading.
  private static let maximum = 8

  var all: [String] {
    let types = Set(survey.spans.map(\.value.type))
    var filters = ["TOOL", "RETRIEVER"].filter(types.contains).map { "span.type = '\($0)' AND span.status = 'ERROR'" }
    filters += survey.assessments.prefix(3).compactMap { key in
      let isJudged = key.kinds.contains { ["HUMAN", "LLM_JUDGE", "CODE"].contains($0.value) }
      let bad = key.values.map(\.value).first { ["false", "\"no\"", "\"fail\"", "\"incorrect\""].contains($0) }
      return isJudged ? bad.map { "feedback.\(quoted(key.name)) = '\($0.filter { $0 != "\"" })'" } : nil
    }
    for (name, keys) in [("tag", survey.tags), ("metadata", survey.metadata)] {
      for key in keys where key.hasFewValues && key.values.count > 1 && !key.name.hasPrefix("mlflow.") {
        if let value = key.values.last?.value, isPlain(value) {
          filters.append("\(name).\(quoted(key.name)) = '\(value)'")
        }
      }
    }
    if let slow = survey.slowMs, slow > 0 { filters.append("execution_time_ms > \(slow)") }
    if let name = survey.spans.first(where: { isPlain($0.value.name) })?.value.name {
      filters.append("span.name = '\(name)'")
    }
    return Array(filters.filter { (try? TraceFilter($0)) != nil }.prefix(Self.maximum))
  }

  private func quoted(_ key: String) -> String {
    key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } ? key : "`\(key)`"
  }

  private func isPlain(_ value: String) -> Bool {
    !value.isEmpty && value.utf8.count <= 60 && !value.contains { "'\"\\".contains($0) || $0.isNewline }
  }
}
