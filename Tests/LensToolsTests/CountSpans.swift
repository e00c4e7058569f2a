import MCP
import TraceModel

@testable import LensTools

/// A sixth tool: this file, and one line where the tools are listed.
struct CountSpans: ParameterizedTool {
  static let name = "count_spans"
  static let title = "Count spans"
  static let summary = "Says how many spans a trace has."

  @Parameter("Trace id, whole or a prefix that only one trace has.", isPositional: true)
  var traceID: String

  func run(in context: LensContext) async throws(ToolError) -> ToolResult {
    let trace = try await context.trace(traceID)
    return .text("\(trace.spans.count) spans in \(trace.info.id)")
  }
}
