import ArgumentParser
import HostSetup
import TraceModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Shows what makes a client start the server, and writes it where that is wanted.
struct Setup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show, or with --write make, what lets an assistant start this server.",
    usage: "mlflow-lens setup <client> [--write] [<options>]",
    discussion: """
      Adds the server to the client's own configuration and leaves everything else in that file as it is, byte for byte. \
      Without --write nothing is changed. The file as it was is kept beside it with .bak behind its name. Credentials are \
      never written: set MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and _PASSWORD for the client, or use \
      ~/.mlflow/credentials.

      EXAMPLES:
        mlflow-lens setup claude-code
        mlflow-lens setup codex --write --tracking-uri sqlite:////home/me/mlflow.db
        mlflow-lens setup cursor --scope user --write

      \(ExitStatus.help([.answered, .failed, .wrongUse]))
      """)

  @Argument(help: "The client to set up.")
  var client: Client

  @Flag(help: "Make the change; else it is only shown.")
  var write = false

  @Option(help: "For whom it counts. Default: the project, where the client has a file for it.")
  var scope: Client.Scope?

  @Option(help: "Another file than the client's usual one.")
  var file: String?

  @Option(help: "Offer only these tools, separated by commas.")
  var tools: String?

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    var settings = options.settings
    settings.tools = tools
    _ = try Serve.offered(tools)
    let file = ConfigurationFile(try path())
    do throws(Refusal) {
      let old = try file.read()
      let change = try settings.serverEntry.change(in: old, for: client)
      Self.show(change, file, isNew: old == nil)
      if settings.hasSecretURI { Console.write(Settings.secretNotice, to: .standardError) }
      guard !change.edits.isEmpty else { return }
      guard write else {
        Console.write("Nothing was written. The same with --write makes the change.\n")
        return
      }
      try file.write(change.text, replacing: old)
      Console.write(
        (old == nil ? "Written." : "Written; as it was before: \(file.backupPath)")
          + " Start the client anew to see it.\n")
    } catch {
      Console.write("mlflow-lens: \(file.path) was left as it is: \(error)\n", to: .standardError)
      throw ExitCode(ExitStatus.failed.rawValue)
    }
  }

  /// The file, absolute.
  private func path() throws -> String {
    let folder = FileManager.default.currentDirectoryPath
    if let file {
      guard scope == nil else { throw ValidationError("--file and --scope exclude each other.") }
      guard !file.isEmpty else { throw ValidationError("--file names no file.") }
      return file.hasPrefix("/") ? file : "\(folder)/\(file)"
    }
    let scope = scope ?? client.usualScope
    let isApple: Bool
    #if canImport(Darwin)
      isApple = true
    #else
      isApple = false
    #endif
    let folders = ClientFolders(project: folder, environment: ProcessInfo.processInfo.environment, isApple: isApple)
    guard let path = folders.file(of: client, scope) else {
      let known = client.scopes.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(client.rawValue) has no configuration of scope '\(scope.rawValue)'. Scopes: \(known).")
    }
    return path
  }

  /// The change as lines, with what looks like a secret in them masked: the file may hold those of other servers.
  private static func show(_ change: Change, _ file: ConfigurationFile, isNew: Bool) {
    guard !change.edits.isEmpty else {
      Console.write("\(file.path) has this server already; nothing to do.\n")
      return
    }
    var lines = ["\(file.path)\(isNew ? " (new)" : "")"]
    for edit in change.edits {
      lines.append("@@ line \(edit.line)")
      if let old = edit.old { lines += marked(old, "-") }
      lines += marked(edit.new, "+")
    }
    Console.write(lines.joined(separator: "\n") + "\n")
  }

  private static func marked(_ text: String, _ mark: String) -> [String] {
    let safe = String(decoding: SecretMask.masked(Array(text.utf8)), as: UTF8.self)
    let lines = safe.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).map { "\(mark) \($0)" }
  }
}
