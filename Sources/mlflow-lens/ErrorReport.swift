import JSONText
import MCP

/// How the program says that it could not do what was asked: always on stderr, so that a pipe gets answers only.
enum ErrorReport {
  /// Whether answers were asked for as JSON; then errors are, too. Read off the words themselves, since they may be what is wrong.
  static let isJSON: Bool = {
    let words = CommandLine.arguments.dropFirst().prefix { $0 != "--" }
    return zip(words, words.dropFirst() + [""]).contains { word, next in
      ["--output", "--format"].contains { word == "\($0)=json" || (word == $0 && next == "json") }
    }
  }()

  /// Says it: a sentence, or one line of JSON.
  ///
  /// - Parameter spelled: Words of a tool as the command line has them.
  static func write(_ error: ToolError, spelled: (String) -> String = { $0 }) {
    guard isJSON else {
      Console.write("mlflow-lens: \(spelled(error.text))\n", to: .standardError)
      return
    }
    let parts: JSON = .object(present: [
      "code": .string(error.code.rawValue), "message": .string(spelled(error.message)),
      "allowed": error.allowed.map { .string(spelled($0)) }, "next": error.next.map { .string(spelled($0)) },
    ])
    Console.write(JSON.object([JSON.Member("error", parts)]).text + "\n", to: .standardError)
  }

  /// What the program ends with after it.
  static func status(_ error: ToolError) -> ExitStatus {
    switch error.code {
    case .invalidArguments: .wrongUse
    case .notFound: .notThere
    default: .failed
    }
  }
}
