/// A way into a JSON value, as a JSON pointer (`/messages/0/content`, RFC 6901; the first slash may be left out) or dotted
/// (`messages[0].content`, `messages.0.content`). It enters JSON that is held in strings.
///
/// Keys that hold dots (`mlflow.spanType`) are found in a dotted path as they are: the longest key that fits is taken.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  /// The keys and places, outermost first. Whether `0` is a key or a place is decided by the value it meets.
  public var steps: [String]
  /// Whether neighbouring steps may be one key with dots in it.
  private var isDotted = false

  /// A path from its steps.
  public init(steps: [String]) { self.steps = steps }

  /// Reads either form. An empty text is the whole value.
  public init(_ text: String) {
    if text.isEmpty || text == "$" {
      steps = []
      return
    }
    // By scalars: a key may begin with a mark that would make one character of itself and the slash.
    let scalars = text.unicodeScalars
    if scalars.first == "/" || scalars.contains("/") && !scalars.contains(where: { ".[`".unicodeScalars.contains($0) })
    {
      steps = (scalars.first == "/" ? scalars.dropFirst() : scalars[...])
        .split(separator: "/", omittingEmptySubsequences: false).map { Self.decodePointerStep($0) }
    } else {
      steps = Self.splitDotted(scalars.starts(with: "$.".unicodeScalars) ? scalars.dropFirst(2) : scalars[...])
      isDotted = true
    }
  }

  /// The path as a JSON pointer.
  public var description: String {
    steps.map { step in
      step.unicodeScalars.reduce(into: "/") { $0.unicodeScalars += Self.encoded($1).unicodeScalars }
    }.joined()
  }

  /// The value at this path, or how far the path led and what there was to choose from.
  public func resolve(in root: JSONValue) -> Resolution {
    var value = root
    var depth = 0
    // Each as it was found: of a dotted path, several steps may have been one key.
    var taken: [String] = []
    while depth < steps.count {
      if let nested = value.nestedDocument() { value = nested.root }
      guard let (next, count) = enter(value, steps[depth...]) else {
        return .missing(at: JSONPath(steps: taken), step: steps[depth], choices: Self.choices(of: value))
      }
      value = next
      taken.append(steps[depth..<depth + count].joined(separator: "."))
      depth += count
    }
    return .found(value)
  }

  /// What following a path gave.
  public enum Resolution: Sendable {
    /// The value.
    case found(JSONValue)
    /// The path leads as far as `at`; there is no `step` there, but `choices` (keys, or a range of places).
    case missing(at: JSONPath, step: String, choices: [String])
  }

  private func enter(_ value: JSONValue, _ steps: ArraySlice<String>) -> (JSONValue, taken: Int)? {
    guard let first = steps.first else { return nil }
    switch value.kind {
    case .array: return Int(first).flatMap { value[$0] }.map { ($0, 1) }
    case .object:
      for count in stride(from: isDotted ? steps.count : 1, through: 1, by: -1) {
        if let found = value[steps.prefix(count).joined(separator: ".")] { return (found, count) }
      }
      return nil
    default: return nil
    }
  }

  private static func choices(of value: JSONValue) -> [String] {
    switch value.kind {
    case .object: value.members.prefix(40).map(\.key)
    case .array: value.count == 0 ? [] : ["0…\(value.count - 1)"]
    default: []
    }
  }

  private static func encoded(_ scalar: Unicode.Scalar) -> String {
    scalar == "~" ? "~0" : scalar == "/" ? "~1" : String(scalar)
  }

  private static func decodePointerStep(_ step: Substring.UnicodeScalarView) -> String {
    var output = String.UnicodeScalarView()
    var isEscape = false
    for scalar in step {
      if isEscape {
        output.append(scalar == "1" ? "/" : scalar == "0" ? "~" : scalar)
        isEscape = false
      } else if scalar == "~" {
        isEscape = true
      } else {
        output.append(scalar)
      }
    }
    return String(output)
  }

  /// Dots and brackets divide; what stands in back-ticks, or quoted in brackets, is one step.
  private static func splitDotted(_ text: Substring.UnicodeScalarView) -> [String] {
    var steps: [String] = []
    var current = String.UnicodeScalarView()
    var quote: Unicode.Scalar?
    func isQuote(_ scalar: Unicode.Scalar) -> Bool { scalar == "`" || scalar == "'" || scalar == "\"" }
    for scalar in text {
      if let open = quote {
        if scalar == open { quote = nil } else { current.append(scalar) }
      } else if isQuote(scalar), current.isEmpty {
        quote = scalar
      } else if scalar == "." || scalar == "[" || scalar == "]" {
        if !current.isEmpty { steps.append(String(current)) }
        current.removeAll()
      } else {
        current.append(scalar)
      }
    }
    if !current.isEmpty { steps.append(String(current)) }
    return steps
  }
}
