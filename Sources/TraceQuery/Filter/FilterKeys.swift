/// What a prefix stands for.
enum FilterEntity: String {
  case attribute
  case tag
  case metadata = "request_metadata"
  case span
  case feedback
  case expectation
  case issue

  /// Every spelling of a prefix.
  static let prefixes: [String: FilterEntity] = [
    "attribute": .attribute, "attributes": .attribute, "trace": .attribute, "tag": .tag, "tags": .tag,
    "metadata": .metadata, "request_metadata": .metadata, "span": .span, "feedback": .feedback,
    "expectation": .expectation, "issue": .issue,
  ]

  static let prefixList = "trace, tag, metadata, span, feedback, expectation, issue"
}

/// The one table of what can be asked: keys, comparators, types of values.
enum FilterKeys {
  static let numeric: Set = [
    "timestamp", "timestamp_ms", "execution_time", "execution_time_ms", "end_time", "end_time_ms",
  ]
  static let attributes = numeric.union([
    "request_id", "client_request_id", "status", "name", "run_id", "prompt", "text",
  ])
  /// Attributes whose value may be a list, before it is asked whether the comparator fits.
  static let withLists: Set = ["name", "status", "request_id", "run_id", "client_request_id"]
  static let attributeList =
    "status, name, timestamp_ms, execution_time_ms, end_time_ms, request_id, client_request_id, run_id, prompt, "
    + "trace.text, and with a prefix: tag.<key>, metadata.<key>, span.name, span.type, span.status, span.content, "
    + "span.attributes.<key>, feedback.<name>, expectation.<name>, issue.id"

  static let ofNumbers: Set = ["=", "!=", "<", "<=", ">", ">="]
  static let ofOrder: Set = ["<", "<=", ">", ">="]
  static let ofStrings: Set = ["=", "!=", "IN", "NOT IN", "LIKE", "ILIKE", "RLIKE"]
  static let ofTags: Set = ["=", "!=", "LIKE", "ILIKE", "RLIKE", "IS NULL", "IS NOT NULL"]
  static let ofContent: Set = ["LIKE", "ILIKE"]
  static let ofReserved: Set = ["=", "!=", "IS NULL", "IS NOT NULL"]
  static let ofAssessments = ofTags.union(ofOrder)

  /// Metadata that a database keeps as numbers since 3.17.
  static let reservedMetadata: Set = ["mlflow.trace.tokenUsage", "mlflow.trace.cost"]
  static let promptTag = "mlflow.linkedPrompts"

  /// Comparators in the order a person would list them.
  static func list(_ comparators: Set<String>) -> String {
    ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "RLIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"]
      .filter(comparators.contains).joined(separator: ", ")
  }
}
