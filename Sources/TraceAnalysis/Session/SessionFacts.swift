import JSONText
public import TraceModel
import TraceSemantics

/// The turns of a chat in order.
public struct SessionFacts: Sendable {
  /// One turn.
  public struct Turn: Sendable {
    /// Its number, from 1.
    public var number: Int
    /// What is known of its trace.
    public var facts: TraceFacts
    /// Milliseconds since the turn before began; nil for the first.
    public var gapMs: Int64?
    /// Assessments of this turn alone, the valid ones that gave a value.
    public var assessments: [Assessment]
    /// What the detectors say.
    public var findings: [Finding]
    /// Tokens: MLflow's own sum where it has one, else ours.
    public var tokenUsage: TokenUsage? { facts.recordedTokenUsage }
  }

  /// The session's id.
  public let id: String
  /// The turns by start, then id.
  public let turns: [Turn]
  /// The turns by suspicion; empty where they cannot be ranked.
  public let suspicions: [TurnSuspicion]
  /// Assessments of the session as a whole, on whichever trace they are stored.
  public let sessionAssessments: [Assessment]
  /// Assessments that failed to say anything.
  public let scorerErrors: [Assessment]
  /// Assessments that were replaced by others.
  public let supersededCount: Int
  /// What was said, and what models were sent of it.
  let conversation: SessionConversation

  /// Of sessions with more bytes of spans, payloads are decoded each time they are read.
  private static let mostKept = 32_000_000

  /// Puts the traces of one session in order, several turns at a time.
  ///
  /// - Parameter symptom: What the user complains of, in words; turns that speak of it are more suspicious.
  public init(id: String, traces: [Trace], symptom: Symptom? = nil) async {
    self.id = id
    let ordered = traces.sorted { ($0.info.requestTime, $0.info.id) < ($1.info.requestTime, $1.info.id) }
    let all = ordered.flatMap(\.info.assessments)
    let valid = all.filter(\.isValid)
    sessionAssessments = valid.filter { $0.sessionID != nil && $0.scorerError == nil }
    scorerErrors = valid.filter { $0.scorerError != nil }
    supersededCount = all.count - valid.count
    let keepsPayloads = ordered.reduce(0) { $0 + $1.spans.reduce(0) { $0 + $1.record.rawBytes.count } } <= Self.mostKept
    let facts = await ordered.indices.mappedConcurrently { TraceFacts(ordered[$0], keepsPayloads: keepsPayloads) }
    // Who said what is read one turn after the other: meanwhile each turn is looked at by itself.
    async let conversation = SessionConversation(facts)
    turns = await ordered.indices.mappedConcurrently { place in
      let trace = ordered[place]
      let before = place > 0 ? ordered[place - 1].info.requestTime.milliseconds : nil
      return Turn(
        number: place + 1, facts: facts[place],
        gapMs: before.map { trace.info.requestTime.milliseconds.subtractingSaturating($0) },
        assessments: trace.info.assessments.filter { $0.isValid && $0.sessionID == nil && $0.scorerError == nil },
        findings: Detectors.examine(facts[place], isTurn: true).findings)
    }
    suspicions = TurnSuspicion.ranked(turns, symptom)
    self.conversation = await conversation
  }
}
