extension JSON {
  /// JSON text for people: each member of an object on a line of its own, arrays of plain values on one line.
  ///
  /// - Parameters:
  ///   - unit: What one level is indented by.
  ///   - base: What the line is indented by on which the text begins.
  ///   - newline: What ends a line.
  public func prettyText(unit: String = "  ", base: String = "", newline: String = "\n") -> String {
    let inner = base + unit
    func block(_ lines: [String], _ brackets: (String, String)) -> String {
      let body = lines.map { inner + $0 }.joined(separator: "," + newline)
      return brackets.0 + newline + body + newline + base + brackets.1
    }
    switch self {
    case .object(let members) where !members.isEmpty:
      return block(
        members.map {
          "\(JSON.string($0.key).text): \($0.value.prettyText(unit: unit, base: inner, newline: newline))"
        }, ("{", "}"))
    case .array(let elements) where elements.contains(where: \.isContainer):
      return block(elements.map { $0.prettyText(unit: unit, base: inner, newline: newline) }, ("[", "]"))
    case .array(let elements):
      return "[\(elements.map(\.text).joined(separator: ", "))]"
    default:
      return text
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
