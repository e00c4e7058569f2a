import ArgumentParser
import JSONText
import MCP
import TraceModel
import TraceStores

/// Says which store is used and why, what it holds, and what will not work.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check which store is used, what it holds and what will not work.",
    usage: "mlflow-lens doctor [<options>]",
    discussion: """
      EXAMPLES:
        mlflow-lens doctor
        mlflow-lens doctor --tracking-uri http://127.0.0.1:5000 --output json

      \(ExitStatus.help([.answered, .failed, .wrongUse]))
      """)

  enum Output: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  @Option(help: "How it is said.")
  var output: Output = .text

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let location = options.settings.locator.location
    var facts: [JSON.Member] = [
      JSON.Member("version", .string(Version.current)), JSON.Member("store", .string(location.uri)),
      JSON.Member("chosen_by", .string(location.reason)),
    ]
    var lines = ["mlflow-lens \(Version.current)", "store: \(location.uri)", "chosen by: \(location.reason)"]
    do throws(StoreError) {
      let summary = try await options.settings.locator.open().summary()
      lines += Self.lines(summary)
      facts += Self.facts(summary)
    } catch {
      guard output == .text else {
        ErrorReport.write(ToolError(.unavailable, error.message, allowed: error.hint))
        throw ExitCode(ExitStatus.failed.rawValue)
      }
      try Console.answer((lines + ["problem: \(error)"]).joined(separator: "\n") + "\n")
      throw ExitCode(ExitStatus.failed.rawValue)
    }
    try Console.answer((output == .json ? JSON.object(facts).text : lines.joined(separator: "\n")) + "\n")
  }

  private static func lines(_ summary: StoreSummary) -> [String] {
    let counts = [
      (summary.experimentCount, "experiment"), (summary.traceCount, "trace"), (summary.spanCount, "span"),
      (summary.sessionCount, "session"),
    ].map { "\($0) \($1)\($0 == 1 ? "" : "s")" }
    var lines = ["kind: \(summary.kind)", "holds: " + counts.joined(separator: ", ")]
    if let newest = summary.newestTrace {
      lines.append("newest trace: \(newest.id), began \(newest.time.shortUTC) UTC")
    }
    lines += summary.limitations.map { "limitation: \($0)" }
    return lines
      + [summary.traceCount > 0 ? "ready" : "There are no traces yet: is this the store the app writes to?"]
  }

  private static func facts(_ summary: StoreSummary) -> [JSON.Member] {
    JSON.object(present: [
      "kind": .string(summary.kind), "experiment_count": .int(Int64(summary.experimentCount)),
      "trace_count": .int(Int64(summary.traceCount)), "span_count": .int(Int64(summary.spanCount)),
      "session_count": .int(Int64(summary.sessionCount)),
      "newest_trace": summary.newestTrace.map {
        ["trace_id": .string("\($0.id)"), "began": .string($0.time.shortUTC + " UTC")]
      },
      "limitations": .array(summary.limitations.map(JSON.string)),
    ]).members
  }
}
