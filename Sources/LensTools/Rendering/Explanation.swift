import JSONText
import MCP
import TraceAnalysis
import TraceModel

/// How the suspicion of each step adds up, so that a person can see why one is above another.
struct Explanation {
  private let ranking: SuspicionRanking
  private let facts: TraceFacts

  init(_ ranking: SuspicionRanking, _ facts: TraceFacts) {
    self.ranking = ranking
    self.facts = facts
  }

  /// A line a step, the most suspicious first.
  var section: Answer.Section {
    let items = ranking.suspicions.enumerated().map { place, suspicion -> Answer.Item in
      let alias = Trace.alias(ofSpanAt: suspicion.step.spanIndex)
      let terms = suspicion.terms.map { "\(Self.points($0.points)) \($0.name)" }.joined(separator: " ")
      return Answer.Item(
        short: "\(place + 1). \(alias) \(Self.points(suspicion.score, signed: false)) = \(terms.isEmpty ? "0" : terms)",
        full: nil,
        json: [
          "rank": .int(Int64(place + 1)), "span": .string(alias), "score": .double(Self.rounded(suspicion.score)),
          "terms": .object(suspicion.terms.map { JSON.Member($0.name, .double(Self.rounded($0.points))) }),
        ], rank: 3)
    }
    return Answer.Section(
      key: "explanation",
      heading: ranking.suspicions.isEmpty
        ? nil
        : "suspicion of each step = the sum of its terms; in a long run its landmarks follow the first three (weights: TraceAnalysis/Suspicion/Suspicion.swift):",
      items: items, remedy: nil, noun: "step")
  }

  private static func rounded(_ points: Double) -> Double { (points * 100).rounded() / 100 }

  private static func points(_ points: Double, signed: Bool = true) -> String {
    let text = "\(rounded(points))"
    return signed && points >= 0 ? "+\(text)" : text
  }
}
