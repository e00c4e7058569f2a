import TraceModel
import TraceSemantics

/// How much speaks for a step being the one that decided how the run ended, and what speaks for it.
///
/// Deterministic, and no more than a hint: two teams of people who labelled the same failures agree on the step in a third
/// of them. What a step does and how early it acts carries most of what is known; its words add a little.
public struct Suspicion: Sendable {
  /// The step.
  public var step: Step
  /// The sum of the terms.
  public var score: Double
  /// What the score is made of: a name of ``Weights``, how much of it there is, and what that counts.
  public var terms: [(name: String, amount: Double, points: Double)]
  /// The terms that speak for it, in words.
  public var reasons: [String]

  /// What each signal counts. Set by hand on 65 labelled traces of two systems; half as much or half as much again moves the
  /// share of first places by four hundredths, so they are not worth tuning. Weights that were learned were no better, and
  /// broke from one system to the other.
  enum Weights {
    /// For the first step that acts; the first mistake is the one that counts.
    static let early = 2.0
    /// What is left of it from one step that acts to the next: e^(−1/5). It fades slowly, so that among the first few what a
    /// step said and what came of it decide; in long runs the order says little anyway.
    static let fading = 0.8187
    static let tool = -2.0
    static let orchestrator = -2.0
    /// For an orchestrator's words to others; less than between acting and not acting.
    static let instruction = 1.0
    static let trivial = -2.0
    static let plan = -1.0
    /// For a step that only looks up what was asked for, in words that were given, and was told something: beside it has no part
    /// in the order of acting. It has brought in nothing that could be wrong.
    static let lookup = -0.5
    /// What a detector says of it: so much for a hint of medium severity, half of it for a low one.
    static let hint = 0.6
    /// For two words of assumption; half of it for one.
    static let assumption = 1.2
    /// What came back for it failed, or was empty.
    static let outcome = 0.7
    /// Times n/(n + some) for n values that nothing before it has.
    static let unsupported = 0.8
    /// So many values count half.
    static let someValues = 3.5
    /// Times the share of the task's words in it.
    static let task = 0.4
    /// Times the share of the user's complaint in it.
    static let symptom = 1.0
    /// Times the share of all steps that come later and repeat what it said first.
    static let reach = 0.3
  }
}

/// The steps of a trace by suspicion.
public struct SuspicionRanking: Sendable {
  /// All steps, the most suspicious first; equal ones in order of their start. In a long run its landmarks follow behind the
  /// first three, whatever their score.
  public let suspicions: [Suspicion]
  /// The steps in order of their start.
  public let steps: [Step]
  /// Why steps were not ranked that could have been; nil where they were, and where there are too few to rank.
  public let notChecked: String?

  /// With fewer there is nothing to rank: the tree of a small app says more.
  private static let (fewestSteps, fewestTelling) = (4, 2)
  /// In a trace of more spans no single step is told by its words; and an answer may not take so long.
  private static let mostSpans = 2_000

  /// Where the answer is only a word by which a run ends (`TERMINATE`), the last step that said more; nil elsewhere.
  public func lastWords(_ facts: TraceFacts) -> Step? {
    guard let answer = facts.turn.output?.text, answer.utf8.count < Self.sign,
      answer.allSatisfy({ $0.isUppercase || $0 == "_" })
    else { return nil }
    return steps.last { step in
      step.isCandidate && !facts.tree.ancestry(of: facts.turn.output?.spanIndex ?? 0).contains(step.spanIndex)
        && !step.text.hasSuffix(answer)
    }
  }

  private static let sign = 16

  /// Ranks the steps of a trace.
  ///
  /// - Parameter hints: What the detectors say of steps, none of it decisive.
  public init(_ facts: TraceFacts, symptom: Symptom? = nil, hints: [Finding] = []) {
    guard facts.trace.spans.count <= Self.mostSpans else {
      (suspicions, steps, notChecked) = ([], [], "more than \(Self.mostSpans) spans")
      return
    }
    let reader = StepReader(facts)
    steps = reader.steps()
    let telling = steps.count { $0.isTelling && !$0.isOutcome }
    guard steps.count >= Self.fewestSteps, telling >= Self.fewestTelling else {
      // Nothing to rank is nothing left out.
      (suspicions, notChecked) = ([], nil)
      return
    }
    suspicions = SuspicionScorer(facts, steps, task: reader.task, symptom: symptom, hints: hints).ranked()
    notChecked = nil
  }
}
