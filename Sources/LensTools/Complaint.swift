import MCP
import TraceAnalysis

extension Symptom {
  /// Reads the argument `symptom`; nil when it was not given.
  static func read(_ argument: String?) throws(ToolError) -> Symptom? {
    guard let argument else { return nil }
    guard let read = Symptom(argument) else {
      throw ToolError(
        .invalidArguments, "argument 'symptom' says nothing that could be looked for",
        allowed: "Give the user's complaint with its own words and values, such as \"it says 30 days\"")
    }
    return read
  }
}
