import JSONText
import Synchronization
public import TraceModel
public import TraceSemantics

/// What can be told of a trace without opinion: its tree, times, errors, tokens. Computed once, read by detectors and
/// answers alike.
///
/// A class, for a struct of so many parts would be copied by everyone who looks at it.
public final class TraceFacts: Sendable {
  /// The trace.
  public let trace: Trace
  /// Its spans as a forest.
  public let tree: SpanTree
  /// Nanoseconds that each span spent outside its children; nil where its end was never recorded.
  public let selfTimes: [Int64?]
  /// The errors, each at the span where it began.
  public let errors: [ErrorOrigin]
  /// Tokens of the model calls, each counted once; nil when none recorded any.
  public var tokenUsage: TokenUsage? { Self.tokenUsage(meanings, tree) }
  /// Tokens: MLflow's own sum where it has one, else ours.
  public let recordedTokenUsage: TokenUsage?
  /// What was asked and answered.
  public let turn: TurnReading
  /// What makes the trace one call of a model on the way to an answer; nil where it is a turn of its own.
  package let loopStep: LoopStep?
  private let meanings: [SpanMeaning]
  private let types: [String]
  private let keepsPayloads: Bool
  /// The calls of tools, where payloads are kept and somebody has asked.
  private let knownToolUses = Mutex<[ToolUse]?>(nil)
  /// The model calls that may tell of tools, once somebody has asked.
  private let knownCallersOfTools = Mutex<[Int]?>(nil)

  /// Computes them in time linear in the size of the trace, but for sorting.
  ///
  /// - Parameter keepsPayloads: Whether what went in and came out of each span is decoded once and kept, which pays where
  ///   many detectors read small traces, and would double the memory that large ones take.
  public convenience init(_ trace: Trace, keepsPayloads: Bool = false) {
    let meanings = trace.spans.map { keepsPayloads ? SpanMeaning($0).keepingPayloads : SpanMeaning($0) }
    self.init(trace, meanings: meanings, keepsPayloads: keepsPayloads)
  }

  /// The same, of a large trace several spans at a time.
  public static func concurrently(_ trace: Trace) async -> TraceFacts {
    let spans = trace.spans
    return TraceFacts(
      trace, meanings: await spans.indices.mappedConcurrently(fewest: 500) { SpanMeaning(spans[$0]) },
      keepsPayloads: false)
  }

  private init(_ trace: Trace, meanings: [SpanMeaning], keepsPayloads: Bool) {
    (self.trace, self.keepsPayloads) = (trace, keepsPayloads)
    let tree = SpanTree(trace.spans)
    self.tree = tree
    selfTimes = Self.selfTimes(trace.spans, tree)
    errors = ErrorOrigin.all(in: trace, tree: tree)
    self.meanings = meanings
    types = meanings.map(\.type)
    recordedTokenUsage = trace.info.tokenUsage ?? Self.tokenUsage(meanings, tree)
    turn = TurnReading(trace, tree: tree, meanings: meanings)
    loopStep = LoopStep(turn, meanings)
  }

  /// What a span means.
  public func meaning(_ index: Int) -> SpanMeaning { meanings[index] }

  /// The bytes among which a span's output stands as it was recorded, so that what cannot be in it is not decoded: the
  /// attribute where MLflow keeps it, else the whole record.
  func rawOutputs(_ index: Int) -> ArraySlice<UInt8> {
    meanings[index].ownOutputs?.stored.rawBytes ?? trace.spans[index].record.rawBytes
  }

  /// The same of a span's input.
  func rawInputs(_ index: Int) -> ArraySlice<UInt8> {
    meanings[index].ownInputs?.stored.rawBytes ?? trace.spans[index].record.rawBytes
  }

  /// The bytes that tell one input from another, as they were recorded; nil for a span without an input.
  func recordedInput(_ index: Int) -> ArraySlice<UInt8>? {
    meanings[index].ownInputs?.stored.rawBytes ?? meanings[index].inputs?.value.rawBytes
  }

  /// Whether a failure that went up to a span at the top ended the run. Where the record lacks what called that span, it did
  /// so only if nothing began after it.
  func endedRun(_ top: Int) -> Bool {
    let span = trace.spans[top]
    guard span.status == .error, tree.parents[top] == nil else { return false }
    guard span.parentID != nil, let end = span.endTime else { return true }
    return !trace.spans.contains { $0.startTime.nanoseconds > end.nanoseconds }
  }

  /// A span's type, as ``SpanMeaning/type``.
  public func type(_ index: Int) -> String { types[index] }

  /// Whether a span called a model.
  public func isModelCall(_ index: Int) -> Bool { types[index] == "LLM" || types[index] == "CHAT_MODEL" }

  /// The spans that called a model and in whose records one of some words stands: only those need be read for it.
  func modelCalls(mentioning words: ByteSearch) -> some Sequence<Int> {
    trace.spans.indices.lazy.filter { [self] index in
      isModelCall(index) && words.isFound(in: trace.spans[index].record.rawBytes)
    }
  }

  /// The spans that called a model and in whose records something reads like a call of a tool.
  var callersOfTools: [Int] {
    if let known = knownCallersOfTools.withLock({ $0 }) { return known }
    let callers = Array(modelCalls(mentioning: ToolCalls.signs))
    knownCallersOfTools.withLock { $0 = callers }
    return callers
  }

  /// Whether a span called a tool.
  public func isToolCall(_ index: Int) -> Bool { types[index] == "TOOL" }

  /// The calls of tools in their order.
  public var toolUses: [ToolUse] {
    if let known = knownToolUses.withLock({ $0 }) { return known }
    let uses = ToolUse.all(in: self)
    if keepsPayloads { knownToolUses.withLock { $0 = uses } }
    return uses
  }

  /// Those that only messages tell of: none where tools have spans.
  public var toldToolUses: [ToolUse] { types.contains("TOOL") ? [] : toolUses }

  /// The name of the tool that a span called. OpenTelemetry's spans are called `execute_tool name`.
  func toolName(_ index: Int) -> String {
    if let name = meanings[index].toolName { return name }
    let (name, prefix) = (trace.spans[index].name, "execute_tool ")
    // Names of an app's own may be several words, of which the last alone would be that of other tools, too.
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }

  /// Nanoseconds from the trace's first span to this one's start.
  public func offset(_ index: Int) -> Int64 {
    guard let first = trace.spans.first else { return 0 }
    return trace.spans[index].startTime.nanoseconds.subtractingSaturating(first.startTime.nanoseconds)
  }

  /// A span's time minus the union of its children's, each cut to the span's own.
  private static func selfTimes(_ spans: [Span], _ tree: SpanTree) -> [Int64?] {
    spans.indices.map { index in
      guard let end = spans[index].endTime?.nanoseconds else { return nil }
      let start = spans[index].startTime.nanoseconds
      var covered: Int64 = 0
      var reached = start
      for child in tree.children[index] {
        let childStart = max(spans[child].startTime.nanoseconds, reached)
        let childEnd = min(spans[child].endTime?.nanoseconds ?? end, end)
        if childEnd > childStart {
          covered = covered.addingSaturating(childEnd.subtractingSaturating(childStart))
          reached = childEnd
        }
      }
      return max(0, end.subtractingSaturating(start).subtractingSaturating(covered))
    }
  }

  /// US dollars of the model calls, each counted once, by the rule for tokens; nil when none recorded any.
  public var cost: Double? {
    Self.counted(meanings, tree, \.cost)?.reduce(0, +)
  }

  private static func tokenUsage(_ meanings: [SpanMeaning], _ tree: SpanTree) -> TokenUsage? {
    counted(meanings, tree, \.tokenUsage)?.reduce(nil) { total, usage in
      func sum(_ field: KeyPath<TokenUsage, Int64?>) -> Int64? {
        guard let old = total?[keyPath: field] else { return usage[keyPath: field] }
        return old.addingSaturating(usage[keyPath: field] ?? 0)
      }
      return TokenUsage(input: sum(\.input), output: sum(\.output), total: sum(\.total))
    }
  }

  /// MLflow's own rule: what a span says counts only if no span above it has counted already, for an agent repeats the sum
  /// of its calls. Nil when no span says anything.
  private static func counted<Value>(
    _ meanings: [SpanMeaning], _ tree: SpanTree, _ value: (SpanMeaning) -> Value?
  ) -> [Value]? {
    var values: [Value] = []
    var pending = Array(tree.roots.reversed())
    while let index = pending.popLast() {
      if let found = value(meanings[index]) {
        values.append(found)
      } else {
        pending += tree.children[index].reversed()
      }
    }
    return values.isEmpty ? nil : values
  }
}
