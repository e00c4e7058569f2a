import JSONText
import TraceModel

/// What was probably meant. Every suggestion is read again before it is offered, so that none leads into the next error.
public enum FilterAdvice {
  /// Words that other tools have for what MLflow calls something else.
  private static let synonyms: [String: String] = [
    "state": "status", "trace_id": "request_id", "id": "request_id", "request_time": "timestamp_ms",
    "start_time": "timestamp_ms", "time": "timestamp_ms", "timestamp": "timestamp_ms", "created_at": "timestamp_ms",
    "execution_duration": "execution_time_ms", "execution_duration_ms": "execution_time_ms",
    "duration": "execution_time_ms", "duration_ms": "execution_time_ms", "latency": "execution_time_ms",
    "session_id": "metadata.`mlflow.trace.session`", "session": "metadata.`mlflow.trace.session`",
    "user_id": "metadata.`mlflow.trace.user`", "user": "metadata.`mlflow.trace.user`", "trace_name": "name",
    "text": "trace.text", "content": "span.content", "span_name": "span.name", "run": "run_id",
    "request_preview": "trace.text", "response_preview": "trace.text",
  ]

  /// The clause that finds an attribute of a span by its whole value, which `=` never does: a text between the quotes of two
  /// strings, as it stands in the record.
  public static func attribute(_ name: String, equals value: String) -> String {
    let recorded = JSON.string(JSON.string(value).text).text
    let key =
      name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "." || $0 == "_" } ? name : "`\(name)`"
    return recorded.contains("'") ? "span.attributes.\(key) LIKE '%…%'" : "span.attributes.\(key) LIKE ': \(recorded)'"
  }

  /// A key that nobody knows: another word for one, other capitals, or a tag without its prefix.
  static func unknownKey(_ key: String, clause: WrittenClause, in filter: String) -> FilterError {
    let lower = key.lowercased()
    let known = synonyms[lower] ?? (FilterKeys.attributes.contains(lower) ? lower : nearest(lower))
    let suggestion = known.flatMap { replacing(clause.key, with: $0, at: clause.keyOffset, in: filter) }
    var allowed = "Keys are \(FilterKeys.attributeList)"
    if known == nil { allowed += "; a tag is tag.\(key), metadata is metadata.\(key)" }
    return FilterError(
      .invalidAttributeKey, at: clause.keyOffset, "there is no key '\(key)'", allowed: allowed, suggestion: suggestion)
  }

  static func unknownPrefix(_ prefix: String, key: String, clause: WrittenClause, in filter: String) -> FilterError {
    let lower = prefix.filter { !"`\" ".contains($0) }.lowercased()
    let plain = lower.hasSuffix("s") ? String(lower.dropLast()) : lower
    let known =
      ["assessment": "feedback", "attr": "trace", "meta": "metadata", "trace_metadata": "metadata"][plain]
      ?? (FilterEntity.prefixes[lower] != nil ? lower : FilterEntity.prefixes[plain] != nil ? plain : nil)
    let rest = clause.key.drop { $0 != "." }
    return FilterError(
      .invalidEntityType, at: clause.keyOffset, "there is no prefix '\(prefix)'",
      allowed: "Prefixes are \(FilterEntity.prefixList)",
      suggestion: known.flatMap { replacing(clause.key, with: $0 + rest, at: clause.keyOffset, in: filter) })
  }

  static func spanKey(_ key: String, clause: WrittenClause, in filter: String) -> String? {
    let lower = key.lowercased()
    let known: String? =
      ["name", "type", "status", "content"].contains(lower)
      ? "span.\(lower)"
      : key.hasPrefix("attribute.")
        ? "span.attributes.\(key.dropFirst("attribute.".count))"
        : ["text": "span.content", "span_type": "span.type", "kind": "span.type", "state": "span.status"][lower]
    return known.flatMap { replacing(clause.key, with: $0, at: clause.keyOffset, in: filter) }
  }

  /// A comparator that does not fit the key.
  static func comparator(_ clause: WrittenClause, allowed: Set<String>, in filter: String) -> FilterError {
    let upper = clause.comparator.uppercased()
    let known =
      ["==": "=", "<>": "!=", "REGEXP": "RLIKE", "~": "RLIKE", "=~": "RLIKE"][upper].flatMap {
        allowed.contains($0) ? $0 : nil
      }
    var suggestion = known.flatMap { replacing(clause.comparator, with: $0, at: clause.comparatorOffset, in: filter) }
    if suggestion == nil, upper == "=", allowed == FilterKeys.ofContent, case .text(let text) = clause.value {
      suggestion = replacingComparison(clause, with: "LIKE '%\(text)%'", in: filter)
    }
    return FilterError(
      .invalidComparator, at: clause.comparatorOffset, "'\(clause.comparator)' does not fit \(clause.key)",
      allowed: "Comparators of it are \(FilterKeys.list(allowed))", suggestion: suggestion)
  }

  /// A word of SQL at the beginning of a clause.
  static func keyword(_ word: String, at offset: Int, in filter: String) -> FilterError {
    switch word.uppercased() {
    case "OR":
      return FilterError(
        .invalidClause, at: offset, "there is no OR",
        allowed:
          "Clauses are joined by AND. For values of one key write IN ('a', 'b') or RLIKE '^(a|b)$'; otherwise ask twice"
      )
    case "NOT":
      return FilterError(
        .invalidClause, at: offset, "there is no NOT before a clause", allowed: "Write != or NOT IN or IS NULL")
    default:
      return FilterError(
        .invalidClause, at: offset, "'\(word)' is a word of SQL and no key by itself",
        allowed: "Keys are \(FilterKeys.attributeList)",
        suggestion: synonyms[word.lowercased()].flatMap { replacing(word, with: $0, at: offset, in: filter) })
    }
  }

  /// The key that begins there, with everything behind its prefix between backticks.
  static func backticks(_ filter: String, from start: Int) -> String? {
    let scalars = Array(filter.unicodeScalars)
    let end =
      scalars[start...].firstIndex { $0.properties.isWhitespace || "<>=!~".unicodeScalars.contains($0) }
      ?? scalars.count
    let key = String(String.UnicodeScalarView(scalars[start..<end]))
    guard let dot = key.firstIndex(of: "."), !key.contains("`") else { return nil }
    return replacing(key, with: "\(key[...dot])`\(key[key.index(after: dot)...])`", at: start, in: filter)
  }

  /// The filter with one part replaced, if that makes it readable.
  static func replacing(_ part: String, with other: String, at offset: Int, in filter: String) -> String? {
    let scalars = Array(filter.unicodeScalars)
    let end = offset + part.unicodeScalars.count
    guard end <= scalars.count else { return nil }
    let mended =
      String(String.UnicodeScalarView(scalars[..<offset])) + other + String(String.UnicodeScalarView(scalars[end...]))
    guard mended != filter else { return nil }
    do throws(FilterError) {
      _ = try TraceFilter(mended)
      return mended
    } catch {
      // One mistake less: the next one has its own remedy, or there is none for the whole.
      return error.suggestion
    }
  }

  private static func replacingComparison(_ clause: WrittenClause, with other: String, in filter: String) -> String? {
    let scalars = Array(filter.unicodeScalars)
    let part = String(String.UnicodeScalarView(scalars[clause.comparatorOffset..<clause.end]))
    return replacing(part, with: other, at: clause.comparatorOffset, in: filter)
  }

  /// A key that differs in one letter.
  private static func nearest(_ word: String) -> String? {
    FilterKeys.attributes.sorted().first { key in
      let (first, second) = (Array(word), Array(key))
      guard abs(first.count - second.count) <= 1, first.count > 3 else { return false }
      let front = zip(first, second).prefix { $0 == $1 }.count
      let back = zip(first.dropFirst(front).reversed(), second.dropFirst(front).reversed()).prefix { $0 == $1 }.count
      return max(first.count, second.count) - front - back <= 1
    }
  }
}
