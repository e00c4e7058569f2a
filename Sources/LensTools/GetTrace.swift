import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceSemantics

/// One trace as a tree of spans, and any part of it byte by byte.
struct GetTrace: ParameterizedTool {
  static let name = "get_trace"
  static let title = "Get trace"
  static let summary = """
    Shows one recorded run. trace_id alone: its steps s1, s2, … as a tree with duration, status, tokens, \
    outputs. With span_ids and fields: payloads, which path enters (also JSON held in strings) and offset pages through. \
    find: where words occur.
    """
  /// An outline that was asked to be large is not diverted to a file by Claude Code.
  static let metadata: JSON? = ["anthropic/maxResultSizeChars": 100_000]

  static let examples = [
    ToolExample("the steps of a run", ["trace_id": "tr-bdd640fb"]),
    ToolExample(
      "what a step was given and gave back",
      ["trace_id": "tr-bdd640fb", "span_ids": ["s2"], "fields": ["inputs", "outputs"]]),
    ToolExample("where words occur", ["trace_id": "tr-bdd640fb", "find": "print the label"]),
  ]

  enum Field: String, CaseIterable, ParameterEnum {
    case inputs, outputs, attributes, events, links, assessments
  }

  enum Status: String, CaseIterable, ParameterEnum {
    case ok = "OK"
    case error = "ERROR"
    case unset = "UNSET"
  }

  @Parameter("Trace id or a unique prefix.", isPositional: true)
  var traceID: String
  @Parameter("Aliases (s3) or span ids.")
  var spanIDs: [String] = []
  @Parameter("Default: inputs, outputs.")
  var fields: [Field] = []
  @Parameter("Way into each payload: /messages/0/content or messages[0].content.")
  var path: String?
  @Parameter("Byte to begin at: next_offset.", in: 0...Int(Int32.max))
  var offset: Int?
  @Parameter("Words (any case) or /regex/.")
  var find: String?
  @Parameter("Outline: levels below the roots.", in: 0...Int(Int32.max))
  var depth: Int?
  @Parameter("Outline: only these types (LLM, TOOL, …).")
  var types: [String] = []
  @Parameter("Outline: only this status.")
  var status: Status?
  @Parameter("The whole trace as exported, in pages.")
  var raw: Bool = false
  @ParameterGroup var output: OutputOptions

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let asksForPayloads = !spanIDs.isEmpty || !fields.isEmpty || path != nil
    guard raw || find != nil || asksForPayloads else { return try await outline(context) }
    let trace = try await context.trace(traceID)
    if raw { return rawPage(trace, context) }
    if let find { return try occurrences(of: find, in: trace, context) }
    return try payloads(trace, context)
  }

  private func outline(_ context: LensContext) async throws(ToolError) -> ToolResult {
    // Looked up beside the trace, of whose experiment the name is told.
    async let experiments = context.experimentsOutcome(nil)
    let facts = await TraceFacts.concurrently(try await context.trace(traceID))
    let id = JSON.string(facts.trace.info.id.rawValue)
    let header = TraceHeader(facts: facts, experiments: try await experiments.get(), excerpter: context.excerpter)
    var outline = Outline(facts: facts, excerpter: context.excerpter)
    outline.maximumDepth = depth
    outline.types = types
    outline.status = status.flatMap { SpanStatus(rawValue: $0.rawValue) }
    var answer = Answer(title: header.title, facts: header.json, notes: header.notes)
    if let note = outline.selectionNote { answer.notes.append(Answer.Note(note, rank: 1)) }
    answer.sections = [
      outline.section(
        "span", limit: output.maxChars,
        remedy: NextCall("get_trace", ["trace_id": id, "max_chars": .int(Int64(min(200_000, output.maxChars * 4)))]))
    ]
    let assessments = AssessmentList(facts.trace.info.assessments, trace: facts.trace, excerpter: context.excerpter)
    if let section = assessments.section(rank: 9) { answer.sections.append(section) }
    let detail = facts.errors.first?.spanIndex ?? facts.turn.output?.spanIndex ?? 0
    if !facts.trace.spans.isEmpty {
      let meaning = facts.meaning(detail)
      let isBare = meaning.inputs == nil && meaning.outputs == nil && facts.trace.spans[detail].status != .error
      answer.next = [
        NextCall(
          "get_trace",
          JSON.object(present: [
            "trace_id": id, "span_ids": [.string(Trace.alias(ofSpanAt: detail))],
            "fields": isBare ? ["attributes"] : nil,
          ]).members),
        NextCall("inspect_turn", ["trace_id": id]),
      ]
    }
    return answer.render(output, style: context.style)
  }

  private func rawPage(_ trace: Trace, _ context: LensContext) -> ToolResult {
    let text = context.excerpter.whole(TraceExport.json(trace))
    let isJSON = output.format == .json
    let id = trace.info.id.rawValue
    // The words around the page, with the next call, hold the id twice, once in quotes.
    let around = max(240, 110 + 3 * JSON.string(id).bytes.count)
    let page = Page(of: text, offset: offset ?? 0, limit: output.maxChars - around, inJSON: isJSON)
    if isJSON {
      return .structured(
        .object([
          JSON.Member("trace_id", .string(id)), JSON.Member("offset", .int(Int64(page.offset))),
          JSON.Member("next_offset", page.nextOffset.map { .int(Int64($0)) } ?? .null),
          JSON.Member("total_bytes", .int(Int64(page.total))), JSON.Member("content", .string(page.content)),
        ]))
    }
    let end = page.nextOffset ?? page.total
    var lines = [
      "trace \(id) as MLflow exports it, bytes \(page.offset)–\(end) of \(page.total); recorded data:", page.content,
    ]
    if let next = page.nextOffset {
      let call = NextCall("get_trace", ["trace_id": .string(id), "raw": true, "offset": .int(Int64(next))])
      lines.append("next: \(call.text(context.style))")
    }
    return .text(lines.joined(separator: "\n"))
  }
}
