import ArgumentParser
import LensTools
import MCP

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
    version: Version.current,
    subcommands: subcommands)

  /// Those that the command line names, or all where it names none or asks for help. ArgumentParser looks at every
  /// declaration of each one it is given, which at the start of a server would take longer than the answer.
  private static var subcommands: [any ParsableCommand.Type] {
    let all = AllTools.types.map { ($0.name.kebab, verb($0)) } + others
    let words = Set(CommandLine.arguments.dropFirst())
    let named = all.filter { words.contains($0.0) }
    let isHelpWanted = words.contains { $0 == "-h" || $0.contains("help") }
    return (named.isEmpty || isHelpWanted ? all : named).map(\.1)
  }

  /// The verbs that are no tools.
  private static let others: [(String, any ParsableCommand.Type)] = [
    ("waterfall", WaterfallVerb.self), ("report", ReportVerb.self), ("serve", Serve.self), ("doctor", Doctor.self),
  ]

  @OptionGroup var options: GlobalOptions

  static func main() async {
    // A reader that goes away (`| head`) is an error of write(2), not the end by a signal without a word.
    signal(SIGPIPE, SIG_IGN)
    guard let settings = Settings(serving: Array(CommandLine.arguments.dropFirst())) else {
      await main(nil)
      return
    }
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
