/// One block of an answer: of a tool's result, or of a prompt's message.
public enum ContentBlock: Hashable, Sendable {
  /// Text for the model.
  case text(String)
  /// A picture: base64 of its bytes, and their type (`image/png`).
  case image(base64: String, mimeType: String)
  /// A recording: base64 of its bytes, and their type. Older clients (2024-11-05) get a line of text in its place.
  case audio(base64: String, mimeType: String)
  /// A resource with what it holds.
  case resource(ResourceContents)
  /// The address of a resource. Clients before 2025-06-18 get a line of text in its place.
  case resourceLink(uri: String, name: String)
}
