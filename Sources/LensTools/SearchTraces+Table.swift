import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceSemantics
import TraceStores

/// The table of traces, one line each.
extension SearchTraces {
  func table(_ page: TracePage, _ context: LensContext) throws(ToolError) -> Answer.Section {
    if !columns.isEmpty { return try chosenColumns(page, context) }
    let excerpter = context.excerpter
    let items = page.infos.map { info -> Answer.Item in
      let failed = Self.failedAssessments(info)
      let asked = Self.gist(info.requestPreview, .input).map { excerpter.line($0, limit: 100) }
      let answered = Self.gist(info.responsePreview, .output).map { excerpter.line($0, limit: 100) }
      let usage = info.tokenUsage
      var words = ["\(info.id)", info.requestTime.shortUTC, info.state.rawValue]
      words.append(Units.duration(milliseconds: info.executionDurationMs))
      if let usage { words.append(Units.tokens(usage)) }
      words.append(excerpter.line(info.displayName ?? "(no name)", limit: 40))
      if let session = info.sessionID { words.append("[\(excerpter.line(session, limit: 40))]") }
      if !failed.isEmpty { words.append("(" + excerpter.line(failed.joined(separator: ", "), limit: 90) + ")") }
      let short = words.joined(separator: " ")
      let gist = [asked.map { "\"\($0)\"" }, answered.map { "→ \"\($0)\"" }].compactMap { $0 }.joined(separator: " ")
      return Answer.Item(
        short: short, full: gist.isEmpty ? nil : "\(short) \(gist)",
        json: .object(present: [
          "trace_id": .string(info.id.rawValue), "request_time": .string(info.requestTime.rfc3339),
          "state": .string(info.state.rawValue), "execution_duration_ms": info.executionDurationMs.map { .int($0) },
          "experiment_id": .string(excerpter.line(info.experimentID, limit: 60)),
          "name": info.displayName.map { .string(excerpter.line($0, limit: 80)) },
          "session_id": info.sessionID.map { .string(excerpter.line($0, limit: 250)) },
          "user_id": info.userID.map { .string(excerpter.line($0, limit: 250)) }, "tokens": usage.map(Units.json),
          "input": asked.map { .string($0) }, "output": answered.map { .string($0) },
          "failed_assessments": failed.isEmpty ? nil : .array(failed.map { .string(excerpter.line($0, limit: 80)) }),
        ]), rank: 0)
    }
    return Answer.Section(
      key: "traces",
      heading: "trace_id start(UTC) state duration tokens name [session] (failed assessments) asked → answered",
      items: items,
      remedy: nil, noun: "trace")
  }

  /// MLflow's preview is the last message's text already, or the raw JSON, cut at 1,000 characters.
  private static func gist(_ preview: String?, _ side: Gist.Side) -> String? {
    guard let preview, !preview.isEmpty else { return nil }
    guard let document = try? JSONDocument(preview) else { return preview }
    return Gist(of: document.root, side: side)?.text ?? preview
  }

  static func failedAssessments(_ info: TraceInfo) -> [String] {
    let facts = TraceFacts(Trace(info: info, spans: []))
    return Detectors.examine(facts).findings.filter { $0.kind == "assessment_failed" }.map(\.title)
  }

  // MARK: Columns

  /// What can be asked for by name, and the member of the JSON answer it goes by.
  private static let columnKeys = [
    "start": "request_time", "state": "state", "duration": "execution_duration_ms", "tokens": "tokens", "name": "name",
    "session": "session_id", "user": "user_id", "experiment": "experiment_id", "failed": "failed_assessments",
    "input": "input", "output": "output",
  ]

  private func chosenColumns(_ page: TracePage, _ context: LensContext) throws(ToolError) -> Answer.Section {
    for column in columns where Self.columnKeys[column] == nil && entry(column) == nil {
      throw ToolError(
        .invalidArguments, "argument 'columns': there is no column '\(context.excerpter.line(column, limit: 60))'",
        allowed: "Columns are start, state, duration, tokens, name, session, user, experiment, failed, input, output, "
          + "tag.<key>, metadata.<key>")
    }
    let items = page.infos.map { info -> Answer.Item in
      var members = [JSON.Member("trace_id", .string(info.id.rawValue))]
      var words = ["\(info.id)"]
      for column in columns {
        let (text, json) = value(column, info, context)
        words.append(text ?? "-")
        members.append(JSON.Member(Self.columnKeys[column] ?? context.excerpter.line(column, limit: 120), json))
      }
      return Answer.Item(short: words.joined(separator: " | "), full: nil, json: .object(members), rank: 0)
    }
    let names = columns.map { context.excerpter.line($0, limit: 80) }
    return Answer.Section(
      key: "traces", heading: (["trace_id"] + names).joined(separator: " | "), items: items, remedy: nil, noun: "trace")
  }

  /// The tag or metadata entry that a column names.
  private func entry(_ column: String) -> (isTag: Bool, key: String)? {
    for (prefix, isTag) in [("tag.", true), ("metadata.", false)] where column.hasPrefix(prefix) {
      var key = column.dropFirst(prefix.count)
      key = Backticks.content(of: key) ?? key
      return key.isEmpty ? nil : (isTag, String(key))
    }
    return nil
  }

  private func value(_ column: String, _ info: TraceInfo, _ context: LensContext) -> (text: String?, json: JSON) {
    func text(_ value: String?, _ limit: Int) -> (String?, JSON) {
      let line = value.map { context.excerpter.line($0, limit: limit) }
      return (line, line.map { .string($0) } ?? .null)
    }
    switch column {
    case "start": return (info.requestTime.shortUTC, .string(info.requestTime.rfc3339))
    case "state": return (info.state.rawValue, .string(info.state.rawValue))
    case "duration":
      return (
        Units.duration(milliseconds: info.executionDurationMs), info.executionDurationMs.map { .int($0) } ?? .null
      )
    case "tokens": return (info.tokenUsage.map(Units.tokens), info.tokenUsage.map(Units.json) ?? .null)
    case "name": return text(info.displayName, 80)
    case "session": return text(info.sessionID, 120)
    case "user": return text(info.userID, 120)
    case "experiment": return text(info.experimentID, 60)
    case "failed":
      let failed = Self.failedAssessments(info)
      return text(failed.isEmpty ? nil : failed.joined(separator: ", "), 200)
    case "input": return text(Self.gist(info.requestPreview, .input), 160)
    case "output": return text(Self.gist(info.responsePreview, .output), 160)
    default:
      guard let (isTag, key) = entry(column) else { return (nil, .null) }
      return text(isTag ? info.tags[key] : info.metadata[key], 160)
    }
  }
}
