import JSONText
import TraceModel
import TraceSemantics

/// Where the numbers and ids of a trace come from.
///
/// A value comes into a trace at the earliest moment at which an input or an output holds it: an input at the start of its
/// span, an output at its end.
public struct ValueFlow: Sendable {
  /// A moment at which a value was seen.
  public struct Appearance: Sendable, Hashable {
    /// The span, by its place in ``Trace/spans``.
    public var spanIndex: Int
    /// Whether the span gave it back; else it was given it.
    public var isOutput: Bool
  }

  /// The moments in their order, each with what was seen.
  private var moments: [(appearance: Appearance, source: Sourced)] = []
  /// Bytes of all that was seen.
  let byteCount: Int
  /// Where each value came in, by its key.
  private var origins = KeyTable(bits: 6)
  /// The numbers, each with the moment at which it came in.
  private var numbers: [(value: Double, moment: Int)] = []

  /// Larger traces are not followed.
  static let (mostSpans, mostBytes) = (2_000, 16_000_000)

  /// Follows the values; nil where there is too much to follow.
  public init?(_ facts: TraceFacts) {
    guard facts.trace.spans.count <= Self.mostSpans else { return nil }
    var found: [(time: Int64, order: Int, appearance: Appearance, source: Sourced)] = []
    var bytes = 0
    let spans = facts.trace.spans
    found.reserveCapacity(spans.count * 2)
    // By index: iterating would copy each span.
    for index in spans.indices {
      let (start, end) = (spans[index].startTime, spans[index].endTime)
      let meaning = facts.meaning(index)
      let depth = facts.tree.depths[index]
      for (isOutput, source) in [(false, meaning.inputs), (true, meaning.outputs)] {
        guard let source else { continue }
        bytes += source.size
        guard bytes <= Self.mostBytes else { return nil }
        // Of equal moments what was given comes before what was given back; callers are given first and give back last.
        let time = isOutput ? (end ?? start).nanoseconds : start.nanoseconds
        found.append(
          (time, isOutput ? 1_000_000 - depth : depth, Appearance(spanIndex: index, isOutput: isOutput), source))
      }
    }
    found.sort { ($0.time, $0.order, $0.appearance.spanIndex) < ($1.time, $1.order, $1.appearance.spanIndex) }
    byteCount = bytes
    moments = found.map { ($0.appearance, $0.source) }
    for place in moments.indices {
      ValueText.scan(moments[place].source.value.rawBytes) { token in
        guard origins.add(token.key, place) == nil else { return }
        if let number = token.number { numbers.append((number, place)) }
      }
    }
  }

  /// Where a value came into the trace; nil when it is nowhere in it.
  func origin(of value: ValueToken) -> Appearance? { origins[value.key].map { moments[$0].appearance } }

  /// The spans that gave a value back, in order of time.
  func outputs(with value: ValueToken) -> [Int] {
    guard let place = origins[value.key] else { return [] }
    return moments[place...].filter { moment in
      guard moment.appearance.isOutput else { return false }
      var isFound = false
      ValueText.scan(moment.source.value.rawBytes) { if $0 == value { isFound = true } }
      return isFound
    }.map(\.appearance.spanIndex)
  }

  /// The moments at which words were seen as they are, in any case of their letters; in order of time.
  func appearances(of words: String) -> [Appearance] {
    // JSON text may hold other letters than ASCII's as they are, or as escapes.
    let plain = String(JSON.string(words.lowercased()).text.dropFirst().dropLast())
    let escaped = plain.utf16.map { unit in
      unit < 0x80 ? String(UnicodeScalar(UInt8(unit))) : "\\u" + String(UInt32(unit) + 0x10000, radix: 16).dropFirst()
    }.joined()
    let search = ByteSearch([plain, escaped])
    return moments.filter { search.isFound(in: $0.source.value.rawBytes) }.map(\.appearance)
  }

  /// The numbers that were there before a value came in.
  func numbers(before value: ValueToken) -> [Double] {
    guard let place = origins[value.key] else { return [] }
    return numbers.lazy.filter { $0.moment < place }.map(\.value)
  }

  /// What was seen before a value came in, the last first.
  func values(before value: ValueToken) -> some Sequence<JSONValue> {
    moments[..<(origins[value.key] ?? 0)].lazy.reversed().map(\.source.value)
  }
}

/// The flow of values of one trace, followed when it is first asked for: most traces raise no question that needs it.
public final class ValueFlowSource {
  private let facts: TraceFacts
  private lazy var followed: ValueFlow? = ValueFlow(facts)

  init(_ facts: TraceFacts) { self.facts = facts }

  /// The flow; nil where there was too much to follow.
  var value: ValueFlow? { followed }
}
