/// What a program, a shell or an editor says when it did not do what it was asked, in an output that is no error by itself.
enum CommandOutput {
  /// What kind of failure it tells of.
  enum Failure: Hashable {
    /// A change of a text that was not made: what was to be replaced is not there.
    case notEdited
    /// A program that ended with a code other than 0, was not there, or took too long; a file that was not there.
    case notRun
  }

  /// Where none of these stands in an output, it tells of none.
  static let signs = ByteSearch(editWords + runWords + ["exit", "returncode", "return code", "return_code"])

  private static let editWords = [
    "no replacement was performed", "old_str not found", "old_string not found", "old text not found",
    "string to replace not found", "string not found in file", "did not appear verbatim", "patch failed",
    "patch does not apply", "hunk failed", "hunks failed", "no changes were made", "no changes made",
    "no edits were made",
    "edit was not applied", "could not find the text to replace", "search block not found", "failed to find context",
    "failed to find expected lines", "your proposed edit has introduced", "your changes have not been applied",
    "edit failed", "multiple occurrences of old_str", "is not unique in the file",
  ]
  private static let runWords = [
    "command not found", "no such file or directory", "not recognized as an internal", "command timed out",
    "execution timed out", "timed out after", "timeout expired", "permission denied", "no module named",
    "cannot access '", "does not exist in the file", "segmentation fault", "killed",
  ]
  private static let edits = ByteSearch(editWords)
  private static let runs = ByteSearch(runWords)
  /// A program says it at the end, an editor at the beginning; a longer output is data.
  private static let (begin, end, shortest) = (400, 400, 1_500)

  /// How an output says that nothing came of it, and in which line; nil when it does not.
  static func failure(_ text: String) -> (kind: Failure, line: String)? {
    let bytes = text.utf8
    let start = String(decoding: bytes.prefix(begin), as: UTF8.self)
    if let words = edits.first(in: start.utf8) { return (.notEdited, line(with: words, in: start)) }
    let last = String(decoding: bytes.suffix(end), as: UTF8.self)
    for part in [last, start] {
      if let line = badExit(in: part) { return (.notRun, line) }
    }
    guard bytes.count <= shortest, let words = runs.first(in: bytes) else { return nil }
    // A text that goes on behind it is the output of something that worked.
    guard bytes.count <= begin || runs.first(in: last.utf8) != nil else { return nil }
    return (.notRun, line(with: words, in: text))
  }

  private static func line(with words: String, in text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first { $0.lowercased().contains(words) }
    return String((line ?? text.prefix(160)[...]).drop(while: \.isWhitespace).prefix(160))
  }

  private static let exitWords = [
    "exit code", "exitcode", "exit_code", "exit status", "returncode", "return code", "return_code", "exited with code",
    "exited with status", "exited with",
  ]

  /// `exit code: 1`, `<returncode>2</returncode>`, `"exit_code": 127`, `exited with code 1`.
  static func badExit(in text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) {
      let lowered = line.lowercased()
      for words in exitWords {
        guard let place = lowered.firstRange(of: words) else { continue }
        let rest = lowered[place.upperBound...].drop { !$0.isLetter && !$0.isNumber && $0 != "-" }
        // Between the words and the number stand only marks: `exit code of 1` is said in sentences.
        let number = rest.drop { $0 == "-" }.prefix(while: \.isNumber)
        let isCode = !number.isEmpty && number.count <= 3 && rest.startIndex < lowered.endIndex
        if isCode, number.contains(where: { $0 != "0" }),
          lowered.distance(from: place.upperBound, to: rest.startIndex) <= 4
        {
          return String(line.drop(while: \.isWhitespace).prefix(160))
        }
        break
      }
    }
    return nil
  }
}
