import TraceModel

/// What the detectors of a session look at.
public struct SessionReading: Sendable {
  /// The session.
  public let session: SessionFacts
  /// What was said.
  let talk: SessionTalk
  /// What models were sent of it.
  let history: SessionHistory
  /// What stands in it in place of earlier turns.
  let summaries: HistorySummaries

  /// Reads what was said and sent once.
  public init(_ session: SessionFacts) async {
    self.session = session
    talk = await SessionTalk(session)
    history = SessionHistory(talk)
    summaries = HistorySummaries(talk, history)
  }
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

  /// Everything the detectors say of a session, and what could not be checked.
  static func examine(_ reading: SessionReading) -> (findings: [Finding], notChecked: [(detector: String, why: String)])
  {
    var findings: [Finding] = []
    var notChecked: [(detector: String, why: String)] = []
    for detector in all {
      switch detector.examine(reading) {
      case .findings(let found): findings += found
      case .notChecked(let why): notChecked.append((detector.name, why))
      }
    }
    return (findings, notChecked)
  }
}
