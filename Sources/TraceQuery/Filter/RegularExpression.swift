/// A regular expression as RLIKE has it: anywhere in the text, and one that cannot be read matches nothing.
///
/// Not for several threads at once: the engine's values cannot be sent between them.
public final class RegularExpression {
  private let compiled: Regex<AnyRegexOutput>?

  /// An expression in Python's syntax; what Swift's engine does not know of it is as good as unreadable.
  public init(_ pattern: String) { compiled = (try? Regex(pattern))?.matchingSemantics(.unicodeScalar) }

  /// Whether it matches somewhere in the text.
  public func matches(_ text: String) -> Bool {
    guard let compiled else { return false }
    return (try? compiled.firstMatch(in: text)) != nil
  }
}

/// Expressions, each read once.
final class ExpressionCache {
  private var expressions: [String: RegularExpression] = [:]

  subscript(_ pattern: String) -> RegularExpression {
    if let known = expressions[pattern] { return known }
    let expression = RegularExpression(pattern)
    expressions[pattern] = expression
    return expression
  }
}
