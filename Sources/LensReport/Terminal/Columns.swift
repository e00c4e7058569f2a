/// Text measured in columns of a terminal, where an ideograph takes two and an accent none.
enum Columns {
  /// Scalars that take two columns: East Asian wide and full-width ones, and pictures (Unicode 16, UAX #11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
    0x2E80...0x303E,
    0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF,
    0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FFF, 0x17000...0x18DFF,
    0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]

  /// Columns of one character.
  static func width(_ character: Character) -> Int {
    // Most of what is measured is ASCII.
    if character.isASCII { return 1 }
    var width = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { return 2 }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format, .control: continue
      default: break
      }
      let isWide =
        scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
        || (0x1F300...0x1FAFF).contains(scalar.value)
      width = max(width, isWide ? 2 : 1)
    }
    return width
  }

  /// Columns of a text on one line.
  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  /// The text cut to so many columns, with a mark where something is missing.
  static func cut(_ text: String, to columns: Int, ellipsis: String) -> String {
    guard width(text) > columns else { return text }
    var room = columns - ellipsis.count
    guard room > 0 else { return String(ellipsis.prefix(max(0, columns))) }
    var output = ""
    for character in text {
      room -= width(character)
      if room < 0 { break }
      output.append(character)
    }
    return output + ellipsis
  }

  /// The text with blanks behind it up to so many columns.
  static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text)))
  }

  /// The text with blanks before it.
  static func aligned(_ text: String, to columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - width(text))) + text
  }

  /// The words in lines of so many columns, at most so many lines.
  static func wrapped(_ text: String, to columns: Int, lines most: Int, ellipsis: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var rest = text.split(separator: " ")[...]
    while let word = rest.first {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if width(longer) <= columns || line.isEmpty {
        line = longer
        rest = rest.dropFirst()
        guard width(line) <= columns || lines.count == most - 1 else {
          // A word without end is cut, not let out of its column.
          line = cut(line, to: columns, ellipsis: ellipsis)
          continue
        }
      } else if lines.count == most - 1 {
        break
      } else {
        lines.append(line)
        line = ""
      }
    }
    let tail = rest.isEmpty ? line : line + " " + rest.joined(separator: " ")
    return lines + [cut(tail, to: columns, ellipsis: ellipsis)]
  }
}
