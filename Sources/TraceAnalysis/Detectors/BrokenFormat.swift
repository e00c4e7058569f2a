import JSONText
import TraceModel
import TraceSemantics

/// An answer of a model in another form than it was told: no JSON where JSON was asked for, or JSON that the given schema does
/// not allow; and any answer of which the app then says that it could not read it.
///
/// Needs what the model was told (`response_format` and its like, or an instruction in plain words) and what it said.
struct BrokenFormat: Detector {
  let name = "broken_format"

  /// Where none of these stands in the record of a model call, no form was asked for.
  private static let signs = ByteSearch(
    [
      "response_format", "responseformat", "response_schema", "responseschema", "json_schema", "jsonschema",
      "response_mime_type", "responsemimetype", "application/json", "structured_output", "ai.schema",
      "gen_ai.output.type", "json_object", "\"format\\\"",
    ] + FormatWords.signs)
  /// What every one of these has in it, which is faster to look for.
  private static let parts = ByteSearch(["json", "schema", "structured_output", "output.type", "\"format\\\""])
  /// More calls are not read.
  private static let mostCalls = 500
  /// More are not told.
  private static let most = 8

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    var findings: [Finding] = []
    let candidates = facts.modelCalls(mentioning: Self.parts).lazy.filter { index in
      Self.signs.isFound(in: facts.trace.spans[index].record.rawBytes)
    }
    for index in candidates.prefix(Self.mostCalls) where findings.count < Self.most {
      let meaning = facts.meaning(index)
      guard let demand = FormatDemand(meaning), let (said, path) = Self.answer(meaning) else { continue }
      guard let mistake = demand.mistake(in: said) else { continue }
      findings.append(
        Finding(
          kind: "broken_format", severity: .medium, confidence: demand.isBinding ? .high : .medium,
          title: "an answer in another form than asked for", traceID: facts.trace.info.id, spanIndex: index,
          why: "\(facts.trace.spans[index].name) was told to answer in JSON (\(demand.words)), but \(mistake.words).",
          evidence: Evidence(.outputs, of: index, at: path, in: facts).map { [$0] } ?? [],
          standing: mistake.isCertain ? .decisive : .hint))
    }
    let unread = UnreadAnswers.all(in: facts).filter { unread in !findings.contains { $0.spanIndex == unread.call } }
    for unread in unread { findings.append(Self.finding(unread, facts)) }
    // Where what models were told is recorded, and no form was asked for, there is none to break.
    let isChecked = facts.trace.spans.indices.contains { facts.isModelCall($0) && facts.recordedInput($0) != nil }
    return isChecked || !findings.isEmpty
      ? .findings(findings) : .notChecked("no model span has recorded what it was told")
  }

  /// What a model said in the end, where it called no tool and was not stopped: that is told by `stopped_model`.
  private static func answer(_ meaning: SpanMeaning) -> (text: String, path: JSONPath)? {
    guard meaning.unusualFinishReason == nil, let messages = meaning.outputChat?.messages,
      !messages.contains(where: { !$0.toolCalls.isEmpty }), let last = messages.last,
      last.role == .assistant, let text = last.text, text.contains(where: { !$0.isWhitespace })
    else { return nil }
    return (text, last.path)
  }

  private static func finding(_ unread: UnreadAnswers.Pair, _ facts: TraceFacts) -> Finding {
    let reader = facts.trace.spans[unread.reader].name
    return Finding(
      kind: "unreadable_answer", severity: .medium, confidence: .medium, title: "an answer that the app could not read",
      traceID: facts.trace.info.id, spanIndex: unread.call,
      why:
        "What \(facts.trace.spans[unread.call].name) said could not be read by \(Trace.alias(ofSpanAt: unread.reader)) \(reader): "
        + "\(unread.words.prefix(160))",
      evidence: Evidence.ofOutput(unread.call, in: facts), standing: .hint)
  }
}

/// Model calls whose answer the app's own code could not read, as it says itself.
enum UnreadAnswers {
  /// A call, who read it, and what that said.
  struct Pair {
    var call: Int
    var reader: Int
    var words: String
  }

  /// How parsers of answers say so: types of exceptions, and the words of frameworks.
  private static let signs = ByteSearch([
    "jsondecodeerror", "outputparser", "output_parsing", "agentparsingerror", "error in code parsing",
    "could not parse llm", "could not parse output", "could not parse the output", "failed to parse output",
    "failed to parse llm", "failed to parse response", "failed to parse model", "invalid format: missing",
    "validation error for ", "validation errors for ", "jsonparseerror", "typevalidationerror",
    "noobjectgenerated",
  ])
  /// A reader says so at once.
  private static let farthest = 400
  /// More failures are not looked at, and more answers not told.
  private static let (mostErrors, most) = (100, 8)

  /// In order of the readers, each call once.
  static func all(in facts: TraceFacts) -> [Pair] {
    var found: [Pair] = []
    for error in facts.errors.prefix(mostErrors)
    where found.count < most && !facts.isModelCall(error.spanIndex) && !facts.isToolCall(error.spanIndex) {
      let words = error.sentence
      guard signs.isFound(in: words.utf8.prefix(farthest)), let call = call(before: error.spanIndex, facts),
        !found.contains(where: { $0.call == call })
      else { continue }
      found.append(Pair(call: call, reader: error.spanIndex, words: words))
    }
    return found
  }

  /// The model call whose answer a span read: the last one in it, else the last before it under the same caller.
  private static func call(before reader: Int, _ facts: TraceFacts) -> Int? {
    func lastCall(below index: Int) -> Int? {
      var last: Int?
      var pending = facts.tree.children[index]
      var left = 200
      while let next = pending.popLast(), left > 0 {
        left -= 1
        if facts.isModelCall(next), facts.trace.spans[next].status != .error { last = max(last ?? 0, next) }
        pending += facts.tree.children[next]
      }
      return last
    }
    if let call = lastCall(below: reader) { return call }
    guard let caller = facts.tree.parents[reader] else { return nil }
    let before = facts.tree.children[caller].last { $0 < reader }
    guard let before else { return nil }
    return facts.isModelCall(before) && facts.trace.spans[before].status != .error ? before : lastCall(below: before)
  }
}
