public import JSONText

/// What a tool answers.
public struct ToolResult: Hashable, Sendable {
  /// The blocks; never empty, since some hosts cannot show an answer without any.
  public var content: [ContentBlock]
  /// The answer as JSON, an object. Absent when the text is the answer: hosts show either the one or the other.
  public var structuredContent: JSON?
  /// Whether this is a failure. The first block then says what went wrong.
  public var isError: Bool
  /// A word about the answer for whoever called in the same process, such as how grave it is. Clients do not get it.
  public var remark: String?

  /// An answer from its parts.
  public init(content: [ContentBlock], structuredContent: JSON? = nil, isError: Bool = false) {
    self.content = content
    self.structuredContent = structuredContent
    self.isError = isError
  }

  /// An answer of one text block.
  public static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }

  /// An object as structured content, and the same JSON as one text block for the hosts that read only text.
  public static func structured(_ value: JSON) -> ToolResult {
    ToolResult(content: [.text(value.text)], structuredContent: value)
  }

  /// A failure that the model can read.
  public static func failure(_ text: String) -> ToolResult { ToolResult(content: [.text(text)], isError: true) }

  /// The text blocks, joined by line feeds.
  public var plainText: String {
    content.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
  }
}
