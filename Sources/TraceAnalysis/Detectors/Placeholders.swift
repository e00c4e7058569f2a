import JSONText

/// Words that stand for a value which somebody was to put in.
enum Placeholders {
  private static let whole: Set<String> = [
    "placeholder", "todo", "tbd", "xxx", "foo", "foobar", "lorem ipsum", "john doe", "jane doe", "undefined", "...",
  ]
  private static let beginnings = [
    "example ", "dummy ", "placeholder", "your_", "your-",
  ]

  /// Whether a text is one: `example city`, `<order id>`, `YOUR_API_KEY`, `{{name}}`.
  static func contains(_ text: String) -> Bool {
    let lowered = text.lowercased()
    if whole.contains(lowered) || beginnings.contains(where: { lowered.hasPrefix($0) }) { return true }
    return [("<", ">"), ("{{", "}}"), ("[", "]")].contains { opening, closing in
      lowered.hasPrefix(opening) && lowered.hasSuffix(closing) && lowered.contains(where: \.isLetter)
        && !lowered.contains(where: { "\"=/:,".contains($0) })
    }
  }

  /// The first in the strings of a value.
  static func first(in value: JSONValue, _ steps: [String] = []) -> (path: JSONPath, words: String)? {
    guard steps.count < 6 else { return nil }
    switch value.kind {
    case .object: return value.members.lazy.compactMap { first(in: $0.value, steps + [$0.key]) }.first
    case .array: return value.elements.enumerated().lazy.compactMap { first(in: $1, steps + ["\($0)"]) }.first
    case .string:
      guard value.encodedStringLength <= 40, let text = value.string, contains(text) else { return nil }
      return (JSONPath(steps: steps), text)
    default: return nil
    }
  }
}
