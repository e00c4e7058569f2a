import JSONText
import MCP
import TraceAnalysis
import TraceModel
import TraceSemantics

extension GetTrace {
  /// A payload as it will be paged.
  private struct Payload {
    var spanIndex: Int?
    var field: Field
    /// The attribute it came from, where it is one.
    var key: String?
    var text: [UInt8]
  }

  func payloads(_ trace: Trace, _ context: LensContext) throws(ToolError) -> ToolResult {
    var payloads: [Payload] = []
    for index in try chosenSpans(trace) {
      for field in fields.isEmpty ? [.inputs, .outputs] : fields {
        guard let (value, key) = Self.value(field, of: index, in: trace) else { continue }
        let entered = try enter(value, field, index)
        payloads.append(
          Payload(spanIndex: index, field: field, key: key, text: context.excerpter.whole(entered)))
      }
    }
    guard !payloads.isEmpty else {
      let fieldNames = (fields.isEmpty ? [.inputs, .outputs] : fields).map(\.rawValue).joined(separator: ", ")
      throw ToolError(
        .notFound, "The chosen spans of \(trace.info.id) have no \(fieldNames)",
        allowed: "Their attributes may hold more",
        next: NextCall(
          "get_trace",
          [
            "trace_id": .string(trace.info.id.rawValue), "span_ids": .array(spanIDs.map { .string($0) }),
            "fields": ["attributes"],
          ]
        ).text(context.style))
    }
    return render(payloads, trace, context)
  }

  /// Without span_ids the span that holds the turn: what the user asked and the app answered.
  private func chosenSpans(_ trace: Trace) throws(ToolError) -> [Int] {
    guard spanIDs.isEmpty else {
      var indices: [Int] = []
      for reference in spanIDs {
        let index = try trace.spanIndex(reference)
        if !indices.contains(index) { indices.append(index) }
      }
      return indices
    }
    let tree = SpanTree(trace.spans)
    let turn = TurnReading(trace, tree: tree)
    guard let index = (turn.output ?? turn.input)?.spanIndex ?? tree.roots.first else {
      throw ToolError(.notFound, "Trace \(trace.info.id) has no spans", allowed: "Its info is all there is")
    }
    return [index]
  }

  /// The JSON text of a field, and the attribute it comes from; nil when there is none.
  private static func value(_ field: Field, of index: Int, in trace: Trace) -> (JSONValue, String?)? {
    let span = trace.spans[index]
    switch field {
    case .inputs: return SpanMeaning(span).inputs.map { ($0.value, $0.key) }
    case .outputs: return SpanMeaning(span).outputs.map { ($0.value, $0.key) }
    case .attributes: return span.record["attributes"].map { ($0, nil) }
    case .events: return span.record["events"].flatMap { $0.count > 0 ? ($0, nil) : nil }
    case .links: return span.record["links"].flatMap { $0.count > 0 ? ($0, nil) : nil }
    case .assessments:
      let own = trace.info.assessments.filter { assessment in
        assessment.spanID.flatMap { SpanID($0) } == span.id || assessment.spanID == nil && span.parentID == nil
      }
      guard !own.isEmpty, let document = try? JSONDocument(JSON.array(own.map(TraceExport.assessment)).bytes) else {
        return nil
      }
      return (document.root, nil)
    }
  }

  private func enter(_ value: JSONValue, _ field: Field, _ index: Int) throws(ToolError) -> ArraySlice<UInt8> {
    guard let path, !path.isEmpty else { return value.rawBytes }
    switch JSONPath(path).resolve(in: value) {
    case .found(let found): return found.rawBytes
    case .missing(let place, let step, let choices):
      let where_ = place.steps.isEmpty ? "at the top" : "at '\(place)'"
      throw ToolError(
        .notFound,
        "path '\(path.prefix(120))' ends in the \(field.rawValue) of \(Trace.alias(ofSpanAt: index)) \(where_): there is no '\(step.prefix(60))'",
        allowed: choices.isEmpty
          ? "There is a plain value there, nothing to enter" : "There is: \(choices.prefix(20).joined(separator: ", "))"
      )
    }
  }

  private func render(_ payloads: [Payload], _ trace: Trace, _ context: LensContext) -> ToolResult {
    let isJSON = output.format == .json
    let id = trace.info.id.rawValue
    // What stands around each payload is at most 260 bytes, around all of them 200.
    var room = output.maxChars - 200 - 260 * payloads.count
    var left = payloads.count
    var pages: [Page] = []
    // An equal share for each; what a short one leaves, the later ones get.
    for payload in payloads {
      let page = Page(of: payload.text, offset: offset, limit: max(40, room / left), inJSON: isJSON)
      room -= page.content.utf8.count
      left -= 1
      pages.append(page)
    }
    func call(_ payload: Payload, _ page: Page) -> NextCall? {
      page.nextOffset.map { next in
        NextCall(
          "get_trace",
          JSON.object(present: [
            "trace_id": .string(id), "span_ids": payload.spanIndex.map { [.string(Trace.alias(ofSpanAt: $0))] },
            "fields": [.string(payload.field.rawValue)], "path": path.map { .string($0) }, "offset": .int(Int64(next)),
          ]).members)
      }
    }
    if isJSON {
      let list = zip(payloads, pages).map { payload, page in
        JSON.object(present: [
          "span": payload.spanIndex.map { .string(Trace.alias(ofSpanAt: $0)) },
          "span_id": payload.spanIndex.map { .string(trace.spans[$0].id.description) },
          "field": .string(payload.field.rawValue), "attribute": payload.key.map { .string($0) },
          "offset": .int(Int64(page.offset)), "next_offset": page.nextOffset.map { .int(Int64($0)) },
          "total_bytes": .int(Int64(page.total)), "content": .string(page.content),
        ])
      }
      return .structured(["trace_id": .string(id), "payloads": .array(list)])
    }
    var lines = ["trace \(id); recorded data, one JSON value each:"]
    for (payload, page) in zip(payloads, pages) {
      let place =
        payload.spanIndex.map {
          "\(Trace.alias(ofSpanAt: $0)) \(context.excerpter.line(trace.spans[$0].name, limit: 40)) "
        } ?? ""
      let source = payload.key.map { " (\($0))" } ?? ""
      let extent =
        page.offset == 0 && page.nextOffset == nil
        ? Units.bytes(page.total) : "bytes \(page.offset)–\(page.nextOffset ?? page.total) of \(page.total)"
      lines.append("\(place)\(payload.field.rawValue)\(source), \(extent):")
      lines.append(page.content)
      if let next = call(payload, page) { lines.append("… goes on: \(next.text(context.style))") }
    }
    return .text(lines.joined(separator: "\n"))
  }
}
