import JSONText
import MCP

/// How the answer is given: parameters of every tool.
struct OutputOptions: ParameterSet {
  enum Format: String, CaseIterable, ParameterEnum {
    case text, json
  }

  /// Bytes of an answer that nobody has asked to be larger or smaller.
  static let usualMaxChars = 8_000

  @Parameter("Bytes of the answer, 4 a token.", in: 500...200_000)
  var maxChars: Int = usualMaxChars

  @Parameter("json: as structured content.")
  var format: Format = .text
}
