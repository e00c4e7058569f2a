/// A filter in MLflow's language: clauses that all have to hold.
///
/// The language and what it matches are those of MLflow 3.18 over a database, corner for corner; where a store has no such
/// search of its own, the same is done here.
public struct TraceFilter: Sendable, Hashable {
  /// The text as it was given.
  public var text: String
  /// What it says. Of several conditions `run_id = …` only the last is left, as in MLflow.
  public var conditions: [FilterCondition]
  /// The text of each clause, in the order of the text.
  public var clauses: [String]

  /// More would only be refused by the database.
  private static let maximumClauses = 100

  /// Reads a filter. An empty one holds for every trace.
  ///
  /// - Throws: ``FilterError``, with the place and what would be right there.
  public init(_ text: String) throws(FilterError) {
    self.text = text
    if let place = text.unicodeScalars.firstIndex(of: "\0") {
      // Databases end a text there, and would look for another value.
      throw FilterError(
        .invalidClause, at: text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: place),
        "the filter holds a NUL character", allowed: "Leave it out; a LIKE with % finds what stands around it")
    }
    let written = try FilterReader.clauses(text)
    guard written.count <= Self.maximumClauses else {
      throw FilterError(
        .invalidClause, at: written[Self.maximumClauses].keyOffset, "there are \(written.count) clauses",
        allowed: "At most \(Self.maximumClauses) are answered at once")
    }
    // MLflow looks at all keys and values first and at the comparators last; the first error is told.
    let read = try written.map { clause throws(FilterError) in try FilterInterpreter(clause, in: text).read() }
    conditions = try read.map { clause throws(FilterError) in try clause.condition() }
    if let last = conditions.lastIndex(where: \.isRun) {
      // One without an id asks for nothing.
      let isEmpty = conditions[last] == .run("")
      conditions = conditions.enumerated().filter { !$0.element.isRun || ($0.offset == last && !isEmpty) }.map(
        \.element)
    }
    let scalars = Array(text.unicodeScalars)
    clauses = written.map { String(String.UnicodeScalarView(scalars[$0.keyOffset..<$0.end])) }
  }
}

/// One thing a trace has to satisfy.
public enum FilterCondition: Sendable, Hashable {
  /// The state.
  case status(TextTest)
  /// The trace's id.
  case requestID(TextTest)
  /// The id that the app gave.
  case clientRequestID(TextTest)
  /// A time or a duration, in milliseconds.
  case time(TimeKey, NumberTest)
  /// A tag; the trace's name is the tag `mlflow.traceName`.
  case tag(String, TextTest)
  /// A metadata entry.
  case metadata(String, TextTest)
  /// Made by this run, or linked to it.
  case run(String)
  /// Linked to this prompt version, `name/version`.
  case prompt(String)
  /// Linked to this issue.
  case issue(String)
  /// A span. All conditions on spans hold for one and the same span.
  case span(SpanKey, TextTest)
  /// A valid assessment of this kind and name.
  case assessment(AssessmentKind, name: String, AssessmentTest)

  /// Numbers of a trace.
  public enum TimeKey: String, Sendable, Hashable {
    case timestamp = "timestamp_ms"
    case executionTime = "execution_time_ms"
    case endTime = "end_time_ms"
  }

  /// What of a span.
  public enum SpanKey: Sendable, Hashable {
    case name
    case type
    case status
    /// The whole stored record, as text.
    case content
    /// The text behind this attribute's name in the stored record.
    case attribute(String)
  }

  /// Which assessments.
  public enum AssessmentKind: String, Sendable, Hashable {
    case feedback
    case expectation
  }

  /// How an assessment's value is tested.
  public enum AssessmentTest: Sendable, Hashable {
    /// Against the JSON text of the value.
    case text(TextTest)
    /// Against the value, if it is a number.
    case number(NumberTest)
  }

  var isRun: Bool { if case .run = self { true } else { false } }
}

/// A test of a text. Nothing but ``isAbsent`` holds for what is not there.
public enum TextTest: Sendable, Hashable {
  case equals(String)
  case differs(String)
  case isIn([String])
  case isNotIn([String])
  /// `%` stands for any characters, `_` for one; upper and lower case differ.
  case like(String)
  /// The same, where ASCII letters are equal in both cases.
  case ilike(String)
  /// Somewhere in the text, by a regular expression of Python's.
  case rlike(String)
  case isAbsent
  case isPresent
}

/// A test of a number.
public struct NumberTest: Sendable, Hashable {
  /// How numbers are compared.
  public enum Comparator: String, Sendable, Hashable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// What is compared with.
  public enum Value: Sendable, Hashable {
    case integer(Int64)
    case real(Double)
    /// A text that is no number: it is greater than every number.
    case text
  }

  /// How it is compared.
  public var comparator: Comparator
  /// With what.
  public var value: Value
}
