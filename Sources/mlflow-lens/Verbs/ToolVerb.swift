import ArgumentParser
import JSONText
import LensTools
import MCP

/// A tool as a verb: its parameters are the options, its answer is the output. `get_trace` is `get-trace`, `span_ids` is
/// `--span-ids`. Exit code 0: answered; 1: what was asked for is not there; 2: failed; 64: wrong use.
struct ToolVerb<T: ParameterizedTool<LensContext>>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    // Asked for again and again while the words are parsed, at every start of the server: help is only made when wanted.
    guard isHelpWanted else { return CommandConfiguration(commandName: T.name.kebab) }
    let parameters = parameters
    let positional = parameters.filter(\.isPositional).map { $0.isRequired ? "<\($0.flag)>" : "[<\($0.flag)>]" }
    return CommandConfiguration(
      commandName: T.name.kebab, abstract: firstClause(T.summary),
      usage: (["mlflow-lens", T.name.kebab] + positional + ["[options]"]).joined(separator: " "),
      discussion: ([T.summary, "", "TOOL OPTIONS:"] + parameters.map(\.helpLines) + ["", exitCodes])
        .joined(separator: "\n"))
  }

  private static var isHelpWanted: Bool {
    CommandLine.arguments.count == 1 || CommandLine.arguments.contains { $0 == "-h" || $0.contains("help") }
  }

  /// The summary up to where its details begin.
  private static func firstClause(_ summary: String) -> String {
    summary.prefix { $0 != "." && $0 != ":" } + "."
  }

  /// A tool's sentence with its parameters as they are spelled here.
  private static func spelled(_ text: String) -> String {
    parameters.reduce(text) { text, parameter in
      text.split(separator: "argument '\(parameter.name)'", omittingEmptySubsequences: false)
        .joined(separator: "option '--\(parameter.flag)'")
    }
  }

  /// What the tool declares; read without a store.
  private static var parameters: [ParameterDescriptor] { Tool.definition(of: T.self).parameters }

  private static var exitCodes: String {
    "EXIT CODES: 0 answered, 1 what was asked for is not there, 2 failed, 64 wrong use."
  }

  @OptionGroup var options: GlobalOptions
  // ArgumentParser knows the options of the program; those of the tool are known to the tool.
  @Argument(parsing: .allUnrecognized, help: .hidden) var words: [String] = []

  func run() async throws {
    let arguments = try ArgumentReader(Self.parameters).read(words)
    let tool = Tool(T.self, context: options.settings.context(face: .commandLine))
    do throws(ToolError) {
      let result = try await tool.attempt(arguments)
      Console.write(result.plainText + "\n")
      if result.isError { throw ToolError(.failed, "") }
    } catch {
      if !error.text.isEmpty { Console.write("mlflow-lens: \(Self.spelled(error.text))\n", to: .standardError) }
      switch error.code {
      case .invalidArguments: throw ExitCode(64)
      case .notFound: throw ExitCode(1)
      default: throw ExitCode(2)
      }
    }
  }
}

/// The words of a command line as the arguments of a tool.
struct ArgumentReader {
  private let parameters: [ParameterDescriptor]

  init(_ parameters: [ParameterDescriptor]) { self.parameters = parameters }

  /// `--name value`, `--name=value`, `--flag`; what has no dashes goes to the positional parameters in order.
  func read(_ words: [String]) throws -> JSON {
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
          throw ValidationError("Missing value for '--\(parameter.flag)'.")
        }
        guard parameter.isArray || values[parameter.name] == nil else {
          throw ValidationError("'--\(parameter.flag)' is given twice.")
        }
        values[parameter.name, default: []].append(value)
        positional.removeAll { $0.name == parameter.name }
      } else if let parameter = positional.popFirst() {
        guard values[parameter.name] == nil else {
          throw ValidationError("'\(word)' comes after '--\(parameter.flag)'.")
        }
        values[parameter.name] = [word]
      } else {
        throw ValidationError("Unexpected argument '\(word)'.")
      }
    }
    return .object(
      parameters.compactMap { parameter in
        values[parameter.name].map { JSON.Member(parameter.name, Self.json($0, parameter)) }
      })
  }

  private func named(_ flag: String) throws -> ParameterDescriptor {
    if let found = parameters.first(where: { $0.flag == flag || $0.name == flag }) { return found }
    let flags = parameters.map(\.flag)
    let guess = nearest(flag, among: flags).map { " Did you mean '--\($0)'?" } ?? ""
    throw ValidationError("Unknown option '--\(flag)'.\(guess)")
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
  /// The name as an option.
  fileprivate var flag: String { name.kebab }

  /// Name and kind, then the meaning, indented and broken by hand: ArgumentParser would break it without the indent.
  fileprivate var helpLines: String {
    let value = allowedValues.map { $0.joined(separator: "|") } ?? "<\(schemaType.rawValue)>"
    let kind = schemaType == .boolean ? "[=true|false]" : " \(value)\(isArray ? ",…" : "")"
    let extent = range.map { $0.upperBound < Int(Int32.max) ? " \($0.lowerBound) to \($0.upperBound)." : "" } ?? ""
    let isPlain = defaultValue == nil || defaultValue == .array([]) || defaultValue == .bool(false)
    let standard = isPlain ? "" : " Default: \(defaultValue?.plainText ?? "")."
    var lines = ["  --\(flag)\(kind)", "     "]
    for word in "\(help)\(extent)\(standard)".split(separator: " ") {
      if lines[lines.count - 1].count + word.count > 76 { lines.append("     ") }
      lines[lines.count - 1] += " \(word)"
    }
    return lines.joined(separator: "\n")
  }
}

extension JSON {
  fileprivate var plainText: String { if case .string(let text) = self { text } else { text } }
}
