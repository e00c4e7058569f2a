package import JSONText

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
  package func text(_ style: Style) -> String {
    switch style {
    case .tool:
      return "\(tool) \(JSON.object(arguments).text)"
    case .commandLine:
      return (["mlflow-lens", tool.kebab] + arguments.flatMap { Self.words("--\($0.key.kebab)", $0.value) })
        .joined(separator: " ")
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
