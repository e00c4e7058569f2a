import ArgumentParser
import TraceModel
import TraceStores

/// Says which store is used and why, what it holds, and what will not work.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check which store is used, what it holds and what will not work.")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let location = options.settings.locator.location
    var lines = ["mlflow-lens \(Version.current)", "store: \(location.uri)", "chosen by: \(location.reason)"]
    do throws(StoreError) {
      let summary = try await options.settings.locator.open().summary()
      lines.append("kind: \(summary.kind)")
      lines.append(
        "holds: "
          + [
            (summary.experimentCount, "experiment"), (summary.traceCount, "trace"), (summary.spanCount, "span"),
            (summary.sessionCount, "session"),
          ].map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", "))
      if let newest = summary.newestTrace {
        lines.append("newest trace: \(newest.id), began \(newest.time.shortUTC) UTC")
      }
      lines += summary.limitations.map { "limitation: \($0)" }
      lines.append(summary.traceCount > 0 ? "ready" : "There are no traces yet: is this the store the app writes to?")
    } catch {
      lines.append("problem: \(error)")
      Console.write(lines.joined(separator: "\n") + "\n")
      throw ExitCode(2)
    }
    Console.write(lines.joined(separator: "\n") + "\n")
  }
}
