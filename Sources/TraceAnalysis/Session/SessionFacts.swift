import JSONText
import Synchronization
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

  /// Reads the traces of a session as they come from the store.
  public final class Reader: Sendable {
    /// Of sessions with more bytes of spans, the payloads of some are decoded each time they are read.
    private let keepable = Mutex(32_000_000)

    /// A reader of the traces of one session.
    public init() {}

    /// What is known of some of the traces, in their order.
    public func facts(_ traces: [Trace]) async -> [TraceFacts] {
      // Parts are read beside each other by whoever hands them out, but the last one alone.
      await traces.indices.mappedConcurrently(fewest: 16, atOnce: 8) { place in
        let size = traces[place].spans.reduce(0) { $0 + $1.record.rawBytes.count }
        let isKept = self.keepable.withLock { room in
          guard room >= size else { return false }
          room -= size
          return true
        }
        return TraceFacts(traces[place], keepsPayloads: isKept)
      }
    }
  }

  /// Puts the traces of one session in order.
  ///
  /// - Parameter symptom: What the user complains of, in words; turns that speak of it are more suspicious.
  public init(id: String, traces: [Trace], symptom: Symptom? = nil) async {
    await self.init(id: id, facts: await Reader().facts(traces), symptom: symptom)
  }

  /// The same of traces that have been read with a ``Reader``; several turns are looked at at a time.
  public init(id: String, facts: [TraceFacts], symptom: Symptom? = nil) async {
    self.id = id
    let facts = facts.sorted {
      ($0.trace.info.requestTime, $0.trace.info.id) < ($1.trace.info.requestTime, $1.trace.info.id)
    }
    let all = facts.flatMap(\.trace.info.assessments)
    let valid = all.filter(\.isValid)
    sessionAssessments = valid.filter { $0.sessionID != nil && $0.scorerError == nil }
    scorerErrors = valid.filter { $0.scorerError != nil }
    supersededCount = all.count - valid.count
    // Who said what is read one turn after the other: meanwhile each turn is looked at by itself.
    async let conversation = SessionConversation(facts)
    turns = await facts.indices.mappedConcurrently { place in
      let trace = facts[place].trace
      let before = place > 0 ? facts[place - 1].trace.info.requestTime.milliseconds : nil
      return Turn(
        number: place + 1, facts: facts[place],
        gapMs: before.map { trace.info.requestTime.milliseconds.subtractingSaturating($0) },
        assessments: trace.info.assessments.filter { $0.isValid && $0.sessionID == nil && $0.scorerError == nil },
        findings: Detectors.findings(ofTurn: facts[place]))
    }
    suspicions = TurnSuspicion.ranked(turns, symptom)
    self.conversation = await conversation
  }
}
