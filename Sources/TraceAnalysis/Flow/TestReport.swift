/// What a test runner says at the end of its run.
struct TestReport {
  /// How many tests failed, or could not be run.
  let failed: Int
  /// The line that says so.
  let line: String

  /// Where none of these stands in an output, it is no report.
  static let signs = ByteSearch([
    " failed", " passed", " failing", " passing", "failures", " failure", "tests run:", "--- fail", "fail\\t",
  ])
  /// A runner says it at the end.
  private static let (longest, mostLines) = (6_000, 60)

  /// The last summary in a text; nil when there is none.
  init?(_ text: String) {
    let end = String(decoding: text.utf8.suffix(Self.longest), as: UTF8.self)
    var passing: (failed: Int, line: Substring)?
    for line in end.split(whereSeparator: \.isNewline).suffix(Self.mostLines).reversed() {
      guard line.utf8.count <= 300, let failed = Self.failed(in: line) else { continue }
      // Runners that tell one line a package, or the passed and the failed apart.
      if failed > 0 {
        (self.failed, self.line) = (failed, String(line))
        return
      }
      passing = passing ?? (failed, line)
      if !Self.isOneOfSeveral(line) { break }
    }
    guard let passing else { return nil }
    (failed, line) = (passing.failed, String(passing.line))
  }

  /// Lines of which several make a summary: of Go's packages, of Mocha.
  private static func isOneOfSeveral(_ line: Substring) -> Bool {
    let lowered = line.lowercased()
    return lowered.hasPrefix("ok ") || lowered.hasPrefix("ok\t") || lowered.contains("passing")
      || lowered.contains("test result:")
      || lowered.hasPrefix("test suites:")
  }

  private static let failureWords: Set<Substring> = ["failed", "failing", "failures", "failure", "errors", "error"]
  private static let testWords: Set<Substring> = [
    "passed", "passing", "tests", "test", "examples", "runs", "run", "assertions", "specs", "suites", "ran",
  ]

  /// A word of a line and the number that belongs to it: `1 failed`, `Failures: 1`, `failures=1`, `2 tests failed`.
  private static func counted(_ line: Substring) -> (counts: [(word: Substring, count: Int)], words: [Substring]) {
    let tokens = line.split { $0.isWhitespace || ",;()[]|".contains($0) }
    var counts: [(word: Substring, count: Int)] = []
    var words: [Substring] = []
    for (place, token) in tokens.enumerated() {
      let word = token.prefix(while: \.isLetter)
      let rest = token.dropFirst(word.count)
      words.append(word.isEmpty ? token : word)
      guard failureWords.contains(word) || testWords.contains(word) else { continue }
      func number(_ place: Int) -> Int? { tokens.indices.contains(place) ? Int(tokens[place]) : nil }
      let count: Int? =
        switch rest.first {
        case "=": Int(rest.dropFirst())
        case ":": number(place + 1)
        default:
          number(place - 1) ?? (place > 1 && testWords.contains(tokens[place - 1]) ? number(place - 2) : nil)
        }
      if let count { counts.append((word, count)) }
    }
    return (counts, words)
  }

  /// How many failed, as a line says; nil when it is no summary.
  static func failed(in line: Substring) -> Int? {
    let lowered = line.lowercased()
    if lowered.hasPrefix("--- fail") || lowered.hasPrefix("fail\t") { return 1 }
    if lowered.hasPrefix("ok  \t") { return 0 }
    let isBordered = lowered.hasPrefix("==")
    let (counts, words) = counted(Substring(isBordered ? lowered.replacing("=", with: " ") : lowered))
    guard !counts.isEmpty, words.count <= 30 else { return nil }
    // Pytest ends with how long it took, Mocha has a line for each.
    let isTimed = isBordered || words.contains("in") && words.last?.last == "s" && words.last?.first?.isNumber == true
    let isAlone = words.count == 2 && words[1] == "failing"
    guard
      isTimed || isAlone || lowered.hasPrefix("failed (") || counts.contains(where: { testWords.contains($0.word) })
    else { return nil }
    // More words beside the counts are a sentence.
    let known = words.count { failureWords.contains($0) || testWords.contains($0) || $0.first?.isNumber == true }
    guard known * 2 >= words.count else { return nil }
    return counts.filter { failureWords.contains($0.word) }.map(\.count).reduce(0, +)
  }
}
