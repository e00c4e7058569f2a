import JSONText
import TraceModel
import TraceSemantics

/// The messages at the beginning of an input that an earlier span was sent, too: where there is no room for all of an
/// input, what is new in it is shown first.
struct ResentHistory {
  /// Bytes of the shown text before the first message that is new.
  let offset: Int
  /// How many messages are repeated.
  let count: Int
  /// The span that was sent them.
  let earlier: Int

  /// No more spans back are looked at.
  private static let farthest = 200

  /// - Parameter value: The input, as the span recorded it.
  init?(of index: Int, _ value: JSONValue, in trace: Trace, _ excerpter: Excerpter) {
    guard let own = MessageHistory(value) else { return nil }
    var best: (count: Int, index: Int) = (1, index)
    for earlier in stride(from: index - 1, through: max(0, index - Self.farthest), by: -1) {
      guard let input = SpanMeaning(trace.spans[earlier]).inputs, let other = MessageHistory(input.value) else {
        continue
      }
      // One message has to stay: what was sent last is shown in any case.
      let common = min(own.commonCount(with: other), own.count - 1)
      if common > best.count { best = (common, earlier) }
    }
    guard best.index != index, let offset = own.offset(ofMessage: best.count, in: value) else { return nil }
    (count, earlier) = (best.count, best.index)
    self.offset = excerpter.whole(value.rawBytes.prefix(offset)).count
  }

  var words: String { "messages 0–\(count - 1) are those that \(Trace.alias(ofSpanAt: earlier)) was sent" }

  var json: JSON { ["messages": .int(Int64(count)), "as": .string(Trace.alias(ofSpanAt: earlier))] }
}
