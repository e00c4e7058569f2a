import TraceModel

/// Looks for one kind of failure. A new detector is one file and one line in ``Detectors/all``.
public protocol Detector: Sendable {
  /// The detector's name in `snake_case`.
  var name: String { get }

  /// What it found; or why it could not look, which is not the same as having found nothing.
  ///
  /// - Parameter flow: Where the values of the trace come from.
  func examine(_ facts: TraceFacts, flow: ValueFlowSource) -> DetectorOutcome

  /// The detector as it looks at one turn of a session: without hints so faint that they are not told of one among many.
  var amongTurns: any Detector { get }
}

extension Detector {
  /// Most look at a turn as they do at a trace.
  var amongTurns: any Detector { self }
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
  public static let all: [any Detector] = [
    FailedStep(), FailedAssessment(), ToolCalls(), UnansweredCall(), StoppedModel(), StaleDocument(), LostExpectation(),
    RepeatedCall(), ErrorInOutput(), RetrievalFit(), UngroundedAnswer(), UngroundedArgument(), ChangedUnit(),
    CutShort(), BrokenFormat(), FailingTests(), BrokenConstraint(), UnmendedFailure(), UnbackedClaim(), NoEffect(),
    OpenTodo(), Refusal(),
  ]

  private static let ofTurns = all.map(\.amongTurns)

  /// What the detectors say together.
  public typealias Examined = (findings: [Finding], notChecked: [(detector: String, why: String)])

  /// Everything the detectors say of a trace: findings with the gravest first, equal ones in order of the steps, and what
  /// could not be checked.
  public static func examine(_ facts: TraceFacts) -> Examined {
    let flow = ValueFlowSource(facts)
    return together(all.map { $0.examine(facts, flow: flow) })
  }

  /// The findings about one turn of a session, without faint hints.
  static func findings(ofTurn facts: TraceFacts) -> [Finding] {
    let flow = ValueFlowSource(facts)
    var findings: [Finding] = []
    for place in ofTurns.indices {
      guard case .findings(let found) = ofTurns[place].examine(facts, flow: flow), !found.isEmpty else { continue }
      findings += found
    }
    return ordered(findings)
  }

  /// The same, for a large trace with several detectors at a time.
  public static func examineConcurrently(_ facts: TraceFacts) async -> Examined {
    // A smaller trace's values are followed, once for all detectors.
    guard facts.trace.spans.count > ValueFlow.mostSpans else { return examine(facts) }
    return together(await all.indices.mappedConcurrently { all[$0].examine(facts, flow: ValueFlowSource(facts)) })
  }

  private static func together(_ outcomes: [DetectorOutcome]) -> Examined {
    var findings: [Finding] = []
    var notChecked: [(detector: String, why: String)] = []
    for (detector, outcome) in zip(all, outcomes) {
      switch outcome {
      case .findings(let found): findings += found
      case .notChecked(let why): notChecked.append((detector.name, why))
      }
    }
    return (ordered(findings), notChecked)
  }

  private static func ordered(_ findings: [Finding]) -> [Finding] {
    let order = findings.indices.sorted { left, right in
      let (first, second) = (findings[left], findings[right])
      if first.severity != second.severity { return first.severity > second.severity }
      let places = (first.spanIndex ?? .max, second.spanIndex ?? .max)
      return places.0 != places.1 ? places.0 < places.1 : left < right
    }
    return order.map { findings[$0] }.merged()
  }
}

extension [Finding] {
  /// Several signals about one step as one finding with several reasons. What people and judges said stays apart, for each
  /// of their statements is a finding of its own; and a hint alone stays a hint: only behind a decisive finding is it one
  /// more reason.
  func merged() -> [Finding] {
    var result: [Finding] = []
    var places: [Int: Int] = [:]
    for finding in self {
      guard let index = finding.spanIndex else {
        result.append(finding)
        continue
      }
      if let place = places[index], finding.assessmentID == nil,
        result[place].standing == .decisive || finding.standing == .hint
      {
        result[place].add(finding)
      } else {
        if places[index] == nil { places[index] = result.count }
        result.append(finding)
      }
    }
    return result
  }
}

extension Finding {
  /// Takes another finding about the same step for a further reason.
  mutating func add(_ other: Finding) {
    why += (why.hasSuffix(".") || why.isEmpty ? " " : "; ") + other.why
    evidence += other.evidence.filter { !evidence.contains($0) }
    severity = max(severity, other.severity)
    confidence = max(confidence, other.confidence)
  }
}
