import JSONText
import LensTools
import TraceAnalysis
import TraceModel
import TraceSemantics

/// A session as the page's script reads it, beside the traces of its turns.
struct SessionData {
  let session: SessionFacts
  let diagnosis: SessionDiagnosis
  let experiments: ExperimentChoice
  let excerpter: Excerpter

  func json(_ payloads: inout PayloadTable) -> JSON {
    let list = FindingList(excerpter: excerpter, style: .commandLine)
    let infos = session.turns.map(\.facts.trace.info)
    let users = Set(infos.compactMap(\.userID)).sorted()
    let places = Set(infos.map(\.experimentID)).sorted()
    let tokens = session.turns.compactMap { $0.tokenUsage?.total }.reduce(Int64(0)) { $0.addingSaturating($1) }
    let judged = AssessmentData(trace: nil, excerpter: excerpter)
    return .object(present: [
      "id": .string(excerpter.line(session.id, limit: 250)),
      "start": infos.first.map { .string($0.requestTime.shortUTC) },
      "users": .array(users.prefix(6).map { .string(excerpter.line($0, limit: 80)) }),
      "experiment": .string(places.map { experiments.label($0, excerpter) }.joined(separator: ", ")),
      "tokens": tokens > 0 ? .string("\(Units.count(tokens)) tok") : nil,
      "findings": .array(
        diagnosis.findings.enumerated().map { offset, entry in
          list.pageJSON(entry.finding, number: offset + 1, in: entry.turn.facts.trace, turn: entry.turn.number)
        }),
      "course": .array(diagnosis.course.statements.map { .string(excerpter.line($0.words, limit: 400)) }),
      "unchecked": .array(
        diagnosis.notChecked.map { .string(excerpter.line("\($0.detector): \($0.why)", limit: 300)) }),
      "assessments": .array(judged.all(session.sessionAssessments, &payloads)),
      "turns": .array(session.turns.map { turn($0) }),
    ])
  }

  private func turn(_ turn: SessionFacts.Turn) -> JSON {
    let info = turn.facts.trace.info
    let start = session.turns.first?.facts.trace.info.requestTime.nanoseconds ?? 0
    let words = TurnWords(turn.facts, excerpter, limit: 400)
    let marks = turn.assessments.prefix(6).map { assessment -> JSON in
      let value = assessment.value.map { String(decoding: $0.rawBytes.prefix(60), as: UTF8.self) } ?? "issue"
      return [
        .string(excerpter.line("\(assessment.name)=\(value)", limit: 60)), .bool(assessment.readsLikeFailure),
      ]
    }
    return .object(present: [
      "number": .int(Int64(turn.number)), "at": .int(info.requestTime.nanoseconds.subtractingSaturating(start)),
      "change": diagnosis.course.changes[turn.number].map { .string($0) },
      "asked": words.asked.map { .string($0) }, "answered": words.answered.map { .string($0) },
      "marks": marks.isEmpty ? nil : .array(Array(marks)),
    ])
  }
}

/// Question and answer of a turn, in a line each.
struct TurnWords {
  let asked: String?
  let answered: String?

  init(_ facts: TraceFacts, _ excerpter: Excerpter, limit: Int) {
    asked = facts.turn.input.map { side in
      side.gist.map { excerpter.line($0.text, limit: limit) } ?? excerpter.line(side.field.value, limit: limit)
    }
    answered = facts.turn.output.map { side in
      side.gist.map { excerpter.line($0.text, limit: limit) } ?? excerpter.line(side.field.value, limit: limit)
    }
  }
}
