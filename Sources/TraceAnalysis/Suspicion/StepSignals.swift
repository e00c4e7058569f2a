import TraceModel

/// Words in a step that say something of how it came about.
enum StepSignals {
  /// What came back for a step.
  enum Outcome: Sendable {
    case failed
    case empty
  }

  // MARK: Results

  private static let (begin, end) = (1_000, 2_000)
  private static let failures = ["traceback (most recent", "execution failed", "timed out", "timeout"]
  private static let nothing = [
    "no result", "no data", "no information", "no matches", "not available", "not found", "not contain",
  ]

  /// Whether a tool's answer is a failure, or nothing; nil when it is neither.
  static func outcome(_ text: String, status: SpanStatus) -> Outcome? {
    // A long result is data, which may speak of errors in its midst.
    let ends = text.utf8.count > begin + end ? text.prefix(begin) + "\n" + text.suffix(end) : text[...]
    let lowered = ends.lowercased()
    let isMarked = ends.contains("Error:") || ends.contains("Exception:") || lowered.hasPrefix("error")
    if status == .error || isMarked || failures.contains(where: { lowered.contains($0) })
      || CommandOutput.badExit(in: lowered) != nil
    {
      return .failed
    }
    if isBlank(lowered) { return .empty }
    let tail = lowered.suffix(200)
    return nothing.contains { tail.contains($0) } ? .empty : nil
  }

  private static let blanks: Set<String> = ["", "[]", "{}", "none", "nan", "''", "\"\"", "null", "0"]
  private static let mostLines = 40

  /// Whether nothing stands in a result but headings and the marks of nothing; or the last it says is that something is
  /// nothing: `matches: []`.
  private static func isBlank(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline).suffix(mostLines).map(trimmed).filter { !$0.isEmpty }
    guard let last = lines.last else { return true }
    if last.count < 8, blanks.contains(last), lines.count == 1 { return true }
    func value(_ line: String) -> String? {
      line.lastIndex(of: ":").map { trimmed(line[line.index(after: $0)...]) }
    }
    // What stands before the last colon of a line is its heading.
    if let value = value(last) {
      if !value.isEmpty { return blanks.contains(value) && !value.contains("0") }
      return true
    }
    guard blanks.contains(last), last != "0" else { return false }
    return lines.dropLast().allSatisfy { line in
      line.hasPrefix("exitcode") || value(line).map { blanks.contains($0) } ?? false
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  // MARK: Assumptions

  private static let words: Set<String> = [
    "placeholder", "dummy", "mock", "mocked", "mockup", "pretend", "manually", "suppose",
  ]
  private static let stems = ["assum", "hypothetic", "simulat"]
  private static let pairs: Set<String> = [
    "let say", "s say", "s suppose", "for demonstration", "for illustration", "sample data", "for now", "example data",
    "example value", "example values", "example dataset", "example video", "example url", "example list",
    "example output", "your api", "your file", "your path", "your actual", "replace this", "replace with",
    "the sake",
  ]
  /// A report of what was done in a browser holds the page's words, not the step's.
  private static let browsing = ["i clicked", "i typed", "i scrolled", "i pressed", "i visited", "i input"]

  /// Words by which a step takes for given what nothing has shown, in their order.
  static func assumptions(_ step: StepText, _ text: String) -> [String] {
    let lowered = text.prefix(2_000).lowercased()
    guard !browsing.contains(where: { lowered.contains($0) }) else { return [] }
    var found: [String] = []
    for (place, word) in step.words.enumerated() {
      if words.contains(word) || stems.contains(where: { word.hasPrefix($0) }) {
        found.append(word)
      } else if place > 0, pairs.contains("\(step.words[place - 1]) \(word)") {
        found.append("\(step.words[place - 1]) \(word)")
      }
    }
    return found
  }
}
