import ArgumentParser
import LensReport
import MCP

/// A trace or a session as one HTML file.
struct ReportVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a trace or a session to one HTML file: waterfall, tree, findings, payloads.",
    discussion: """
      The file needs no network and no other file. Credentials are masked in it, as everywhere. Prints the path.

      EXAMPLES:
        mlflow-lens report tr-8fadc1a6
        mlflow-lens report --session-id chat-refund-42 -o chat.html

      \(ExitStatus.help([.answered, .notThere, .failed, .wrongUse]))
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var subject: SubjectOptions

  @Option(
    name: [.short, .customLong("output")],
    help: """
      Where to write: a file, which is replaced, a folder, or - for standard output. Default: mlflow-lens-<id>.html in this \
      folder, which is replaced with --force only.
      """)
  var output: String?

  @Flag(help: "Replace a report of the default name.")
  var force = false

  @Option(help: "Bytes kept of one recorded value; of longer ones head and tail are kept.")
  var valueBytes = Report.Limits().value

  @Option(help: "Bytes kept of all recorded values together.")
  var totalBytes = Report.Limits().total

  func validate() throws {
    guard valueBytes >= 200, totalBytes >= 1_000 else {
      throw ValidationError("--value-bytes must be 200 or more, --total-bytes 1000 or more")
    }
  }

  func run() async throws {
    try await subject.run(options.settings) { subject, context in
      let report = try await Report(
        subject, limits: Report.Limits(value: valueBytes, total: totalBytes), version: Version.current, in: context)
      if output == "-" {
        return try Console.answer(report.html)
      }
      let path = try write(report)
      Console.write("mlflow-lens: \(report.remarks.joined(separator: "; "))\n", to: .standardError)
      try Console.answer(path + "\n")
    }
  }

  private func write(_ report: Report) throws -> String {
    var file = OutputFile(path: output ?? report.fileName)
    var isNamed = output != nil
    if isNamed, file.isFolder {
      file = OutputFile(path: file.path + (file.path.hasSuffix("/") ? "" : "/") + report.fileName)
      isNamed = false
    }
    do {
      guard isNamed || force || !file.exists else {
        throw OutputFile.Failure(description: "\(file.path) exists; --force replaces it, -o FILE writes elsewhere")
      }
      try file.write(report.html)
    } catch {
      Console.write("mlflow-lens: \(error)\n", to: .standardError)
      throw ExitCode(2)
    }
    return file.path
  }
}
