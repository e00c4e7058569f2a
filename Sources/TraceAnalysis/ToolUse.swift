public import JSONText
import TraceModel
import TraceSemantics

/// A call of a tool, by its span, or, where an app records only its models, by what the messages tell of it.
public struct ToolUse: Sendable {
  /// The tool.
  public var name: String
  /// What it was called with.
  public var arguments: JSONValue?
  /// What it gave back; nil where that is not told.
  public var result: JSONValue?
  /// The tool's span, or that of the model which asked for the call, by its place in the trace's spans.
  public var spanIndex: Int
  /// The id of the call, where messages tell of it.
  var callID: String?
  /// The model call whose messages tell the result, by its place in the trace's spans; nil where a span of its own does.
  var resultSpanIndex: Int?
  /// Whether its span, or the message with its result, is marked as a failure.
  public var hasFailed: Bool

  /// In a trace of more model calls, no more is read.
  private static let mostModelCalls = 200
  /// So many model calls are looked at for results, the last ones first: each is sent the results so far.
  private static let mostAsked = 4

  /// The calls of tools in a trace, in their order.
  static func all(in facts: TraceFacts) -> [ToolUse] {
    let runs = facts.trace.spans.indices.filter { facts.isToolCall($0) }
    guard !runs.isEmpty else { return inMessages(of: facts) }
    return runs.map { index in
      let meaning = facts.meaning(index)
      return ToolUse(
        name: facts.toolName(index), arguments: meaning.inputs?.value, result: meaning.outputs?.value, spanIndex: index,
        hasFailed: facts.trace.spans[index].status == .error)
    }
  }

  /// The calls that models asked for, in their order; each once, however many spans tell of it.
  private static func inMessages(of facts: TraceFacts) -> [ToolUse] {
    var uses: [ToolUse] = []
    var seen: Set<[UInt8]> = []
    for index in facts.callersOfTools.prefix(mostModelCalls) {
      for call in facts.meaning(index).outputChat?.messages.flatMap(\.toolCalls) ?? [] {
        let key = Array((call.id ?? call.name).utf8) + (call.id == nil ? Array(call.arguments?.rawBytes ?? []) : [])
        guard seen.insert(key).inserted else { continue }
        uses.append(
          ToolUse(
            name: call.name, arguments: call.arguments, spanIndex: index, callID: call.id, hasFailed: false))
      }
    }
    guard !uses.isEmpty else { return [] }
    addResults(to: &uses, facts)
    return uses
  }

  private static func addResults(to uses: inout [ToolUse], _ facts: TraceFacts) {
    let first = uses[0].spanIndex
    let later = facts.trace.spans.indices.lazy.reversed().filter { $0 >= first && facts.isModelCall($0) }
    for index in later.prefix(mostAsked) where uses.contains(where: { $0.result == nil }) {
      let meaning = facts.meaning(index)
      let messages = (meaning.inputChat?.messages ?? []) + (meaning.outputChat?.messages ?? [])
      add(messages.flatMap(\.toolResults), toldBy: index, to: &uses)
    }
  }

  /// Adds results to the calls that they are of. Without ids the last result of a tool is that of its last call, for a chat begins
  /// with the calls of earlier turns.
  ///
  /// - Parameter index: The model call that tells them, if it is of the same trace.
  static func add(_ results: [ChatMessage.ToolResult], toldBy index: Int? = nil, to uses: inout [ToolUse]) {
    // The calls by id and by name, those without an id once more by name alone: a message may hold very many.
    var (byID, byName, bare): ([String: [Int]], [String: [Int]], [String: [Int]]) = ([:], [:], [:])
    for place in uses.indices where uses[place].result == nil {
      byName[uses[place].name, default: []].append(place)
      if let id = uses[place].callID {
        byID[id, default: []].append(place)
      } else {
        bare[uses[place].name, default: []].append(place)
      }
    }
    func last(_ calls: inout [String: [Int]], _ key: String?) -> Int? {
      guard let key else { return nil }
      while let place = calls[key]?.last, uses[place].result != nil { calls[key]?.removeLast() }
      return calls[key]?.last
    }
    for result in results.reversed() {
      let found =
        result.callID == nil
        ? [last(&byName, result.name)] : [last(&byID, result.callID), last(&bare, result.name)]
      guard let place = found.compactMap(\.self).max() else { continue }
      uses[place].result = result.content
      uses[place].hasFailed = result.isError
      uses[place].resultSpanIndex = index
    }
  }
}
