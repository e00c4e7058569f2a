import ArgumentParser
import LensTools
import MCP

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program: a verb a tool, and the verbs that are none.
@main
struct MLflowLens: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow-lens",
    abstract: "Finds out why an LLM app misbehaved, from its MLflow traces. Read-only.",
    usage: "mlflow-lens [<options>] <subcommand>",
    discussion: """
      EXAMPLES:
        mlflow-lens doctor
        mlflow-lens search-traces --status ERROR --since -7d
        mlflow-lens inspect-turn tr-8fadc1a6
        mlflow-lens analyze-session chat-refund-42 --output json
        mlflow-lens setup claude-code --write

      Answers go to stdout, all else to stderr. With --output json an error is one line of JSON on stderr.

      \(ExitStatus.help(ExitStatus.allCases))
      """,
    version: Version.current,
    subcommands: subcommands)

  /// Those that the command line names, or all where it names none or asks for help. ArgumentParser looks at every
  /// declaration of each one it is given, which at the start of a server would take longer than the answer.
  private static var subcommands: [any ParsableCommand.Type] {
    let all = AllTools.types.map { ($0.name.kebab, verb($0)) } + others
    let words = Set(CommandLine.arguments.dropFirst())
    let named = all.filter { words.contains($0.0) }
    return (named.isEmpty || isDescriptionWanted ? all : named).map(\.1)
  }

  /// The verbs that are no tools.
  private static let others: [(String, any ParsableCommand.Type)] = [
    ("waterfall", WaterfallVerb.self), ("report", ReportVerb.self), ("serve", Serve.self), ("doctor", Doctor.self),
    ("setup", Setup.self), ("manifest", Manifests.self),
  ]

  /// Whether what each verb says of itself is needed, which takes longer to make than most answers.
  static var isDescriptionWanted: Bool {
    let words = CommandLine.arguments.dropFirst()
    return words.isEmpty || words.first == completing || words.contains { $0 == "-h" || $0.contains("help") }
  }

  /// What completion scripts ask with.
  private static let completing = "complete"
  private static let scripting = "--generate-completion-script"

  @OptionGroup var options: GlobalOptions

  static func main() async {
    // A reader that goes away (`| head`) is an error of write(2), not the end by a signal without a word.
    signal(SIGPIPE, SIG_IGN)
    Console.occupy(STDERR_FILENO...STDERR_FILENO)
    let words = Array(CommandLine.arguments.dropFirst())
    if let settings = Settings(serving: words) {
      await serve(settings)
      return
    }
    Console.occupy(STDIN_FILENO...STDOUT_FILENO)
    if words.first == completing {
      // Whatever is half typed is no reason for a word.
      let asked = words.dropFirst().first == "--" ? words.dropFirst(2) : words.dropFirst()
      Console.write((try? await Completion.answer(Array(asked))) ?? "")
    } else if let script = words.first, script == scripting || script.hasPrefix(scripting + "=") {
      printScript(script.contains("=") ? String(script.dropFirst(scripting.count + 1)) : words.dropFirst().first)
    } else {
      await runVerb()
    }
  }

  private static func runVerb() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch {
      let status = exitCode(for: error)
      if ErrorReport.isJSON, !status.isSuccess, !(error is ExitCode) {
        let isUse = status == .validationFailure
        ErrorReport.write(ToolError(isUse ? .invalidArguments : .failed, message(for: error)))
        Self.exit(withError: status)
      }
      Self.exit(withError: error)
    }
  }

  private static func printScript(_ shell: String?) {
    let name =
      shell ?? ProcessInfo.processInfo.environment["SHELL"].flatMap { $0.split(separator: "/").last.map(String.init) }
    guard let script = name.flatMap(CompletionScript.init) else {
      let known = CompletionScript.allCases.map(\.rawValue).joined(separator: ", ")
      ErrorReport.write(
        ToolError(.invalidArguments, "There is no script for '\(name ?? "")'", allowed: "Shells: \(known)"))
      Self.exit(withError: ExitCode(ExitStatus.wrongUse.rawValue))
    }
    do { try Console.answer(script.text) } catch { Self.exit(withError: error) }
  }

  private static func serve(_ settings: Settings) async {
    do {
      try await Serve.serve(settings)
    } catch let error as ValidationError {
      Console.write("mlflow-lens: \(error.message)\n", to: .standardError)
      Self.exit(withError: ExitCode(64))
    } catch {
      Console.write("mlflow-lens: \(error)\n", to: .standardError)
      Self.exit(withError: ExitCode(2))
    }
  }

  private static func verb<T: ParameterizedTool<LensContext>>(_ type: T.Type) -> any ParsableCommand.Type {
    ToolVerb<T>.self
  }
}

/// The program's version, the same in every manifest.
enum Version {
  static let current = "0.1.0"
}
