import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceQuery
import TraceSemantics
import TraceStores

/// How an app's data is shaped: where question and answer stand, which keys occur.
struct DiscoverSchema: ParameterizedTool {
  static let name = "discover_schema"
  static let title = "Discover schema"
  static let summary = """
    Tells how an app's traces are shaped (of an experiment, a session, one trace): instrumentation, where the user's \
    words and the answer stand, span names, types and keys with values, assessments. Call it once for an unknown app.
    """

  static let examples = [
    ToolExample("an experiment", ["experiment_id": "shop-assistant"]),
    ToolExample("a chat of it", ["experiment_id": "shop-assistant", "session_id": "chat-refund-42"]),
  ]

  @Parameter(
    "Experiment ids or names, by commas. Default: the environment's, else all.",
    isPositional: true)
  var experimentID: String?
  @Parameter("Only this session.", isPositional: true)
  var sessionID: String?
  @Parameter("As in search_traces.")
  var filter: String?
  @Parameter("Only this trace.")
  var traceID: String?
  @Parameter("Traces looked at.", in: 1...200)
  var sample: Int = 20
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let experiments = try await context.experiments(experimentID)
    let (traces, scope) = try await sampled(experiments, context)
    let survey = SchemaSurvey(traces)
    var answer = Answer(
      title: "schema of \(scope)",
      facts: [
        Answer.Fact("trace_count", .int(Int64(traces.count))), Answer.Fact("scope", .string(scope)),
        Answer.Fact(
          "conventions", .object(survey.conventions.map { JSON.Member($0.value, .int(Int64($0.count))) })),
        Answer.Fact("wrapper_roots", .int(Int64(survey.wrapperRoots))),
      ])
    let names = survey.conventions.map { "\($0.value) (\(Units.plural($0.count, "span")))" }
    let words = names.isEmpty ? "none recognised; attributes are the app's own" : names.joined(separator: ", ")
    answer.notes = [
      Answer.Note("looked at \(Units.plural(traces.count, "trace")); conventions: \(words)", rank: 0),
      Answer.Note(
        survey.wrapperRoots == 0
          ? "the root span holds the turn"
          : "in \(survey.wrapperRoots) of \(traces.count) traces the root is a wrapper: the turn stands in a span below",
        rank: 1),
    ]
    let view = SchemaView(survey: survey, excerpter: context.excerpter, style: context.style)
    answer.sections = view.sections
    if let first = traces.first {
      answer.next = [NextCall("inspect_turn", ["trace_id": .string(first.info.id.rawValue)])]
      if let session = first.info.sessionID {
        answer.next.append(NextCall("analyze_session", ["session_id": .string(session)]))
      }
    }
    return answer.render(output, style: context.style)
  }

  private func sampled(
    _ experiments: ExperimentChoice, _ context: LensContext
  ) async throws(ToolError) -> ([Trace], scope: String) {
    if let traceID {
      return ([try await context.trace(traceID)], "trace \(context.excerpter.line(traceID, limit: 60))")
    }
    if let sessionID {
      let all = try await context.session(sessionID, experiments: experiments)
      let step = max(1, Double(all.count - 1) / Double(max(1, sample - 1)))
      let places = all.count <= sample ? Array(all.indices) : (0..<sample).map { Int(Double($0) * step) }
      let words = all.count > sample ? " (\(all.count) turns, evenly sampled)" : ""
      return (places.map { all[$0] }, "session '\(context.excerpter.line(sessionID, limit: 80))'\(words)")
    }
    var query = TraceQuery(experimentIDs: experiments.ids, limit: sample)
    if let filter, !filter.isEmpty {
      do throws(FilterError) {
        query.filter = try TraceFilter(filter)
      } catch {
        throw SearchTraces.toolError(error, context)
      }
    }
    let asked = query
    let (page, traces) = try await context.ask { store async throws(StoreError) in
      let page = try await store.search(asked)
      return (page, try await store.traces(page.infos.map(\.id)))
    }
    guard !traces.isEmpty else {
      let names = experiments.known.prefix(8).map { experiments.label($0.id, context.excerpter) }
      throw ToolError(
        .notFound, "There are no traces in \(experiments.words)" + (query.filter == nil ? "" : " with that filter"),
        allowed: "Experiments here: \(names.joined(separator: ", "))")
    }
    return (
      traces,
      page.totalCount > traces.count ? "\(experiments.words) (the newest of \(page.totalCount))" : experiments.words
    )
  }
}
