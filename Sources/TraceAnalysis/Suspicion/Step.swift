/// Something that was said or done in a trace: a span with words of its own.
public struct Step: Sendable {
  /// What part a step plays.
  public enum Role: Sendable {
    /// It acts on the task.
    case worker
    /// It carries out what another asked for, and gives back what came of it.
    case tool
    /// It encloses a step that spoke, and tells what came of that: a turn of an agent's loop with what was observed in it.
    case result
    /// It hands out work.
    case orchestrator
    /// It says nothing to speak of.
    case trivial
    /// It restates the task before anybody has acted.
    case plan
  }

  /// The span, by its place in ``Trace/spans``.
  public var spanIndex: Int
  /// The name of the agent around a model call, where that is not the span's own.
  public var speaker: String?
  /// Its words, and the calls it made, as they were recorded.
  public var text: String
  /// Its part.
  public var role: Role
  /// Whether it says something in sentences, or calls a tool; else it hands on data.
  public var isTelling: Bool
  /// Whether it only looks up what was asked for, in words that were given.
  var isLookup = false

  /// Whether it can have decided anything: who only reports, or says nothing, has not.
  public var isCandidate: Bool { !isOutcome && role != .trivial }

  /// Whether it is in words, if only a few: neither data nor a word on who goes on.
  public var isProse: Bool {
    guard let first = text.first(where: { !$0.isWhitespace }), !"{[".contains(first) else { return false }
    return !text.prefix(120).contains("{") && text.prefix(200).split(separator: " ").count >= Self.fewestWordsOfProse
  }

  private static let fewestWordsOfProse = 6

  /// Whether a program stands in it between fences of their own lines; words may speak of such fences.
  var hasProgram: Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      let fence = line.drop { $0 == " " }
      return fence.hasPrefix("```") && !fence.contains(" ")
    }
  }

  /// Keys of a ledger in which an orchestrator keeps what has been done.
  private static let ledgerKeys = ["\"next_speaker\"", "\"is_request_satisfied\"", "\"instruction_or_question\""]

  /// Whether it keeps account of who has done what.
  var isLedger: Bool { Self.ledgerKeys.contains { text.contains($0) } }

  /// Whether it tells what came of another step, rather than acting itself.
  public var isOutcome: Bool { role == .tool || role == .result }
}
