package import JSONText
import TraceModel

/// A call that leads on from an answer, in the words of whoever reads it.
package struct NextCall: Sendable {
  /// Who reads the answer.
  package enum Style: Sendable {
    /// A client of the server: tool name and JSON arguments.
    case tool
    /// A person at a shell.
    case commandLine
  }

  var tool: String
  var arguments: [JSON.Member]

  package init(_ tool: String, _ arguments: KeyValuePairs<String, JSON>) {
    self.init(tool, arguments.map { JSON.Member($0.key, $0.value) })
  }

  package init(_ tool: String, _ arguments: [JSON.Member]) {
    self.tool = tool
    self.arguments = arguments
  }

  /// `get_trace {"trace_id":"tr-…"}` or `mlflow-lens get-trace --trace-id tr-…`.
  ///
  /// Ids and names in it were recorded, too: what is harmful in them is shown as an escape, which in JSON means the same.
  package func text(_ style: Style) -> String {
    let arguments = arguments.map { JSON.Member($0.key, Self.masked($0.value)) }
    let text =
      switch style {
      case .tool: "\(tool) \(JSON.object(arguments).text)"
      case .commandLine:
        (["mlflow-lens", tool.kebab] + arguments.flatMap { Self.words("--\($0.key.kebab)", $0.value) })
          .joined(separator: " ")
      }
    return SafeText.neutralized(text)
  }

  /// An id may hold a credential like any other text; a call without it is of less use, but harmless.
  private static func masked(_ value: JSON) -> JSON {
    switch value {
    case .string(let text): .string(String(decoding: SecretMask.masked(Array(text.utf8)), as: UTF8.self))
    case .array(let elements): .array(elements.map(masked))
    default: value
    }
  }

  private static func words(_ flag: String, _ value: JSON) -> [String] {
    switch value {
    case .bool(true): [flag]
    case .bool(false): ["\(flag)=false"]
    case .array(let elements): elements.flatMap { words(flag, $0) }
    case .string(let text): [flag, ShellWord.quoted(text)]
    default: [flag, value.text]
    }
  }
}

extension String {
  fileprivate var kebab: String { String(map { $0 == "_" ? "-" : $0 }) }
}
