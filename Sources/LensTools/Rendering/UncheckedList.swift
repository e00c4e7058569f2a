import JSONText

/// Detectors that could not look, and why: not the same as having found nothing.
enum UncheckedList {
  /// - Parameter explains: Whether each stands in a line of its own with the reason; else they are named in one, for most traces
  ///   lack what some of them need. In JSON the reason always stands.
  static func section(_ notChecked: [(detector: String, why: String)], explains: Bool) -> Answer.Section? {
    guard !notChecked.isEmpty else { return nil }
    return Answer.Section(
      key: "not_checked", heading: explains ? "not checked:" : "not checked (explain says why):",
      items: notChecked.map { entry in
        Answer.Item(
          short: explains ? "- \(entry.detector): \(entry.why)" : entry.detector, full: nil,
          json: ["detector": .string(entry.detector), "why": .string(entry.why)], rank: 14)
      }, remedy: nil, noun: "detector", isInline: !explains)
  }
}
