import JSONText
import TraceModel
import TraceSemantics

/// How much of what models were sent they had been sent before: an agent resends the whole chat at every call.
public struct ResentInput: Sendable {
  /// Bytes of all inputs of model calls.
  public private(set) var bytes = 0
  /// Bytes of messages in them that the call before had been sent, too.
  public private(set) var resentBytes = 0
  /// The call that resent most.
  public private(set) var largest: (spanIndex: Int, bytes: Int)?

  private static let (mostCalls, mostBytes) = (300, 4_000_000)

  /// Compares each call with the one before it under the same caller, or the one before it at all; nil where there is
  /// nothing to compare, or too much.
  public init?(_ facts: TraceFacts) {
    var previous: MessageHistory?
    var calls = 0
    for index in facts.trace.spans.indices where facts.isModelCall(index) {
      guard let inputs = facts.meaning(index).inputs else { continue }
      calls += 1
      bytes += inputs.size
      guard calls <= Self.mostCalls, bytes <= Self.mostBytes else { return nil }
      guard let history = MessageHistory(inputs.value) else {
        previous = nil
        continue
      }
      if let previous {
        let resent = history.bytes(ofFirst: history.commonCount(with: previous))
        resentBytes += resent
        if resent > largest?.bytes ?? 0 { largest = (index, resent) }
      }
      previous = history
    }
    guard calls > 1 else { return nil }
  }
}
