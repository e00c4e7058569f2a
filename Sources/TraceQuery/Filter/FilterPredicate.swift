public import JSONText
public import TraceModel

/// A filter over traces that are in memory.
public struct FilterPredicate {
  private let filter: TraceFilter
  /// For each assessment condition, the sessions to which a judgement of the whole session extends it.
  private let judgedSessions: [[String]]
  private let expressions = ExpressionCache()

  /// - Parameter infos: All traces that are searched, for a judgement of a session counts for all its turns.
  public init(_ filter: TraceFilter, over infos: [TraceInfo]) {
    self.filter = filter
    let expressions = expressions
    judgedSessions = filter.conditions.map { condition in
      guard case .assessment(let kind, let name, let test) = condition else { return [] }
      let positive = test == .text(.isAbsent) ? .text(.isPresent) : test
      return infos.compactMap { info in
        let isJudged = info.assessments.contains {
          $0.sessionID != nil && Self.holds($0, kind, name, positive, expressions)
        }
        return isJudged ? info.sessionID : nil
      }
    }
  }

  /// Why what was said of some trace is not sure, if it is not.
  var failure: RegularExpression.Failure? { expressions.failure }

  /// Whether it has to look at spans.
  public var needsSpans: Bool {
    filter.conditions.contains { if case .span = $0 { true } else { false } }
  }

  /// Whether the trace matches.
  ///
  /// - Parameter spans: Its spans; only asked for when a condition needs them.
  public func holds(for info: TraceInfo, spans: () -> [Span]) -> Bool {
    for (place, condition) in filter.conditions.enumerated() {
      switch condition {
      case .span: continue
      case .assessment(let kind, let name, let test):
        let isJudged = info.sessionID.map { judgedSessions[place].contains($0) } ?? false
        if test == .text(.isAbsent) {
          guard !isJudged,
            !info.assessments.contains(where: { Self.holds($0, kind, name, .text(.isPresent), expressions) })
          else {
            return false
          }
        } else {
          guard isJudged || info.assessments.contains(where: { Self.holds($0, kind, name, test, expressions) }) else {
            return false
          }
        }
      default: guard Self.holds(condition, info, expressions) else { return false }
      }
    }
    return !needsSpans || spans().contains(where: holds(for:))
  }

  // MARK: The info

  private static func holds(
    _ condition: FilterCondition, _ info: TraceInfo, _ expressions: ExpressionCache
  ) -> Bool {
    switch condition {
    case .status(let test): test.holds(for: info.state.rawValue, expressions)
    case .requestID(let test): test.holds(for: info.id.rawValue, expressions)
    case .clientRequestID(let test): test.holds(for: info.clientRequestID, expressions)
    case .time(let key, let test):
      switch key {
      case .timestamp: test.holds(for: info.requestTime.milliseconds)
      case .executionTime: info.executionDurationMs.map { test.holds(for: $0) } ?? false
      case .endTime: test.holds(for: info.requestTime.milliseconds.addingSaturating(info.executionDurationMs ?? 0))
      }
    case .tag(let key, let test): test.holds(for: info.tags[key], expressions)
    case .metadata(let key, let test): test.holds(for: info.metadata[key], expressions)
    case .run(let id): info.metadata[ReservedKey.sourceRun] == id
    // Files know no links to prompts.
    case .prompt: false
    case .issue(let id):
      info.assessments.contains { if case .issue = $0.content { $0.name == id } else { false } }
    case .span, .assessment: true
    }
  }

  // MARK: Assessments

  private static func holds(
    _ assessment: Assessment, _ kind: FilterCondition.AssessmentKind, _ name: String,
    _ test: FilterCondition.AssessmentTest, _ expressions: ExpressionCache
  ) -> Bool {
    let isOfKind =
      switch assessment.content {
      case .feedback: kind == .feedback
      case .expectation: kind == .expectation
      case .issue: false
      }
    guard isOfKind, assessment.isValid, assessment.name == name else { return false }
    let stored = assessment.value.map { ASCIIJSON.text(of: $0) } ?? "null"
    switch test {
    case .number(let number):
      guard let value = assessment.value, value.kind == .number, let double = value.double, double.isFinite else {
        return false
      }
      return number.holds(for: double)
    case .text(.equals(let text)): return stored == text || stored == ASCIIJSON.quoted(text)
    case .text(.differs(let text)): return stored != text && stored != ASCIIJSON.quoted(text)
    case .text(let test): return test.holds(for: stored, expressions)
    }
  }

  // MARK: Spans

  private func holds(for span: Span) -> Bool {
    if let bound = filter.earliestSpanStart, Double(span.startTime.nanoseconds) < bound {
      return false
    }
    var content: String?
    func text() -> String {
      if let content { return content }
      var writer = JSONWriter(style: .python)
      writer.write(JSON(span.record))
      let written = String(decoding: writer.bytes, as: UTF8.self)
      content = written
      return written
    }
    for case .span(let key, let test) in filter.conditions {
      let holds =
        switch key {
        case .name: test.holds(for: span.name, expressions)
        case .type: test.holds(for: span.attribute(ReservedKey.spanType)?.text, expressions)
        case .status: test.holds(for: span.status.rawValue, expressions)
        case .content: test.holds(for: text(), expressions)
        case .attribute(let name): test.overContent(ofAttribute: name).holds(for: text(), expressions)
        }
      guard holds else { return false }
    }
    return true
  }

}

extension TraceFilter {
  /// Spans that began long before the traces asked for are none of theirs: nanoseconds since 1970, ten seconds before the
  /// latest `timestamp_ms >` or `>=`.
  public var earliestSpanStart: Double? {
    let milliseconds = conditions.compactMap { condition -> Double? in
      guard case .time(.timestamp, let test) = condition,
        test.comparator == .greater || test.comparator == .greaterOrEqual
      else { return nil }
      return switch test.value {
      case .integer(let number): Double(number)
      case .real(let number): number
      case .text: nil
      }
    }
    return milliseconds.max().map { ($0 - 10_000) * 1_000_000 }
  }
}

extension TextTest {
  /// The test as it is made over a whole stored span, in which an attribute is found by its name only.
  public func overContent(ofAttribute name: String) -> TextTest {
    func pattern(_ text: String) -> String { "%\"\(name)\"\(text)%" }
    switch self {
    case .equals(let text): return .equals(pattern(text))
    case .differs(let text): return .differs(pattern(text))
    case .like(let text): return .like(pattern(text))
    case .ilike(let text): return .ilike(pattern(text))
    case .rlike(let text):
      // A value that is a text stands between escaped quotes: "key": "\"value\"".
      var expression = text
      var prefix = #""\\".*"#
      if expression.hasPrefix("^") {
        expression.removeFirst()
        prefix = #""\\""#
      }
      var suffix = ""
      if expression.hasSuffix("$") {
        expression.removeLast()
        suffix = #"\\""#
      }
      return .rlike("\"\(name)\": \(prefix)\(expression)\(suffix)")
    default: return self
    }
  }

  func holds(for text: String?, _ expressions: ExpressionCache) -> Bool {
    guard let text else { return self == .isAbsent }
    return switch self {
    // Byte by byte, as databases compare: to Swift, é is é however it is written.
    case .equals(let other): text.utf8.elementsEqual(other.utf8)
    case .differs(let other): !text.utf8.elementsEqual(other.utf8)
    case .isIn(let list): list.contains { text.utf8.elementsEqual($0.utf8) }
    case .isNotIn(let list): !list.contains { text.utf8.elementsEqual($0.utf8) }
    case .like(let pattern): LikePattern(pattern, ignoresCase: false).matches(text.utf8)
    case .ilike(let pattern): LikePattern(pattern, ignoresCase: true).matches(text.utf8)
    case .rlike(let pattern): expressions.matches(pattern, text)
    case .isAbsent: false
    case .isPresent: true
    }
  }
}

extension NumberTest {
  func holds(for number: Int64) -> Bool {
    switch value {
    case .integer(let other): comparator.holds(number, other)
    case .real(let other): comparator.holds(Double(number), other)
    case .text: [.less, .lessOrEqual, .unequal].contains(comparator)
    }
  }

  func holds(for number: Double) -> Bool {
    switch value {
    case .integer(let other): comparator.holds(number, Double(other))
    case .real(let other): comparator.holds(number, other)
    case .text: [.less, .lessOrEqual, .unequal].contains(comparator)
    }
  }
}

extension NumberTest.Comparator {
  fileprivate func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// JSON as Python's `json.dumps` writes it by default, which is how MLflow stores the values of assessments.
public enum ASCIIJSON {
  /// A value's text.
  public static func text(of value: JSONValue) -> String {
    var writer = JSONWriter(style: .python)
    writer.write(JSON(value))
    return escaped(String(decoding: writer.bytes, as: UTF8.self))
  }

  /// A text between quotes.
  public static func quoted(_ text: String) -> String {
    var writer = JSONWriter(style: .python)
    writer.write(.string(text))
    return escaped(String(decoding: writer.bytes, as: UTF8.self))
  }

  private static func escaped(_ json: String) -> String {
    guard !json.utf8.allSatisfy({ $0 < 0x7F }) else { return json }
    return json.unicodeScalars.reduce(into: "") { output, scalar in
      if scalar.value < 0x7F {
        output.unicodeScalars.append(scalar)
      } else if scalar.value == 0x7F {
        output += "\u{7F}"
      } else {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let digits = String(unit, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
  }
}
