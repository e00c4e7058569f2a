/// What a step shows of a page or file: where it is, which part of it, and its words. Two views of the same are alike even where
/// a picture was read anew, or an advertisement has changed.
struct PageView {
  /// The address of the page, or of the file.
  private let address: String
  /// Which part is shown, as it says.
  private let position: String?
  private let words: Set<String>

  /// Where none of these stands in an output, it shows no page.
  static let signs = ByteSearch(["http", "file://", "address:", "url:", "path:"])

  /// Where it is stands at the beginning; of a longer page only the beginning is compared.
  private static let (head, longest) = (1_500, 6_000)
  private static let (fewestWords, alike) = (40, 80)
  private static let headings = ["viewport", "screenshot", "address:", "url:", "title:", "showing page"]
  private static let positions = ["viewport", "showing page", "scroll position", "pixels above", "lines "]

  /// Reads what a step gave back; nil where it shows no page.
  init?(_ text: String) {
    let start = String(decoding: text.utf8.prefix(Self.head), as: UTF8.self)
    let lowered = start.lowercased()
    // Results of a search have addresses, too; a page says that it is one.
    guard Self.headings.contains(where: { lowered.contains($0) }), let address = Self.address(in: start) else {
      return nil
    }
    self.address = address
    position = start.split(whereSeparator: \.isNewline).lazy.map { $0.lowercased() }.first { line in
      Self.positions.contains { line.contains($0) }
    }
    // What was done stands in the first line.
    let body = text.firstIndex(where: \.isNewline).map { text[$0...] } ?? ""
    words = Set(StepText.words(String(decoding: body.utf8.prefix(Self.longest), as: UTF8.self)))
    guard words.count >= Self.fewestWords else { return nil }
  }

  private static func address(in text: String) -> String? {
    for scheme in ["http://", "https://", "file://"] {
      if let place = text.firstRange(of: scheme) {
        return String(text[place.lowerBound...].prefix { !$0.isWhitespace && !")]>\"'".contains($0) })
      }
    }
    return nil
  }

  /// Whether another view shows the same.
  func isLike(_ other: PageView) -> Bool {
    guard address == other.address, position == other.position else { return false }
    let shared = words.intersection(other.words).count
    return shared * 100 >= (words.count + other.words.count - shared) * Self.alike
  }
}
