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
    subcommands: AllTools.types.map { verb($0) } + [Serve.self, Doctor.self])

  @OptionGroup var options: GlobalOptions

  static func main() async {
    // A reader that goes away (`| head`) is an error of write(2), not the end by a signal without a word.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
  }

  private static func verb<T: ParameterizedTool<LensContext>>(_ type: T.Type) -> any ParsableCommand.Type {
    ToolVerb<T>.self
  }
}

/// The program's version, the same in every manifest.
enum Version {
  static let current = "0.1.0"
}
