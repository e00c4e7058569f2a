/// What a terminal can show.
public struct TerminalStyle: Sendable {
  /// Columns of a line.
  public var width: Int
  /// Whether colours are wanted.
  public var usesColor: Bool
  /// Whether lines and blocks can be drawn; else ASCII has to do.
  public var usesUnicode: Bool

  /// A style from its parts.
  public init(width: Int, usesColor: Bool, usesUnicode: Bool) {
    self.width = max(40, width)
    self.usesColor = usesColor
    self.usesUnicode = usesUnicode
  }

  /// The sixteen colours every terminal has, which its owner has chosen to be readable.
  enum Color: Int {
    case red = 31, green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36, gray = 90, brightMagenta = 95
    case bold = 1
    case plain = 0
  }

  func colored(_ text: String, _ color: Color) -> String {
    usesColor && color != .plain && !text.isEmpty ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// The colour of a span type.
  static func color(ofType type: String) -> Color {
    switch type {
    case "LLM", "CHAT_MODEL": .magenta
    case "TOOL": .cyan
    case "RETRIEVER", "RERANKER", "MEMORY": .yellow
    case "AGENT": .blue
    case "EMBEDDING": .brightMagenta
    default: .plain
    }
  }

  /// A stretch of time on a lane of some columns, to half a column; something is always seen.
  ///
  /// - Parameters:
  ///   - start: Where it begins, as a part of the whole.
  ///   - end: Where it ends.
  func bar(from start: Double, to end: Double, columns: Int) -> String {
    let halves = Double(columns * 2)
    func place(_ share: Double) -> Double { min(halves, max(0, share.isFinite ? share * halves : 0)) }
    let first = min(columns * 2 - 1, Int(place(start).rounded(.down)))
    let last = max(first + 1, min(columns * 2, Int(place(end).rounded(.up))))
    var text = ""
    for column in 0..<columns {
      let isLeft = first <= column * 2 && column * 2 < last
      let isRight = first <= column * 2 + 1 && column * 2 + 1 < last
      guard usesUnicode else {
        text += isLeft || isRight ? "=" : " "
        continue
      }
      text += isLeft ? isRight ? "━" : "╸" : isRight ? "╺" : " "
    }
    return text
  }

  /// Moments on a lane of some columns: the beginning, the end, and what there is room for between.
  func axis(_ length: Int64, columns: Int, label: (Int64) -> String) -> String {
    var text = ""
    let parts = columns >= 56 ? 4 : columns >= 24 ? 2 : 1
    for part in 0...parts {
      let mark = label(length / Int64(parts) * Int64(part))
      let place = part == parts ? columns - mark.count : columns * part / parts
      guard place >= text.count else { continue }
      text += String(repeating: " ", count: place - text.count) + mark
    }
    return text
  }

  /// The mark of something that was left out.
  var ellipsis: String { usesUnicode ? "…" : "..." }
  /// The mark of a failure.
  var failure: String { usesUnicode ? "✗" : "x" }
  /// What leads from a question to its answer.
  var arrow: String { usesUnicode ? "→" : "->" }

  /// Text in ASCII where nothing else can be shown.
  func shown(_ text: String) -> String {
    guard !usesUnicode else { return text }
    return text.unicodeScalars.reduce(into: "") { output, scalar in
      switch scalar {
      case "…": output += "..."
      case "→": output += "->"
      case "µ": output += "u"
      case _ where scalar.isASCII: output.unicodeScalars.append(scalar)
      default: output += "?"
      }
    }
  }
}
