import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceSemantics
import TraceStores

/// Which runs are there: a table, newest first, one line a trace.
struct SearchTraces: ParameterizedTool {
  static let name = "search_traces"
  static let title = "Search traces"
  static let summary = """
    Finds runs (traces) of an LLM app: one line each with trace_id, start, state, duration, tokens, name, \
    session, question and answer; newest first. Start here. Conditions are joined by AND. Example: {"status": \
    "ERROR", "since": "-2h"}.
    """

  static let examples = [
    ToolExample("runs that failed, from a day on", ["status": "ERROR", "since": "2026-11-01"]),
    ToolExample("a condition in MLflow's language", ["filter": "execution_time_ms >= 500"]),
    ToolExample("which chats there are, with their figures", ["group_by": "session"]),
  ]

  enum Status: String, CaseIterable, ParameterEnum {
    case ok = "OK"
    case error = "ERROR"
    case inProgress = "IN_PROGRESS"
  }

  @Parameter("Experiment ids or names, by commas. Default: the environment's, else all.")
  var experimentID: String?
  @Parameter(
    """
    MLflow's filter, no OR: name LIKE 'chat%', tag.env = 'prod', execution_time_ms >= 500, \
    span.type IN ('TOOL', 'LLM'), span.status = 'ERROR', feedback.correct = 'false', feedback.score < 0.5, \
    expectation.answer IS NOT NULL. Odd keys: tag.`my-key`. More: resource mlflow-lens://filter-syntax.
    """)
  var filter: String?
  @Parameter("OK says only that nothing was raised.")
  var status: Status?
  @Parameter("Only this session.")
  var sessionID: String?
  @Parameter("Only this user.")
  var userID: String?
  @Parameter("Begun then or later: -30m, -2h, -7d, ISO 8601 (UTC), epoch ms.")
  var since: String?
  @Parameter("Begun before then.")
  var until: String?
  @Parameter("Took at least so long.", in: 0...Int(Int32.max))
  var minDurationMs: Int?
  @Parameter("Some span failed; with status OK: swallowed errors.")
  var hasErrorSpans: Bool?
  @Parameter("Words in some span's payloads; case counts.")
  var text: String?
  @Parameter(
    "key=value: some span has exactly this (filter's span.attributes.key = never matches).")
  var spanAttribute: String?
  @Parameter(
    "An assessment of this name (or any) reads like a failure: no, false, fail, ….")
  var failedAssessment: String?
  @Parameter("Keys with ASC or DESC: timestamp_ms, execution_time_ms, status, name, tag.<key>, ….")
  var orderBy: String?
  @Parameter(
    """
    Counts in place of traces: by session, experiment, name, status, user, error, hour, day, tag.<key> or \
    metadata.<key>.
    """)
  var groupBy: String?
  @Parameter(
    """
    Of start, state, duration, tokens, name, session, user, experiment, failed, input, output, tag.<key>, \
    metadata.<key>.
    """)
  var columns: [String] = []
  @Parameter("Traces or groups a page.", in: 1...500)
  var maxResults: Int = 20
  @Parameter("next_page_token of the last answer.")
  var pageToken: String?
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let experiments = try await context.experiments(experimentID)
    let query = try query(experiments, context)
    if let groupBy {
      return try await groups(by: groupBy, query, experiments, context).render(output, style: context.style)
    }
    let page = try await context.ask { store async throws(StoreError) in try await store.search(query) }
    var answer = Answer(title: title(page, query, experiments, context), facts: [])
    answer.facts = Answer.facts(
      JSON.object(present: [
        "total_count": .int(Int64(page.totalCount)), "total_is_minimum": page.isCountExact ? nil : true,
        "offset": .int(Int64(query.offset)),
        "experiments": .string(experiments.words),
        "filter": query.filter.map { .string(context.excerpter.line($0.text, limit: 400)) },
        "conditions": .array(
          query.conditions.map { .string(context.excerpter.line($0.description, limit: 400)) }),
        "next_page_token": page.nextPageToken.map { .string($0.text) },
      ]))
    if !page.remarks.isEmpty {
      let remarks = page.remarks.map { context.excerpter.line($0, limit: 240) }
      answer.notes += remarks.map { Answer.Note($0, rank: 1) }
      answer.facts.append(Answer.Fact("remarks", .array(remarks.map { .string($0) }), rank: 1))
    }
    if let figures = try await figures(page, query, context) {
      answer.notes.append(Answer.Note(Self.words(figures), rank: 1))
      answer.facts.append(
        Answer.Fact(
          "statistics",
          .object(present: [
            "states": .object(
              figures.states.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                JSON.Member($0.key.rawValue, .int(Int64($0.value)))
              }), "first": figures.first.map { .string($0.rfc3339) }, "last": figures.last.map { .string($0.rfc3339) },
            "p50_ms": figures.medianMs.map { .int($0) },
            "p95_ms": figures.percentile95Ms.map { .int($0) },
          ]), rank: 2))
    }
    if page.totalCount > Self.summedTraces {
      answer.notes.append(Answer.Note("states and durations of so many: group_by status", rank: 2))
    }
    if page.infos.isEmpty {
      let notes = try await emptyNotes(query, experiments, context)
      answer.notes += notes.map { Answer.Note($0) }
      answer.facts.append(Answer.Fact("traces", []))
      answer.facts.append(Answer.Fact("why_empty", .array(notes.map { .string($0) }), rank: 1))
      answer.next = [NextCall(Self.name, [:])]
    } else {
      answer.sections = [try table(page, context)]
      if let token = page.nextPageToken {
        let range = "\(query.offset + 1)–\(query.offset + page.infos.count)"
        let total = "\(page.isCountExact ? "" : "at least ")\(page.totalCount)"
        answer.notes.append(Answer.Note("page: \(range) of \(total)", rank: 0))
        answer.next.append(NextCall(Self.name, repeating(token, limit: maxResults)))
      }
      let suspect = page.infos.first { $0.state == .error || !Self.failedAssessments($0).isEmpty } ?? page.infos[0]
      answer.next.insert(NextCall("inspect_turn", ["trace_id": .string(suspect.id.rawValue)]), at: 0)
    }
    return answer.render(output, style: context.style)
  }

  // MARK: Question

  private func query(_ experiments: ExperimentChoice, _ context: LensContext) throws(ToolError) -> TraceQuery {
    var query = TraceQuery(experimentIDs: experiments.ids, limit: maxResults)
    if let status, let state = TraceState(rawValue: status.rawValue) { query.conditions.append(.state([state])) }
    if let sessionID { query.conditions.append(.session(sessionID)) }
    if let userID { query.conditions.append(.user(userID)) }
    if let since { query.conditions.append(.since(try moment(since, "since", context))) }
    if let until { query.conditions.append(.until(try moment(until, "until", context))) }
    if let minDurationMs { query.conditions.append(.durationAtLeast(Int64(minDurationMs))) }
    if let hasErrorSpans { query.conditions.append(.hasErrorSpans(hasErrorSpans)) }
    if let text, !text.isEmpty { query.conditions.append(.containsText(text)) }
    if let spanAttribute, !spanAttribute.isEmpty { query.conditions.append(try attribute(spanAttribute, context)) }
    if let failedAssessment {
      query.conditions.append(.failedAssessment(failedAssessment == "any" ? nil : failedAssessment))
    }
    if let filter, !filter.isEmpty {
      do throws(FilterError) {
        query.filter = try TraceFilter(filter)
      } catch {
        throw Self.toolError(error, context)
      }
    }
    do throws(QueryError) {
      if let orderBy { query.order = try TraceOrder.parse(orderBy) }
      if let pageToken, !pageToken.isEmpty { query.offset = try PageToken(pageToken).offset }
    } catch {
      throw ToolError(.invalidArguments, context.excerpter.line(error.message, limit: 200), allowed: error.allowed)
    }
    return query
  }

  private func attribute(_ text: String, _ context: LensContext) throws(ToolError) -> TraceCondition {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 2, !parts[0].isEmpty else {
      throw ToolError(
        .invalidArguments,
        "argument 'span_attribute' has no key and value: '\(context.excerpter.line(text, limit: 80))'",
        allowed: "Write key=value, for example gen_ai.request.model=gpt-4o; discover_schema lists the keys")
    }
    return .attribute(parts[0], parts[1])
  }

  private func moment(_ text: String, _ name: String, _ context: LensContext) throws(ToolError) -> Timestamp {
    if let time = Timestamp(text) { return time }
    if let back = Self.nanoseconds(back: text) {
      let moment = Timestamp(nanoseconds: context.now().nanoseconds.subtractingSaturating(back))
      return Timestamp(milliseconds: moment.milliseconds)
    }
    throw ToolError(
      .invalidArguments, "argument '\(name)' is no time: '\(context.excerpter.line(text, limit: 60))'",
      allowed: "Write -30m, -2h or -7d, 2026-11-16, 2026-11-16T09:00:00Z (UTC unless said) or epoch milliseconds")
  }

  private static func nanoseconds(back text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard text.first == "-", let unit = text.last.flatMap({ units[$0] }),
      let number = Int64(text.dropFirst().dropLast()),
      number >= 0
    else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow || seconds > 9_000_000_000 ? nil : seconds * 1_000_000_000
  }

  /// The same question again, or the token would not fit.
  func repeating(_ token: PageToken?, limit: Int?) -> [JSON.Member] {
    JSON.object(present: [
      "experiment_id": experimentID.map { .string($0) }, "filter": filter.map { .string($0) },
      "status": status.map { .string($0.rawValue) }, "session_id": sessionID.map { .string($0) },
      "user_id": userID.map { .string($0) }, "since": since.map { .string($0) }, "until": until.map { .string($0) },
      "min_duration_ms": minDurationMs.map { .int(Int64($0)) }, "has_error_spans": hasErrorSpans.map { .bool($0) },
      "text": text.map { .string($0) }, "span_attribute": spanAttribute.map { .string($0) },
      "failed_assessment": failedAssessment.map { .string($0) },
      "order_by": orderBy.map { .string($0) }, "group_by": groupBy.map { .string($0) },
      "columns": columns.isEmpty ? nil : .array(columns.map { .string($0) }),
      "max_results": limit.map { .int(Int64($0)) }, "page_token": token.map { .string($0.text) },
    ]).members
  }

  // MARK: Answer

  private func title(
    _ page: TracePage, _ query: TraceQuery, _ experiments: ExperimentChoice, _ context: LensContext
  ) -> String {
    let count = (page.isCountExact ? "" : "at least ") + Units.plural(page.totalCount, "trace")
    return "\(count) in \(experiments.words)" + conditionWords(query, context)
  }

  func conditionWords(_ query: TraceQuery, _ context: LensContext) -> String {
    let conditions = query.conditions.map(\.description) + (query.filter?.clauses ?? [])
    return conditions.isEmpty
      ? "" : " with \(context.excerpter.line(conditions.joined(separator: " and "), limit: 400))"
  }

  static func toolError(_ error: FilterError, _ context: LensContext) -> ToolError {
    let suggestion = error.suggestion.map { "Did you mean: \(context.excerpter.line($0, limit: 300))" }
    let words = "argument 'filter', character \(error.offset + 1): \(context.excerpter.line(error.message, limit: 200))"
    return ToolError(.invalidArguments, words, allowed: suggestion ?? error.allowed)
  }
}
