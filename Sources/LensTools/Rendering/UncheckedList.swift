import JSONText

/// Detectors that could not look, and why: not the same as having found nothing.
enum UncheckedList {
  static func section(_ notChecked: [(detector: String, why: String)]) -> Answer.Section? {
    guard !notChecked.isEmpty else { return nil }
    return Answer.Section(
      key: "not_checked", heading: "not checked:",
      items: notChecked.map { entry in
        Answer.Item(
          short: "- \(entry.detector): \(entry.why)", full: nil,
          json: ["detector": .string(entry.detector), "why": .string(entry.why)], rank: 14)
      }, remedy: nil, noun: "detector")
  }
}
