import JSONText
import LensTools
import TraceAnalysis
import TraceModel
import TraceSemantics

/// One trace as the page's script reads it.
struct TraceData {
  let facts: TraceFacts
  let diagnosis: Diagnosis
  let experiments: ExperimentChoice
  let excerpter: Excerpter

  private var info: TraceInfo { facts.trace.info }
  private var spans: [Span] { facts.trace.spans }

  /// The name to show: the trace's own, else the root's.
  var name: String {
    excerpter.line(info.displayName ?? facts.tree.roots.first.map { spans[$0].name } ?? "(no name)", limit: 120)
  }

  func json(_ payloads: inout PayloadTable) -> JSON {
    let important = importantSpans
    let start = spans.first?.startTime.nanoseconds ?? 0
    let end = spans.map { ($0.endTime ?? $0.startTime).nanoseconds }.max() ?? start
    let waits = TimeFacts(facts).map { time in
      Dictionary(time.criticalPath.map { ($0.spanIndex, $0.nanoseconds) }, uniquingKeysWith: { first, _ in first })
    }
    let list = FindingList(excerpter: excerpter, style: .commandLine)
    let cost = info.cost ?? facts.cost
    return .object(present: [
      "id": .string(excerpter.line(info.id.rawValue, limit: 200)), "name": .string(name),
      "state": .string(info.state.rawValue), "start": .string(info.requestTime.shortUTC),
      "ms": info.executionDurationMs.map { .int($0) },
      "tokens": facts.recordedTokenUsage.map { .string(Units.tokens($0)) },
      "cost": cost.map { .string(Units.dollars($0)) },
      "experiment": .string(experiments.label(info.experimentID, excerpter)),
      "session": info.sessionID.map { .string(excerpter.line($0, limit: 200)) },
      "user": info.userID.map { .string(excerpter.line($0, limit: 200)) },
      "read": .string(NextCall("get_trace", ["trace_id": .string(safeID)]).text(.commandLine)),
      "asked": side(facts.turn.input, &payloads), "answered": side(facts.turn.output, &payloads),
      "findings": .array(
        diagnosis.findings.enumerated().map { list.pageJSON($1, number: $0 + 1, in: facts.trace, turn: nil) }),
      "unchecked": .array(
        diagnosis.notChecked.map { .string(excerpter.line("\($0.detector): \($0.why)", limit: 300)) }),
      "assessments": .array(
        AssessmentData(trace: facts.trace, excerpter: excerpter).all(info.assessments, &payloads)),
      "notes": .array(
        facts.oddities.map { .string($0) } + facts.trace.diagnostics.map { .string(excerpter.line($0, limit: 300)) }),
      "tags": pairs(info.tags), "metadata": pairs(info.metadata),
      "length": .int(end.subtractingSaturating(start)),
      "spans": .array(spans.indices.map { span($0, waits ?? [:], important, &payloads) }),
    ])
  }

  /// The id without what could harm a terminal.
  private var safeID: String { String(decoding: SafeText.neutralized(Array(info.id.rawValue.utf8)), as: UTF8.self) }

  /// The spans whose payloads a reader will want first.
  private var importantSpans: Set<Int> {
    Set(
      diagnosis.findings.compactMap(\.spanIndex) + facts.errors.map(\.spanIndex)
        + [facts.turn.input?.spanIndex, facts.turn.output?.spanIndex].compactMap { $0 } + facts.tree.roots.prefix(4))
  }

  private func side(_ side: TurnReading.Side?, _ payloads: inout PayloadTable) -> JSON? {
    side.map { found in
      let text = found.gist.map { payloads.add($0.text, isImportant: true) }
      return [
        "span": .int(Int64(found.spanIndex)),
        "value": .int(Int64(text ?? payloads.add(found.field.value, isImportant: true))),
      ]
    }
  }

  private func pairs(_ map: [String: String]) -> JSON? {
    guard !map.isEmpty else { return nil }
    return .array(
      map.sorted { $0.key < $1.key }.map { key, value in
        let shown = excerpter.whole(SafeText.prefix(Array(value.utf8)[...], 4_000), under: key)
        return [.string(excerpter.line(key, limit: 250)), .string(String(decoding: shown, as: UTF8.self))]
      })
  }

  // MARK: Spans

  private func span(
    _ index: Int, _ waits: [Int: Int64], _ important: Set<Int>, _ payloads: inout PayloadTable
  ) -> JSON {
    let span = spans[index]
    let meaning = facts.meaning(index)
    let isImportant = important.contains(index)
    var places: [String: Int] = [:]
    let attributes = span.attributes.map { key, value -> JSON in
      let place = payloads.add(value.decoded, under: key, isImportant: isImportant)
      places[key] = place
      return [.string(excerpter.line(key, limit: 250)), .int(Int64(place))]
    }
    func side(_ found: Sourced?) -> JSON? {
      found.map { found in
        // What is an attribute has been taken in already.
        let isWhole = span.attribute(found.key)?.decoded.rawBytes.count == found.value.rawBytes.count
        let known = isWhole ? places[found.key] : nil
        return .int(Int64(known ?? payloads.add(found.value, isImportant: isImportant)))
      }
    }
    let (inputs, outputs) = (meaning.inputs, meaning.outputs)
    let usage = meaning.tokenUsage
    return .object(present: [
      "id": .string(span.id.description), "parent": facts.tree.parents[index].map { .int(Int64($0)) },
      "name": .string(excerpter.line(span.name, limit: 300)),
      "type": .string(excerpter.line(facts.type(index), limit: 60)),
      "status": span.status == .ok ? nil : .string(span.status.rawValue),
      "at": .int(facts.offset(index)), "took": span.durationNanoseconds.map { .int($0) },
      "own": facts.selfTimes[index].flatMap { facts.tree.children[index].isEmpty ? nil : .int($0) },
      "waited": waits[index].map { .int($0) },
      "model": meaning.model.map { .string(excerpter.line($0, limit: 120)) },
      "tokens": usage.map { .string(Units.tokens($0)) }, "cost": meaning.cost.map { .string(Units.dollars($0)) },
      "firstToken": meaning.timeToFirstTokenMs.map { .string(Units.duration(milliseconds: Int64(clamping: $0))) },
      "tool": meaning.toolName.flatMap { $0 == span.name ? nil : .string(excerpter.line($0, limit: 120)) },
      "agent": meaning.agentName.flatMap { $0 == span.name ? nil : .string(excerpter.line($0, limit: 120)) },
      "message": span.statusMessage.map { .int(Int64(payloads.add($0, isImportant: isImportant))) },
      "inputs": side(inputs), "inputsKey": inputs.map { .string(excerpter.line($0.key, limit: 250)) },
      "outputs": side(outputs), "outputsKey": outputs.map { .string(excerpter.line($0.key, limit: 250)) },
      "attributes": attributes.isEmpty ? nil : .array(attributes),
      "events": list("events", of: span, isImportant, &payloads), "links": list("links", of: span, false, &payloads),
    ])
  }

  private func list(_ field: String, of span: Span, _ isImportant: Bool, _ payloads: inout PayloadTable) -> JSON? {
    guard let list = span.record[field], list.count > 0 else { return nil }
    return [.int(Int64(payloads.add(list, isImportant: isImportant))), .int(Int64(list.count))]
  }
}

extension Int64 {
  /// The nearest integer; what is no number is 0.
  fileprivate init(clamping value: Double) {
    self = value.isNaN ? 0 : Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}
