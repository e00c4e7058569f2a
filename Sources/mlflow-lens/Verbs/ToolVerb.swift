import ArgumentParser
import JSONText
import LensTools
import MCP

/// A tool as a verb: its parameters are the options, its answer is the output. `get_trace` is `get-trace`, `span_ids` is
/// `--span-ids`; `format` is `--output`, as other programs call it. What it ends with: ``ExitStatus``.
struct ToolVerb<T: ParameterizedTool<LensContext>>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    // Asked for again and again while the words are parsed, at every start of the server: help is only made when wanted.
    guard isHelpWanted else { return CommandConfiguration(commandName: T.name.kebab) }
    let parameters = parameters
    let positional = parameters.filter(\.isPositional).map { $0.isRequired ? "<\($0.flag)>" : "[<\($0.flag)>]" }
    return CommandConfiguration(
      commandName: T.name.kebab, abstract: T.summary.firstClause,
      usage: (["mlflow-lens", T.name.kebab] + positional + ["[options]"]).joined(separator: " "),
      discussion: ([T.summary, "", "EXAMPLES:"] + examples + ["", "TOOL OPTIONS:"] + parameters.map(\.helpLines)
        + ["", ExitStatus.help(ExitStatus.allCases)])
        .joined(separator: "\n"))
  }

  private static var isHelpWanted: Bool { MLflowLens.isDescriptionWanted }

  /// Calls as a person types them: what needs no name goes without.
  private static var examples: [String] {
    T.examples.flatMap { example in
      let words = example.arguments.flatMap { argument -> [String] in
        let parameter = parameters.first { $0.name == argument.key }
        let value = ShellWord.quoted(argument.value.plainText)
        if parameter?.isPositional == true { return [value] }
        let flag = "--\(parameter?.flag ?? argument.key.kebab)"
        return argument.value == .bool(true) ? [flag] : [flag, value]
      }
      return ["  # \(example.purpose)", "  mlflow-lens \(([T.name.kebab] + words).joined(separator: " "))"]
    }
  }

  /// A tool's sentence with its parameters as they are spelled here.
  private static func spelled(_ text: String) -> String {
    // The list of all of them.
    let list = "Arguments: "
    if text.hasPrefix(list) {
      let flags = parameters.map { "--\($0.flag)\($0.isRequired ? " (required)" : "")" }
      return "Options: \(flags.joined(separator: ", "))"
    }
    return parameters.reduce(text) { text, parameter in
      text.split(separator: "argument '\(parameter.name)'", omittingEmptySubsequences: false)
        .joined(separator: "option '--\(parameter.flag)'")
    }
  }

  /// What the tool declares; read without a store.
  private static var parameters: [ParameterDescriptor] { Tool.definition(of: T.self).parameters }

  @OptionGroup var options: GlobalOptions

  @Flag(help: "End with 3 when a finding is of high severity (inspect-turn, analyze-session).")
  var exitCode = false

  // ArgumentParser knows the options of the program; those of the tool are known to the tool.
  @Argument(parsing: .allUnrecognized, help: .hidden) var words: [String] = []

  func run() async throws {
    let settings = options.settings
    let tool = Tool(T.self, context: settings.context(face: .commandLine))
    let result: ToolResult
    do throws(ToolError) {
      let arguments = try ArgumentReader(Self.parameters, verb: T.name.kebab).read(words)
      result = try await ConsoleProgress.showing(settings.environment) { () async throws(ToolError) in
        try await tool.attempt(arguments)
      }
      if result.isError { throw ToolError(.failed, result.plainText) }
    } catch {
      ErrorReport.write(error, spelled: Self.spelled)
      throw ExitCode(ErrorReport.status(error).rawValue)
    }
    try Console.answer(result.plainText + "\n")
    if exitCode, result.remark == "high" { throw ExitCode(ExitStatus.grave.rawValue) }
  }
}

/// The words of a command line as the arguments of a tool.
struct ArgumentReader {
  private let parameters: [ParameterDescriptor]
  private let verb: String

  init(_ parameters: [ParameterDescriptor], verb: String) {
    self.parameters = parameters
    self.verb = verb
  }

  /// `--name value`, `--name=value`, `--flag`; what has no dashes goes to the positional parameters in order.
  func read(_ words: [String]) throws(ToolError) -> JSON {
    var values: [String: [String]] = [:]
    var positional = parameters.filter(\.isPositional)[...]
    var rest = words[...]
    var onlyPositional = false
    while let word = rest.popFirst() {
      if word == "--", !onlyPositional {
        onlyPositional = true
      } else if word.hasPrefix("--"), !onlyPositional {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let parameter = try named(String(parts[0]))
        let value: String
        if parts.count == 2 {
          value = String(parts[1])
        } else if parameter.schemaType == .boolean {
          value = "true"
        } else if let next = rest.popFirst() {
          value = next
        } else {
          throw wrong("missing value for '--\(parameter.flag)'")
        }
        guard parameter.isArray || values[parameter.name] == nil else {
          throw wrong("'--\(parameter.flag)' is given twice")
        }
        values[parameter.name, default: []].append(value)
        positional.removeAll { $0.name == parameter.name }
      } else if let parameter = positional.popFirst() {
        guard values[parameter.name] == nil else {
          throw wrong("'\(word)' comes after '--\(parameter.flag)'")
        }
        values[parameter.name] = [word]
      } else {
        throw wrong("unexpected argument '\(word)'")
      }
    }
    return .object(
      parameters.compactMap { parameter in
        values[parameter.name].map { JSON.Member(parameter.name, Self.json($0, parameter)) }
      })
  }

  private func named(_ flag: String) throws(ToolError) -> ParameterDescriptor {
    if let found = parameters.first(where: { [$0.flag, $0.name, $0.name.kebab].contains(flag) }) { return found }
    throw wrong(
      "unknown option '--\(flag)'",
      allowed: nearest(flag, among: parameters.map(\.flag)).map { "Did you mean '--\($0)'?" })
  }

  private func wrong(_ message: String, allowed: String? = nil) -> ToolError {
    ToolError(.invalidArguments, message, allowed: allowed, next: "See mlflow-lens \(verb) --help")
  }

  /// Numbers and truth values as what they are; anything that is neither is left to the tool's own check.
  private static func json(_ values: [String], _ parameter: ParameterDescriptor) -> JSON {
    if parameter.isArray { return .array(values.flatMap { $0.split(separator: ",").map { .string(String($0)) } }) }
    let text = values[values.count - 1]
    switch parameter.schemaType {
    case .integer, .number: return Int64(text).map { .int($0) } ?? .string(text)
    case .boolean: return Bool(text).map { .bool($0) } ?? .string(text)
    default: return .string(text)
    }
  }
}

extension ParameterDescriptor {
  /// The name as an option. What tools call the format of an answer is a program's output; the tools' own name is taken, too.
  var flag: String { name == "format" ? "output" : name.kebab }

  /// Name and kind, then the meaning, indented and broken by hand: ArgumentParser would break it without the indent.
  fileprivate var helpLines: String {
    let value = allowedValues.map { $0.joined(separator: "|") } ?? "<\(schemaType.rawValue)>"
    let kind = schemaType == .boolean ? "[=true|false]" : " \(value)\(isArray ? ",…" : "")"
    let extent = range.map { $0.upperBound < Int(Int32.max) ? " \($0.lowerBound) to \($0.upperBound)." : "" } ?? ""
    let isPlain = defaultValue == nil || defaultValue == .array([]) || defaultValue == .bool(false)
    let standard = isPlain ? "" : " Default: \(defaultValue?.plainText ?? "")."
    let alias = flag == name.kebab ? "" : " Also --\(name), as over MCP."
    var lines = ["  --\(flag)\(kind)", "     "]
    for word in "\(help)\(extent)\(standard)\(alias)".split(separator: " ") {
      if lines[lines.count - 1].count + word.count > 76 { lines.append("     ") }
      lines[lines.count - 1] += " \(word)"
    }
    return lines.joined(separator: "\n")
  }
}

extension JSON {
  fileprivate var plainText: String {
    switch self {
    case .string(let text): text
    case .array(let elements): elements.map(\.plainText).joined(separator: ",")
    default: text
    }
  }
}
