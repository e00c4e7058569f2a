/// Configuration in sections of `key = value` lines, as Python's configparser reads it.
package enum INIFile {
  /// The entries of a section that have a value, keys in lower case.
  ///
  /// - Parameter interpolates: Whether a percent sign is written twice.
  package static func section(_ name: String, of file: String, interpolates: Bool = false) -> [String: String] {
    var entries: [String: String] = [:]
    var isOurs = false
    for line in file.split(whereSeparator: \.isNewline) {
      let text = line.trimmed
      if text.first == "[" {
        isOurs = text == "[\(name)]"
      } else if isOurs, let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }), !"#;".contains(text.prefix(1)) {
        let value = text[text.index(after: mark)...].trimmed
        entries[text[..<mark].trimmed.lowercased()] =
          interpolates ? replacing("%%", in: value, with: "%") : String(value)
      }
    }
    return entries.filter { !$0.value.isEmpty }
  }

  private static func replacing(_ old: String, in text: Substring, with new: String) -> String {
    var output = ""
    var rest = text
    while let range = rest.firstRange(of: old) {
      output += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return output + rest
  }
}

extension StringProtocol {
  /// Without blanks at either end.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}
