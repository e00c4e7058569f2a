import JSONText
public import TraceModel

/// The user's words and the answer of one trace, and where they stand.
public struct TurnReading: Sendable {
  /// One side of the turn.
  public struct Side: Sendable {
    /// The span, by its place in ``Trace/spans``.
    public var spanIndex: Int
    /// The span's value, with the attribute it came from.
    public var field: Sourced
    /// The words in it; nil when it is structure without words.
    public var gist: Gist?

    /// What was said: the words, else a string as it was recorded; empty for structure without words.
    public var text: String { gist?.text ?? field.value.string ?? "" }
  }

  /// What the user asked; nil when no span has an input.
  public var input: Side?
  /// What the app answered; nil when no span has an output.
  public var output: Side?
  /// Whether the root is only a wrapper: it has neither, a span below has.
  public var hasWrapperRoot: Bool

  /// Looks at the root first, then level by level below it: the outermost span that has both sides is the turn. Where
  /// none has both, the outermost input and the outermost output count.
  ///
  /// - Parameter meanings: What the spans mean, where that is known.
  public init(_ trace: Trace, tree: SpanTree, meanings: [SpanMeaning]? = nil) {
    var input: Side?
    var output: Side?
    var level = tree.roots
    var isAtRoots = true
    hasWrapperRoot = false
    // Deeper than this a span is a detail of the app, and a trace without any input is not searched to its leaves.
    var levelsLeft = 16
    search: while !level.isEmpty, levelsLeft > 0 {
      levelsLeft -= 1
      for index in level {
        let meaning = meanings?[index] ?? SpanMeaning(trace.spans[index])
        let sides = (Self.side(meaning.inputs, .input, index), Self.side(meaning.outputs, .output, index))
        if input == nil, output == nil, let first = sides.0, let second = sides.1 {
          (input, output) = (first, second)
          hasWrapperRoot = !isAtRoots
          break search
        }
        input = input ?? sides.0
        output = output ?? sides.1
        // What the root put out is the answer; below it only the question was left to be found.
        if input != nil, output != nil { break search }
      }
      // A root with an input and no output is a run cut short: what a step below put out is not the answer.
      if isAtRoots, input != nil { break search }
      level = level.flatMap { tree.children[$0] }
      isAtRoots = false
    }
    self.input = input
    self.output = output
    if output == nil || input == nil, let found = output ?? input {
      hasWrapperRoot = tree.parents[found.spanIndex] != nil
    }
  }

  private static func side(_ field: Sourced?, _ side: Gist.Side, _ index: Int) -> Side? {
    field.map { Side(spanIndex: index, field: $0, gist: Gist(of: $0.value, side: side)) }
  }
}
