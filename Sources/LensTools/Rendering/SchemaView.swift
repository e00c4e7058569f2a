import JSONText
import TraceAnalysis
import TraceModel
import TraceSemantics

/// A ``SchemaSurvey`` as sections of an answer.
struct SchemaView {
  let survey: SchemaSurvey
  let excerpter: Excerpter
  let style: NextCall.Style

  var sections: [Answer.Section] {
    [
      places("input", "where the user's words stand:", survey.inputs),
      places("output", "where the answer stands:", survey.outputs), changes, hiddenSessions,
      spans, sources, keys("metadata", "trace metadata:", survey.metadata, rank: 3),
      keys("tags", "trace tags:", survey.tags, rank: 3),
      assessments, filters,
      keys("attributes", "span attributes:", survey.attributes, rank: 5),
    ].filter { !$0.items.isEmpty }
  }

  private func places(_ key: String, _ heading: String, _ counts: [SchemaSurvey.Count<SchemaSurvey.Place>])
    -> Answer.Section
  {
    let items = counts.map { count in
      let place = count.value
      let which = place.isLastMessage ? " (the last \(key == "input" ? "user" : "assistant") message)" : ""
      let path = place.path.isEmpty ? "" : " at \(excerpter.line(place.path, limit: 80))\(which)"
      let callers = place.spanPath.map { excerpter.line($0, limit: 40) }.joined(separator: " > ")
      return Answer.Item(
        short:
          "- \(callers): \(excerpter.line(place.attribute, limit: 60))\(path) (\(count.count) of \(survey.traceCount) traces)",
        full: nil,
        json: [
          "span_path": .array(place.spanPath.map { .string(excerpter.line($0, limit: 40)) }),
          "attribute": .string(excerpter.line(place.attribute, limit: 60)),
          "path": .string(excerpter.line(place.path, limit: 80)), "is_last_message": .bool(place.isLastMessage),
          "traces": .int(Int64(count.count)),
        ], rank: 0)
    }
    return Answer.Section(key: key, heading: heading, items: items, remedy: nil, noun: "place")
  }

  /// One line for each particular, with the attributes it is read from.
  private var sources: Answer.Section {
    let items = SpanMeaning.Particular.allCases.compactMap { particular -> Answer.Item? in
      let found = survey.sources.filter { $0.value.particular == particular }
      guard !found.isEmpty else { return nil }
      let words = found.map { "\(excerpter.line($0.value.key, limit: 60)) (\(Units.plural($0.count, "span")))" }
      return Answer.Item(
        short: "- \(particular.rawValue): \(words.joined(separator: ", "))", full: nil,
        json: [
          "particular": .string(particular.rawValue),
          "attributes": .array(
            found.map {
              ["attribute": .string(excerpter.line($0.value.key, limit: 60)), "spans": .int(Int64($0.count))]
            }),
        ], rank: 3)
    }
    return Answer.Section(
      key: "read_from", heading: "what is read from which attribute:", items: items, remedy: nil, noun: "particular")
  }

  private var changes: Answer.Section {
    func words(_ place: SchemaSurvey.Place) -> String {
      let span = excerpter.line(place.spanPath.last ?? "", limit: 40)
      let path = place.path.isEmpty ? "" : " \(excerpter.line(place.path, limit: 80))"
      return "\(span): \(excerpter.line(place.attribute, limit: 60))\(path)"
    }
    let items = survey.changes.map { change in
      let side = change.isOutput ? "the answer" : "the user's words"
      let (last, first) = change.traces
      return Answer.Item(
        short: "- \(side): between \(last.requestTime.shortUTC) (\(last.id)) and \(first.requestTime.shortUTC) "
          + "(\(first.id)) from \(words(change.before)) to \(words(change.after))",
        full: nil,
        json: [
          "side": change.isOutput ? "output" : "input", "last_before": .string(last.id.rawValue),
          "first_after": .string(first.id.rawValue), "before": .string(words(change.before)),
          "after": .string(words(change.after)),
        ], rank: 1)
    }
    return Answer.Section(
      key: "changes", heading: "changed in the course of time:", items: items, remedy: nil, noun: "change")
  }

  private var hiddenSessions: Answer.Section {
    let items = survey.hiddenSessions.map { found in
      let key = excerpter.line(found.value.key, limit: 80)
      let example = excerpter.line(found.value.example, limit: 80)
      let call = NextCall("search_traces", ["span_attribute": .string("\(key)=\(example)")])
      return Answer.Item(
        short: "- \(key) in \(Units.plural(found.count, "trace")), such as '\(example)': \(call.text(style))",
        full: nil,
        json: ["key": .string(key), "example": .string(example), "traces": .int(Int64(found.count))], rank: 1)
    }
    return Answer.Section(
      key: "hidden_sessions", heading: "sessions that MLflow does not know, since only an attribute names them:",
      items: items, remedy: nil, noun: "key")
  }

  /// Questions that this app's data can answer.
  private var filters: Answer.Section {
    let items = SchemaFilters(survey: survey).all.enumerated().map { offset, filter in
      let text = excerpter.line(filter, limit: 200)
      return Answer.Item(short: "- \(text)", full: nil, json: .string(text), rank: 4 + offset / 3)
    }
    return Answer.Section(key: "filters", heading: "ready-made filters:", items: items, remedy: nil, noun: "filter")
  }

  private var spans: Answer.Section {
    let items = survey.spans.enumerated().map { offset, count in
      let (name, type) = (excerpter.line(count.value.name, limit: 60), excerpter.line(count.value.type, limit: 30))
      return Answer.Item(
        short: "- \(name) \(type) ×\(count.count)", full: nil,
        json: ["name": .string(name), "type": .string(type), "count": .int(Int64(count.count))], rank: 2 + offset / 8)
    }
    return Answer.Section(
      key: "spans", heading: "spans by name and type:", items: items, remedy: nil, noun: "span name")
  }

  private func keys(_ key: String, _ heading: String, _ keys: [SchemaSurvey.Key], rank: Int) -> Answer.Section {
    let (bookkeeping, telling) = (keys.filter { isBookkeeping($0.name) }, keys.filter { !isBookkeeping($0.name) })
    var items = telling.enumerated().map { offset, entry -> Answer.Item in
      let name = excerpter.line(entry.name, limit: 80)
      let kinds = entry.kinds.map(\.value).joined(separator: "|")
      let size = entry.largestSize > 60 ? ", up to \(Units.bytes(entry.largestSize))" : ""
      // Values that hardly repeat are content, not a choice.
      let isChoice = entry.hasFewValues && entry.values.count * 2 <= max(2, entry.count)
      let values = (isChoice ? entry.values.prefix(4) : []).map { value -> String in
        let text = excerpter.line(masked(value.value, of: entry.name), limit: 40)
        return (text.isEmpty ? "\"\"" : text) + (value.count == entry.count ? " always" : " ×\(value.count)")
      }
      let examples = values.isEmpty ? "" : ": " + values.joined(separator: ", ")
      return Answer.Item(
        short: "- \(name) (\(kinds), ×\(entry.count)\(size))\(examples)", full: nil,
        json: .object(present: [
          "key": .string(name), "kinds": .string(kinds), "count": .int(Int64(entry.count)),
          "largest_bytes": .int(Int64(entry.largestSize)),
          "values": values.isEmpty ? nil : .array(values.map { .string($0) }),
        ]), rank: rank + offset / 8)
    }
    if !bookkeeping.isEmpty {
      let names = excerpter.line(bookkeeping.map(\.name).joined(separator: ", "), limit: 300)
      items.append(
        Answer.Item(
          short: "- (MLflow's own bookkeeping: \(names))", full: nil, json: ["bookkeeping": .string(names)],
          rank: rank + 4))
    }
    return Answer.Section(key: key, heading: heading, items: items, remedy: nil, noun: "key")
  }

  /// Keys that MLflow writes for itself, or whose content other lines of the answer tell.
  private func isBookkeeping(_ key: String) -> Bool {
    let names: Set<String> = [
      "mlflow.traceRequestId", "mlflow.artifactLocation", "mlflow.trace.sizeBytes", "mlflow.trace.sizeStats",
      "mlflow.trace.infoFinalized", "mlflow.trace_schema.version", "mlflow.traceInputs", "mlflow.traceOutputs",
      "mlflow.trace.cost", "mlflow.trace.tokenUsage", "mlflow.trace.spansLocation", "mlflow.spanLogLevel",
    ]
    return names.contains(key) || key.hasPrefix("mlflow.source.")
  }

  /// A value alone does not tell that it is a password; its key does.
  private func masked(_ value: String, of key: String) -> String {
    let together = excerpter.line("\(key)=\(value)", limit: 10_000)
    return together.hasPrefix("\(key)=") ? String(together.dropFirst(key.count + 1)) : value
  }

  private var assessments: Answer.Section {
    let items = survey.assessments.map { entry in
      let name = excerpter.line(entry.name, limit: 80)
      let values = entry.values.prefix(4).map { "\(excerpter.line($0.value, limit: 40)) ×\($0.count)" }.joined(
        separator: ", ")
      let sources = entry.kinds.map { excerpter.line($0.value, limit: 20) }.joined(separator: ", ")
      return Answer.Item(
        short: "- \(name) by \(sources): \(values)", full: nil,
        json: [
          "name": .string(name), "sources": .string(sources), "values": .string(values),
          "count": .int(Int64(entry.count)),
        ],
        rank: 3)
    }
    return Answer.Section(
      key: "assessments", heading: "assessments:", items: items, remedy: nil, noun: "assessment name")
  }
}
