import JSONText
import TraceModel

/// Assessments as lines: value and rationale always together, scorer errors apart, replaced ones only counted.
struct AssessmentList {
  private let valid: [Assessment]
  private let failed: [Assessment]
  private let superseded: Int
  private let aliases: [SpanID: String]
  private let excerpter: Excerpter
  /// Ids of those that a finding has told already.
  var told: Set<String> = []
  /// Numbers of the turns, for a list that is about several.
  var turns: [TraceID: Int] = [:]

  init(_ assessments: [Assessment], trace: Trace?, excerpter: Excerpter) {
    let current = assessments.filter(\.isValid)
    valid = current.filter { $0.scorerError == nil }
    failed = current.filter { $0.scorerError != nil }
    superseded = assessments.count - current.count
    let assessed = Set(assessments.compactMap { $0.spanID.flatMap { SpanID($0) } })
    let spans = assessed.isEmpty ? [] : trace?.spans ?? []
    aliases = Dictionary(
      spans.indices.filter { assessed.contains(spans[$0].id) }.map { (spans[$0].id, Trace.alias(ofSpanAt: $0)) },
      uniquingKeysWith: { first, _ in first })
    self.excerpter = excerpter
  }

  /// All of them as one section; nil when there are none.
  func section(key: String = "assessments", heading: String = "assessments", rank: Int) -> Answer.Section? {
    guard !valid.isEmpty || !failed.isEmpty || superseded > 0 else { return nil }
    let untold = valid.filter { !told.contains($0.id) }
    var items = untold.map { item($0, rank: rank) } + failed.map { scorerError($0, rank: rank + 1) }
    if untold.count < valid.count {
      let count = valid.count - untold.count
      items.append(
        Answer.Item(
          short: "(\(count) more among the findings)", full: nil, json: ["among_findings": .int(Int64(count))],
          rank: rank + 1))
    }
    if superseded > 0 {
      items.append(
        Answer.Item(
          short: "(\(Units.plural(superseded, "assessment")) replaced by others, not shown)", full: nil,
          json: ["superseded_count": .int(Int64(superseded))], rank: rank + 1))
    }
    return Answer.Section(key: key, heading: "\(heading):", items: items, remedy: nil, noun: "assessment")
  }

  /// One assessment, for a place that has few words.
  func brief(_ assessment: Assessment, limit: Int) -> String {
    let mark = if case .expectation = assessment.content { "expected " } else { "" }
    return excerpter.line("\(mark)\(assessment.name)=\(value(assessment))", limit: limit)
  }

  private func value(_ assessment: Assessment) -> String {
    switch assessment.content {
    case .feedback(let value, _), .expectation(let value): String(decoding: value.rawBytes, as: UTF8.self)
    case .issue(let name): "issue '\(name)'"
    }
  }

  private func source(_ assessment: Assessment) -> String {
    let who = assessment.sourceID.map { " \(excerpter.line($0, limit: 40))" } ?? ""
    return excerpter.line(assessment.sourceType, limit: 20) + who
  }

  private func place(_ assessment: Assessment) -> String? {
    assessment.spanID.map { text in SpanID(text).flatMap { aliases[$0] } ?? "span \(excerpter.line(text, limit: 20))" }
  }

  private func item(_ assessment: Assessment, rank: Int) -> Answer.Item {
    let kind = if case .expectation = assessment.content { "expected " } else { "" }
    let grain = place(assessment).map { " on \($0)" } ?? ""
    let name = excerpter.line(assessment.name, limit: 80)
    let value = excerpter.line(value(assessment), limit: 160)
    let rationale = assessment.rationale.map { excerpter.line($0, limit: 300) }
    return Answer.Item(
      short: "- \(kind)\(name) = \(value)\(grain) by \(source(assessment))"
        + (rationale.map { ": \"\($0)\"" } ?? (kind.isEmpty ? " (no rationale)" : "")), full: nil,
      json: .object(present: [
        "assessment_name": .string(name), "kind": .string(kind.isEmpty ? "feedback" : "expectation"),
        "value": .string(value), "span": place(assessment).map { .string($0) },
        "is_session_level": assessment.sessionID == nil ? nil : true, "source": .string(source(assessment)),
        "rationale": rationale.map { .string($0) },
      ]), rank: rank)
  }

  private func scorerError(_ assessment: Assessment, rank: Int) -> Answer.Item {
    let error = assessment.scorerError
    let words = [error?.code, error?.message].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
    let name = excerpter.line(assessment.name, limit: 80)
    let shown = excerpter.line(words, limit: 160)
    return Answer.Item(
      short:
        "- \(turns[assessment.traceID].map { "turn \($0) " } ?? "")\(name): the scorer itself failed (\(shown)); says nothing about the trace. \(source(assessment))",
      full: nil,
      json: [
        "assessment_name": .string(name), "kind": "scorer_error", "error": .string(shown),
        "source": .string(source(assessment)),
      ], rank: rank)
  }
}
