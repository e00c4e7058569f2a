import ArgumentParser
import LensReport
import LensTools
import MCP

/// Which trace or session a picture is made of.
struct SubjectOptions: ParsableArguments {
  @Argument(help: "A trace id, a unique prefix of one, or a session id.")
  var id: String?

  @Option(name: .customLong("trace-id"), help: "A trace id, where the id alone could be taken for a session's.")
  var traceID: String?

  @Option(name: .customLong("session-id"), help: "A session (chat) id.")
  var sessionID: String?

  @Option(name: .customLong("experiment-id"), help: "Experiment ids or names to look for the session in, by commas.")
  var experimentID: String?

  /// Reads it, or ends with a sentence on stderr and the exit code that the tools have for it.
  func run(_ settings: Settings, _ body: (Subject, LensContext) async throws -> Void) async throws {
    let context = settings.context(face: .commandLine)
    do {
      let reference = Subject.Reference(
        id: id, traceID: traceID, sessionID: sessionID, experimentID: experimentID)
      try await body(try await Subject.find(reference, in: context), context)
    } catch let error as ToolError {
      ErrorReport.write(error)
      throw ExitCode(ErrorReport.status(error).rawValue)
    }
  }
}
