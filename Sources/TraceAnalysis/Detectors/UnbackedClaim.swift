import JSONText
import TraceModel
import TraceSemantics

/// An answer that says something was done (booked, sent, deleted, submitted) in a run in which no step can have done it: all
/// tools that were called only read, or none was.
///
/// Needs the tools that were called, or offered; and that nothing was done in turns before, of which this trace has no record.
struct UnbackedClaim: Detector {
  let name = "unbacked_claim"

  private static let longest = 4_000

  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome {
    guard let answer = facts.turn.output else { return .notChecked("no answer was recorded") }
    let claims = ActWords.claims(in: String(answer.text.prefix(Self.longest)))
    guard !claims.isEmpty else { return .findings([]) }
    let spans = facts.trace.spans
    let calls = spans.indices.filter { facts.isToolCall($0) }
    guard let last = spans.indices.last(where: { facts.isModelCall($0) }) else {
      return .notChecked("no model span")
    }
    let meaning = facts.meaning(last)
    let offered = meaning.offeredTools.map(\.name)
    guard !calls.isEmpty || !offered.isEmpty else { return .notChecked("no tool was called or offered") }
    // What an app calls besides tools may act, too: only where all else is models and tools is nothing hidden.
    let known: Set<String> = [
      "AGENT", "CHAIN", "LLM", "CHAT_MODEL", "TOOL", "RETRIEVER", "RERANKER", "EMBEDDING", "PARSER", "GUARDRAIL",
    ]
    guard spans.indices.allSatisfy({ known.contains(facts.type($0)) || facts.tree.parents[$0] == nil }) else {
      return .notChecked("steps whose kind is not recorded may have acted")
    }
    let names = calls.map { facts.meaning($0).toolName ?? spans[$0].name }
    guard names.allSatisfy(ActWords.onlyReads) else { return .findings([]) }
    // In a chat it may have been done before; and the words of a call that was made elsewhere are in what was sent.
    let chat = meaning.inputChat?.messages ?? []
    guard !chat.contains(where: { $0.toolCalls.contains { !ActWords.onlyReads($0.name) } }),
      chat.count(where: { $0.role == .user }) <= 1
    else { return .findings([]) }
    let what = names.isEmpty ? "no tool was called" : "the tools that were called only read (\(Self.list(names)))"
    return .findings([
      Finding(
        kind: "unbacked_claim", severity: .medium, confidence: .low, title: "says it was done, and nothing did it",
        traceID: facts.trace.info.id, spanIndex: facts.speaker(of: answer),
        why: "The answer says \"\(claims[0])\", but \(what).",
        evidence: Evidence.ofOutput(facts.speaker(of: answer), around: claims[0], in: facts), standing: .hint)
    ])
  }

  private static func list(_ names: [String]) -> String {
    var seen: Set<String> = []
    let unique = names.filter { seen.insert($0).inserted }
    return unique.prefix(4).joined(separator: ", ") + (unique.count > 4 ? ", …" : "")
  }
}

/// Words for what is done to something outside: in a claim that it was, and in the names of tools.
enum ActWords {
  private static let done: Set<String> = [
    "booked", "cancelled", "canceled", "sent", "emailed", "submitted", "ordered", "purchased", "refunded", "scheduled",
    "rescheduled", "deleted", "uploaded", "transferred", "deployed", "merged", "committed", "paid", "registered",
    "posted", "reserved",
  ]
  private static let reading: Set<String> = [
    "get", "find", "list", "search", "lookup", "look", "read", "query", "fetch", "check", "calc", "calculate",
    "calculator",
    "think", "retrieve", "view", "show", "describe", "count", "browse", "ls", "grep", "glob", "cat", "web", "weather",
    "wikipedia", "know", "has", "is",
  ]

  /// Whether a tool's name says that it only looks.
  static func onlyReads(_ name: String) -> Bool {
    let bare = name.split(separator: " ").last.map(String.init) ?? name
    let first = IdentifierWords.of(bare).first ?? ""
    return reading.contains(first)
  }

  /// `I have booked …`, `I've sent …`, `I sent`, in their order.
  static func claims(in text: String) -> [String] {
    // Nobody has done it who does not speak of having.
    guard signs.isFound(in: text.utf8) else { return [] }
    let words = StepText.words(text.replacing("’", with: "'"))
    return words.indices.compactMap { place in
      guard done.contains(words[place]), place >= 1 else { return nil }
      // `I have now successfully booked`: between them stand at most two words.
      let before = Array(words[max(0, place - 4)..<place])
      guard let start = before.lastIndex(of: "i"),
        before.suffix(from: start).dropFirst().allSatisfy({ fillers.contains($0) }),
        before.suffix(from: start).contains(where: { $0 == "have" || $0 == "ve" })
      else { return nil }
      return before.suffix(from: start).joined(separator: " ").replacing("i ve", with: "I've").replacing(
        "i have", with: "I have")
        + " \(words[place])"
    }
  }

  private static let signs = ByteSearch(["i have", "i've", "i’ve"])
  private static let fillers: Set<String> = ["have", "ve", "now", "also", "successfully", "just", "already", "then"]
}
