/// Looks for one kind of failure. A new detector is one file and one line in ``Detectors/all``.
public protocol Detector: Sendable {
  /// The detector's name in `snake_case`.
  var name: String { get }

  /// What it found; or why it could not look, which is not the same as having found nothing.
  func examine(_ facts: TraceFacts) -> DetectorOutcome
}

/// What a detector says.
public enum DetectorOutcome: Sendable {
  /// It looked; what it found may be nothing.
  case findings([Finding])
  /// It could not look, because of this.
  case notChecked(String)
}

/// All detectors, and their common answer.
public enum Detectors {
  /// The registered detectors, in the order in which equal findings are listed.
  public static let all: [any Detector] = [FailedStep(), FailedAssessment(), RepeatedCall()]

  /// Everything the detectors say of a trace: findings with the gravest first, equal ones in order of the steps, and what
  /// could not be checked.
  public static func examine(_ facts: TraceFacts) -> (
    findings: [Finding], notChecked: [(detector: String, why: String)]
  ) {
    var findings: [Finding] = []
    var notChecked: [(detector: String, why: String)] = []
    for detector in all {
      switch detector.examine(facts) {
      case .findings(let found): findings += found
      case .notChecked(let why): notChecked.append((detector.name, why))
      }
    }
    let order = findings.indices.sorted { left, right in
      let (first, second) = (findings[left], findings[right])
      if first.severity != second.severity { return first.severity > second.severity }
      let places = (first.spanIndex ?? .max, second.spanIndex ?? .max)
      return places.0 != places.1 ? places.0 < places.1 : left < right
    }
    return (order.map { findings[$0] }, notChecked)
  }
}
