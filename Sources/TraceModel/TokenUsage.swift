public import JSONText

/// Tokens of a model call or of a trace. Nil where nothing was recorded.
public struct TokenUsage: Sendable, Hashable {
  /// Tokens read by the model.
  public var input: Int64?
  /// Tokens written by the model.
  public var output: Int64?
  /// Both; kept apart because some producers record only this.
  public var total: Int64?

  /// Usage from its parts; the total is the sum when both parts are there and it is not.
  public init(input: Int64?, output: Int64?, total: Int64? = nil) {
    self.input = input
    self.output = output
    self.total = total ?? (input.flatMap { left in output.map { left.addingSaturating($0) } })
  }

  /// Reads MLflow's object (`input_tokens`, `output_tokens`, `total_tokens`); nil when it holds none of them.
  public init?(_ value: JSONValue) {
    func tokens(_ key: String) -> Int64? { value[key].flatMap { $0.int64 ?? $0.double.flatMap { Int64(exactly: $0) } } }
    let usage = TokenUsage(
      input: tokens("input_tokens"), output: tokens("output_tokens"), total: tokens("total_tokens"))
    guard usage.total != nil || usage.input != nil || usage.output != nil else { return nil }
    self = usage
  }
}
