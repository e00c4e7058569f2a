import TraceModel

/// What the detectors of a session look at.
public struct SessionReading: Sendable {
  /// The session.
  public let session: SessionFacts
  /// What was said.
  var talk: SessionTalk { session.conversation.talk }
  /// What models were sent of it.
  var history: SessionHistory { session.conversation.history }
  /// What stands in it in place of earlier turns.
  var summaries: HistorySummaries { session.conversation.summaries }

  /// The session as detectors see it.
  public init(_ session: SessionFacts) { self.session = session }
}

/// Looks for one kind of failure across the turns of a session. A new one is one file and one line in
/// ``SessionDetectors/all``.
public protocol SessionDetector: Sendable {
  /// The detector's name in `snake_case`.
  var name: String { get }

  /// What it found, each finding about the turn whose trace it names; or why it could not look.
  func examine(_ reading: SessionReading) -> DetectorOutcome
}

/// All detectors of sessions, and their common answer.
public enum SessionDetectors {
  /// The registered detectors, in the order in which equal findings are listed.
  public static let all: [any SessionDetector] = [
    LostContext(), ChangedFact(), UserRepair(), UnansweredMessage(), FailingTool(), NewerDocument(),
  ]

  /// Everything the detectors say of a session, and what could not be checked. They work side by side.
  static func examine(_ reading: SessionReading) async -> Detectors.Examined {
    var findings: [Finding] = []
    var notChecked: [(detector: String, why: String)] = []
    let outcomes = await all.indices.mappedConcurrently(fewest: 2) { all[$0].examine(reading) }
    for (detector, outcome) in zip(all, outcomes) {
      switch outcome {
      case .findings(let found): findings += found
      case .notChecked(let why): notChecked.append((detector.name, why))
      }
    }
    return (findings, notChecked)
  }
}
