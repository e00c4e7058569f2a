/// One clause as it is written: `key comparator value`, before anybody asks what the key means.
struct WrittenClause: Sendable, Hashable {
  /// A value as it is written.
  enum Value: Sendable, Hashable {
    /// What stands between the quotes, as it stands there.
    case text(String)
    case integer(String)
    case real(String)
    case list([String])
    /// `NULL`, `?` or `:name`.
    case placeholder(String)
    /// A word, or something in backticks.
    case unquoted(String)
    /// Of `IS NULL` and `IS NOT NULL`.
    case nothing
  }

  /// The key with its prefix and its quotes.
  var key: String
  var keyOffset: Int
  /// The comparator as written, words in one spacing.
  var comparator: String
  var comparatorOffset: Int
  var value: Value
  var valueOffset: Int
  /// The end of the clause.
  var end: Int

  /// Comparators that MLflow's tokenizer knows nothing of; it puts their clauses together by itself.
  static let grouped: Set = ["IN", "NOT IN", "IS NULL", "IS NOT NULL"]
}
