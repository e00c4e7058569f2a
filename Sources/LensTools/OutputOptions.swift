import JSONText
import MCP

/// How the answer is given: parameters of every tool.
struct OutputOptions: ParameterSet {
  enum Format: String, CaseIterable, ParameterEnum {
    case text, json
  }

  @Parameter("Size of the whole answer in UTF-8 bytes, about 4 a token.", in: 500...200_000)
  var maxChars: Int = 8_000

  @Parameter("text, or json for the same facts as structured content.")
  var format: Format = .text
}
