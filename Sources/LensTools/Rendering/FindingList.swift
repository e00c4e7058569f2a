package import JSONText
package import TraceAnalysis
package import TraceModel

/// Findings as lines: which step, how grave, why, and the words that show it.
package struct FindingList {
  let excerpter: Excerpter
  let style: NextCall.Style

  /// Findings as one reader is shown them.
  package init(excerpter: Excerpter, style: NextCall.Style) {
    self.excerpter = excerpter
    self.style = style
  }

  /// The severity of the gravest, for callers that end with a status.
  static func gravity(_ findings: [Finding]) -> String? { findings.map(\.severity).max()?.name }

  /// One finding. In a session the turn is named and the trace's id is given whole.
  func item(_ finding: Finding, number: Int, in trace: Trace, turn: Int?, rank: Int) -> Answer.Item {
    let alias = finding.spanIndex.map { Trace.alias(ofSpanAt: $0) }
    let span = finding.spanIndex.map { trace.spans[$0] }
    let place = [turn.map { "turn \($0)" }, alias].compactMap { $0 }.joined(separator: " ")
    let why = excerpter.line(finding.why, limit: 420)
    let title = excerpter.line(finding.title, limit: 140)
    let name = span.map { excerpter.line($0.name, limit: 60) }
    // The reason says what the title says where it begins with the same step.
    let isTold = name.map { why.hasPrefix($0) } ?? false
    let subject = [place, isTold ? "" : name ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    let short =
      "\(number). [\(finding.severity.name)] \(subject)\(subject.isEmpty ? "" : ": ")\(isTold ? why : "\(title) — \(why)")"
      + (turn == nil ? "" : " (\(finding.traceID))")
    return Answer.Item(short: short, full: nil, json: json(finding, number: number, in: trace, turn: turn), rank: rank)
  }

  /// The same as an object.
  package func json(_ finding: Finding, number: Int, in trace: Trace, turn: Int?) -> JSON {
    let alias = finding.spanIndex.map { Trace.alias(ofSpanAt: $0) }
    let span = finding.spanIndex.map { trace.spans[$0] }
    return .object(present: [
      "rank": .int(Int64(number)), "kind": .string(finding.kind), "severity": .string(finding.severity.name),
      "confidence": .string(finding.confidence.name), "title": .string(excerpter.line(finding.title, limit: 140)),
      "trace_id": .string(finding.traceID.rawValue), "turn": turn.map { .int(Int64($0)) },
      "span": alias.map { .string($0) }, "span_id": span.map { .string($0.id.description) },
      "span_name": span.map { .string(excerpter.line($0.name, limit: 60)) },
      "why": .string(excerpter.line(finding.why, limit: 420)),
      "evidence": .array(finding.evidence.map { evidence($0, trace) }),
      "next": .string(next(finding, alias).text(style)),
    ])
  }

  private func evidence(_ evidence: Evidence, _ trace: Trace) -> JSON {
    .object(present: [
      "span": evidence.spanIndex.map { .string(Trace.alias(ofSpanAt: $0)) },
      "span_id": evidence.spanIndex.map { .string(trace.spans[$0].id.description) },
      "field": .string(evidence.field.rawValue),
      "path": evidence.path.steps.isEmpty ? nil : .string(excerpter.line(evidence.path.description, limit: 120)),
      "bytes": .array([.int(Int64(evidence.range.lowerBound)), .int(Int64(evidence.range.upperBound))]),
      "excerpt": .string(
        String(
          decoding: excerpter.whole(evidence.excerpt.utf8, under: evidence.path.steps.last { Int($0) == nil }),
          as: UTF8.self)),
    ])
  }

  private func next(_ finding: Finding, _ alias: String?) -> NextCall {
    var arguments = [JSON.Member("trace_id", .string(finding.traceID.rawValue))]
    if let alias { arguments.append(JSON.Member("span_ids", [.string(alias)])) }
    return NextCall("get_trace", arguments)
  }
}
