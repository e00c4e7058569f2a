import JSONText
import MCP

/// How the answer is given: parameters of every tool.
struct OutputOptions: ParameterSet {
  enum Format: String, CaseIterable, ParameterEnum {
    case text, json
  }

  @Parameter("Bytes of the answer, 4 a token.", in: 500...200_000)
  var maxChars: Int = 8_000

  @Parameter("json: as structured content.")
  var format: Format = .text
}
