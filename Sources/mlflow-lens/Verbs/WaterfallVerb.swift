import ArgumentParser
import LensReport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A trace or a session drawn in the terminal.
struct WaterfallVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waterfall",
    abstract: "Draw a trace in the terminal: its spans as a tree, their times as bars; or a session turn by turn.",
    discussion: """
      Width is that of the terminal, or of COLUMNS; 80 columns in a pipe. Findings are numbered [1], [2], …

      EXAMPLES:
        mlflow-lens waterfall tr-8fadc1a6
        mlflow-lens waterfall --session-id chat-refund-42 --color always

      \(ExitStatus.help([.answered, .notThere, .failed, .wrongUse]))
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var subject: SubjectOptions

  @Option(help: "Levels below the roots. Default: as many as there are rows for; failed spans are always shown.")
  var depth: Int?

  @Option(help: "The most spans or turns that are shown.")
  var rows = 200

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be 1 or more") }
    guard depth.map({ $0 >= 0 }) ?? true else { throw ValidationError("--depth must not be negative") }
  }

  func run() async throws {
    let style = Terminal.style(options.color, environment: ProcessInfo.processInfo.environment)
    try await subject.run(options.settings) { subject, context in
      try Console.answer(try await TerminalView(subject, style: style, depth: depth, rows: rows, in: context).text)
    }
  }
}
