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
    if spanIDs.isEmpty, fields.contains(.assessments) {
      guard let (value, _) = Self.assessments(trace.info.assessments) else {
        throw ToolError(.notFound, "Trace \(trace.info.id) has no assessments", allowed: "Nobody judged it")
      }
      payloads.append(
        Payload(
          spanIndex: nil, field: .assessments, key: nil,
          text: context.excerpter.whole(try enter(value, .assessments, nil), under: enteredKey)))
    }
    let rest = spanIDs.isEmpty ? fields.filter { $0 != .assessments } : fields
    for index in rest.isEmpty && !fields.isEmpty ? [] : try chosenSpans(trace) {
      let span = trace.spans[index]
      // Of a step that failed the exception is what matters, and it is an event.
      let usual: [Field] = span.status == .error ? [.inputs, .outputs, .events] : [.inputs, .outputs]
      for field in rest.isEmpty ? usual : rest {
        guard let (value, key) = Self.value(field, of: index, in: trace) else { continue }
        let entered = try enter(value, field, index)
        payloads.append(
          Payload(spanIndex: index, field: field, key: key, text: context.excerpter.whole(entered, under: enteredKey)))
      }
    }
    guard !payloads.isEmpty else { throw nothing(in: trace, context) }
    return render(payloads, trace, context)
  }

  /// Nothing of what was asked for is there: says what is.
  private func nothing(in trace: Trace, _ context: LensContext) -> ToolError {
    let fieldNames = (fields.isEmpty ? [.inputs, .outputs] : fields).map(\.rawValue).joined(separator: ", ")
    let chosen = (try? chosenSpans(trace)) ?? []
    var present: [String] = []
    for field in Field.allCases where chosen.contains(where: { Self.value(field, of: $0, in: trace) != nil }) {
      present.append(field.rawValue)
    }
    let aliases = chosen.prefix(6).map { "\(Trace.alias(ofSpanAt: $0))" }.joined(separator: ", ")
    let id = JSON.string(trace.info.id.rawValue)
    return ToolError(
      .notFound, "Nothing was recorded under \(fieldNames) of \(aliases) in \(trace.info.id)",
      allowed: present.isEmpty ? "There is nothing else either" : "There is: \(present.joined(separator: ", "))",
      next: present.isEmpty
        ? nil
        : "For them call "
          + NextCall(
            "get_trace",
            [
              "trace_id": id, "span_ids": .array(chosen.prefix(6).map { .string(Trace.alias(ofSpanAt: $0)) }),
              "fields": .array(present.map { .string($0) }),
            ]
          ).text(context.style))
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
    case .attributes: return span.attributeObject.map { ($0, nil) }
    case .events: return span.record["events"].flatMap { $0.count > 0 ? ($0, nil) : nil }
    case .links: return span.record["links"].flatMap { $0.count > 0 ? ($0, nil) : nil }
    case .assessments:
      return assessments(trace.info.assessments.filter { $0.spanID.flatMap { SpanID($0) } == span.id })
    }
  }

  private static func assessments(_ list: [Assessment]) -> (JSONValue, String?)? {
    guard !list.isEmpty, let document = try? JSONDocument(JSON.array(list.map(TraceExport.assessment)).bytes) else {
      return nil
    }
    return (document.root, nil)
  }

  /// The key that the path ends at: what stands under `password` is a secret.
  private var enteredKey: String? {
    path.flatMap { JSONPath($0).steps.last { Int($0) == nil } }
  }

  private func enter(_ value: JSONValue, _ field: Field, _ index: Int?) throws(ToolError) -> ArraySlice<UInt8> {
    guard let path, !path.isEmpty else { return value.rawBytes }
    switch JSONPath(path).resolve(in: value) {
    case .found(let found): return found.rawBytes
    case .missing(let place, let step, let choices):
      let where_ = place.steps.isEmpty ? "at the top" : "at '\(SafeText.neutralized("\(place)"))'"
      // Keys were recorded, too.
      let keys = choices.prefix(20).map { Excerpter(masksSecrets: true).line($0, limit: 60) }
      throw ToolError(
        .notFound,
        "path '\(SafeText.neutralized(path.prefix(120)))' ends in the \(field.rawValue) \(index.map { "of \(Trace.alias(ofSpanAt: $0)) " } ?? "")\(where_): there is no '\(SafeText.neutralized(step.prefix(60)))'",
        allowed: choices.isEmpty
          ? "There is a plain value there, nothing to enter" : "There is: \(keys.joined(separator: ", "))"
      )
    }
  }

  /// Every payload gets an equal share of the room; what a short one leaves, the later ones get. Where the shares would be
  /// too small to be of use, the first ones are shown and the others counted.
  private func render(_ payloads: [Payload], _ trace: Trace, _ context: LensContext) -> ToolResult {
    let id = trace.info.id.rawValue
    let title = "trace \(id); recorded data, one JSON value each:"
    let isJSON = output.format == .json
    var room = output.maxChars - (isJSON ? JSON.string(id).bytes.count + 80 : title.utf8.count + 60)
    var parts: [(text: String, json: JSON)] = []
    for (place, payload) in payloads.enumerated() {
      let share = room / (payloads.count - place)
      let part =
        same(payload, as: payloads[..<place], trace, context) ?? part(payload, share, trace, context)
        ?? part(payload, room, trace, context)
      guard let part else { break }
      room -= isJSON ? part.json.bytes.count + 1 : part.text.utf8.count + 1
      parts.append(part)
    }
    let omitted = payloads.count - parts.count
    if isJSON {
      var answer: JSON = ["trace_id": .string(id), "payloads": .array(parts.map(\.json))]
      if omitted > 0 { answer["omitted"] = .int(Int64(omitted)) }
      return .structured(answer)
    }
    let tail = omitted > 0 ? ["… \(Units.plural(omitted, "payload")) not shown for want of room; raise max_chars"] : []
    return .text(([title] + parts.map(\.text) + tail).joined(separator: "\n"))
  }

  /// Shorter values cost less than the words that would stand for them.
  private static let shortestNamed = 200

  /// A payload that is the same as one before it, in words; nil when there is none.
  private func same(
    _ payload: Payload, as earlier: ArraySlice<Payload>, _ trace: Trace, _ context: LensContext
  ) -> (text: String, json: JSON)? {
    guard payload.text.count >= Self.shortestNamed, let first = earlier.first(where: { $0.text == payload.text }),
      let index = first.spanIndex, let own = payload.spanIndex
    else { return nil }
    let alias = Trace.alias(ofSpanAt: index)
    let head = head(payload, trace, context)
    return (
      "\(head), \(Units.bytes(payload.text.count)): the same as \(first.field.rawValue) of \(alias)",
      [
        "span": .string(Trace.alias(ofSpanAt: own)), "span_id": .string(trace.spans[own].id.description),
        "field": .string(payload.field.rawValue), "total_bytes": .int(Int64(payload.text.count)),
        "same_as": ["span": .string(alias), "field": .string(first.field.rawValue)],
      ]
    )
  }

  /// `s3 plan inputs (mlflow.spanInputs)`.
  private func head(_ payload: Payload, _ trace: Trace, _ context: LensContext) -> String {
    let alias = payload.spanIndex.map { Trace.alias(ofSpanAt: $0) }
    let name = payload.spanIndex.map { context.excerpter.line(trace.spans[$0].name, limit: 40) }
    return [alias, name, payload.field.rawValue, payload.key.map { "(\(context.excerpter.line($0, limit: 60)))" }]
      .compactMap { $0 }.joined(separator: " ")
  }

  /// A payload in at most `room` bytes; nil when not even a few words of it would fit.
  private func part(
    _ payload: Payload, _ room: Int, _ trace: Trace, _ context: LensContext
  ) -> (text: String, json: JSON)? {
    let alias = payload.spanIndex.map { Trace.alias(ofSpanAt: $0) }
    let isJSON = output.format == .json
    let head = head(payload, trace, context)
    /// What of it is only a repetition of what another span was sent.
    var history: ResentHistory?
    func call(_ offset: Int) -> String {
      let arguments = JSON.object(present: [
        "trace_id": .string(trace.info.id.rawValue), "span_ids": alias.map { [.string($0)] },
        "fields": [.string(payload.field.rawValue)], "path": path.map { .string($0) }, "offset": .int(Int64(offset)),
      ])
      return "… goes on: \(NextCall("get_trace", arguments.members).text(context.style))"
    }
    func json(_ page: Page) -> JSON {
      .object(present: [
        "span": alias.map { .string($0) },
        "span_id": payload.spanIndex.map { .string(trace.spans[$0].id.description) },
        "field": .string(payload.field.rawValue), "attribute": payload.key.map { .string($0) },
        "offset": .int(Int64(page.offset)), "next_offset": page.nextOffset.map { .int(Int64($0)) },
        "total_bytes": .int(Int64(page.total)),
        "repeated": page.offset > 0 ? history?.json : nil, "content": .string(page.content),
      ])
    }
    func text(_ page: Page) -> String {
      let end = page.nextOffset ?? page.total
      let isWhole = page.offset == 0 && page.nextOffset == nil
      var extent = isWhole ? Units.bytes(page.total) : "bytes \(page.offset)–\(end) of \(page.total)"
      if page.offset > 0, let history { extent += " (\(history.words); offset 0 for all)" }
      return (["\(head), \(extent):", page.content] + (page.nextOffset.map { [call($0)] } ?? [])).joined(
        separator: "\n")
    }
    // The whole if it fits; else what fits beside the words around it, whose length hardly depends on the page.
    let whole = Page(of: payload.text, offset: offset ?? 0, limit: .max, inJSON: isJSON)
    if payload.text.count <= room, (isJSON ? json(whole).bytes.count : text(whole).utf8.count) <= room {
      return (text(whole), json(whole))
    }
    if payload.field == .inputs, path == nil, offset == nil, let index = payload.spanIndex,
      let (value, _) = Self.value(.inputs, of: index, in: trace)
    {
      history = ResentHistory(of: index, value, in: trace, context.excerpter)
    }
    let start = offset ?? history?.offset ?? 0
    var empty = whole
    (empty.offset, empty.content, empty.nextOffset) = (start, "", payload.text.count)
    let around = isJSON ? json(empty).bytes.count : text(empty).utf8.count + 24
    guard room - around >= 48 else { return nil }
    let page = Page(of: payload.text, offset: start, limit: room - around, inJSON: isJSON)
    return (text(page), json(page))
  }
}
