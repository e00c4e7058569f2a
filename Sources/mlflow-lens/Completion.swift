import ArgumentParser
import JSONText
import LensTools
import MCP

/// Proposes words for a command line that is being typed.
struct Completion {
  /// A word, and what it is for.
  struct Candidate: Hashable {
    var word: String
    var purpose = ""
  }

  /// An option of a verb.
  private struct Option {
    var name: String
    var purpose: String
    var takesValue: Bool
    var values: [String]
    /// The argument of a tool that it is.
    var argument: String?
  }

  /// Said in place of words where the shell itself knows them.
  static let files = ":files"
  /// Nobody waits longer for a proposal.
  private static let patience = Duration.milliseconds(1_500)

  private let root: JSONValue

  init() throws {
    // ArgumentParser's description of the program for tools; it has no name without an underscore.
    root = try JSONDocument(MLflowLens._dumpHelp()).root["command"] ?? .null
  }

  /// What could stand for the last of these words, which are those behind the program's name.
  func candidates(_ words: [String]) async -> [Candidate] {
    let current = words.last ?? ""
    let before = words.dropLast()
    let verb = before.firstIndex { word in verbs.contains { $0.word == word } }
    let command = verb.flatMap { self.command(before[$0]) } ?? root
    let options = options(of: command, verb.map { before[$0] })
    if let last = before.last, before.count - 1 != verb, let option = options.first(where: { "--\($0.name)" == last }),
      option.takesValue
    {
      return await values(of: option, current, before)
    }
    if current.hasPrefix("-") {
      return options.map { Candidate(word: "--\($0.name)", purpose: $0.purpose) }.filter { $0.word.hasPrefix(current) }
    }
    guard let verb else { return verbs.filter { $0.word.hasPrefix(current) } }
    if before[verb] == "help" { return verbs.filter { $0.word.hasPrefix(current) } }
    // The tools' arguments that need no name, in their order.
    let given = before[(verb + 1)...].filter { !$0.hasPrefix("-") }.count
    let positional = tool(before[verb])?.parameters.filter(\.isPositional) ?? []
    if given < positional.count {
      let option = Option(
        name: positional[given].name, purpose: "", takesValue: true, values: positional[given].allowedValues ?? [],
        argument: positional[given].name)
      return await values(of: option, current, before)
    }
    let fixed = command["arguments"]?.elements.first { $0["kind"]?.string == "positional" }?["allValues"]
    return (fixed.map { $0.elements.compactMap(\.string) } ?? [])
      .filter { $0.hasPrefix(current) }.map { Candidate(word: $0) }
  }

  private var verbs: [Candidate] {
    (root["subcommands"].map { Array($0.elements) } ?? [])
      .filter { $0["shouldDisplay"]?.bool != false }
      .map { Candidate(word: $0["commandName"]?.string ?? "", purpose: Self.line($0["abstract"]?.string)) }
  }

  private func command(_ name: String) -> JSONValue? {
    root["subcommands"]?.elements.first { $0["commandName"]?.string == name }
  }

  private func tool(_ verb: String) -> ToolDefinition? {
    AllTools.types.first { $0.name.kebab == verb }.map { Tool.definition(of: $0) }
  }

  private func options(of command: JSONValue, _ verb: String?) -> [Option] {
    let own = (verb.flatMap { tool($0) }?.parameters ?? []).map { parameter in
      Option(
        name: parameter.flag, purpose: Self.line(parameter.help), takesValue: parameter.schemaType != .boolean,
        values: parameter.allowedValues ?? [], argument: parameter.name)
    }
    let shared = (command["arguments"].map { Array($0.elements) } ?? []).compactMap { argument -> Option? in
      guard argument["shouldDisplay"]?.bool != false,
        let name = argument["names"]?.elements.first(where: { $0["kind"]?.string == "long" })?["name"]?.string
      else { return nil }
      return Option(
        name: name, purpose: Self.line(argument["abstract"]?.string), takesValue: argument["kind"]?.string == "option",
        values: argument["allValues"].map { $0.elements.compactMap(\.string) } ?? [])
    }
    return own + shared.filter { option in !own.contains { $0.name == option.name } }
  }

  /// Fixed words, ids from the store, or files.
  private func values(
    of option: Option, _ current: String, _ before: ArraySlice<String>
  ) async -> [Candidate] {
    if !option.values.isEmpty { return option.values.filter { $0.hasPrefix(current) }.map { Candidate(word: $0) } }
    if ["tracking-uri", "artifacts-destination", "file"].contains(option.name) { return [Candidate(word: Self.files)] }
    guard let argument = option.argument else { return [] }
    var settings = Settings()
    if let place = before.lastIndex(of: "--tracking-uri"), place + 1 < before.endIndex {
      settings.trackingURI = before[place + 1]
    }
    guard
      let completer = AllTools.completer(ofArgument: argument, context: settings.context(face: .commandLine))
    else { return [] }
    // A store that is far away is not worth waiting for; the process ends either way.
    return await withTaskGroup(of: [Candidate].self) { group in
      group.addTask {
        ((try? await completer.answer(Completer.Question(prefix: current)).values) ?? []).map { Candidate(word: $0) }
      }
      group.addTask {
        try? await Task.sleep(for: Self.patience)
        return []
      }
      let first = await group.next() ?? []
      group.cancelAll()
      return first
    }
  }

  /// A sentence without line breaks, short enough for a list.
  private static func line(_ text: String?) -> String {
    let line = (text ?? "").split { $0.isNewline }.joined(separator: " ")
    return line.count <= 80 ? line : line.prefix(79) + "…"
  }

  /// The proposals, one line each, what a word is for behind a tab.
  static func answer(_ words: [String]) async throws -> String {
    let found = try await Completion().candidates(words)
    return found.map { $0.purpose.isEmpty ? "\($0.word)\n" : "\($0.word)\t\($0.purpose)\n" }.joined()
  }
}
