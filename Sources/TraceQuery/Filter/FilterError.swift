/// A filter that was not understood: where, why, and what would be right.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of mistake it is. Names as in MLflow's own refusals.
  public enum Category: String, Sendable, Hashable {
    case invalidClause = "invalid_clause"
    case invalidComparison = "invalid_comparison"
    case multipleStatements = "multiple_statements"
    case invalidEntityType = "invalid_entity_type"
    case invalidAttributeKey = "invalid_attribute_key"
    case invalidComparator = "invalid_comparator"
    case valueNotQuoted = "value_not_quoted"
    case stringValueExpected = "string_value_expected"
    case numericValueExpected = "numeric_value_expected"
    case numericValueNotAllowed = "numeric_value_not_allowed"
    case listValueNotAllowed = "list_value_not_allowed"
    case listEmptyOrMalformed = "list_empty_or_malformed"
    case listNotLiteral = "list_not_literal"
    case integerOutOfRange = "integer_out_of_range"
    case inListOnSpanAttribute = "in_list_on_span_attribute"
    case invalidSpanAttribute = "invalid_span_attribute"
    case emptySpanAttribute = "empty_span_attribute"
    case emptyAssessmentName = "empty_assessment_name"
    case invalidIssueAttribute = "invalid_issue_attribute"
    case invalidPromptValue = "invalid_prompt_value"
    case invalidPromptComparator = "invalid_prompt_comparator"
    case reservedMetadataComparator = "reserved_metadata_comparator"
  }

  /// The kind.
  public var category: Category
  /// Characters before the place of the mistake.
  public var offset: Int
  /// What is wrong there, without a full stop.
  public var message: String
  /// What is allowed there.
  public var allowed: String
  /// The whole filter with the mistake mended, where it can be told what was meant. Offered, never applied.
  public var suggestion: String?

  /// An error from its parts.
  public init(_ category: Category, at offset: Int, _ message: String, allowed: String, suggestion: String? = nil) {
    self.category = category
    self.offset = offset
    self.message = message
    self.allowed = allowed
    self.suggestion = suggestion
  }

  /// All of it as sentences.
  public var description: String {
    "filter, character \(offset + 1): \(message). \(allowed)." + (suggestion.map { " Did you mean: \($0)" } ?? "")
  }
}
