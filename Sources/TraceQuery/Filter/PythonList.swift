/// The list behind IN, which MLflow evaluates as a Python literal: escapes count, neighbouring texts are one.
enum PythonList {
  /// The texts between the parentheses.
  static func strings(_ scalars: [Unicode.Scalar], at offset: Int) throws(FilterError) -> [String] {
    var texts: [String] = []
    var position = 0
    var awaitsElement = true
    func malformed(_ message: String) -> FilterError {
      FilterError(
        .listEmptyOrMalformed, at: offset + 1 + position, message, allowed: "A list is texts in quotes: ('a', 'b')")
    }
    while position < scalars.count {
      let scalar = scalars[position]
      switch scalar {
      case _ where scalar.properties.isWhitespace: position += 1
      case "'", "\"":
        let (text, end) = try string(scalars, position, offset)
        if awaitsElement { texts.append(text) } else { texts[texts.count - 1] += text }
        (position, awaitsElement) = (end, false)
      case ",":
        guard !awaitsElement else { throw malformed("an element is missing in the list") }
        (position, awaitsElement) = (position + 1, true)
      case _ where ("0"..."9").contains(scalar) || scalar == "-": throw malformed("a number stands in the list")
      default:
        throw FilterError(
          .listNotLiteral, at: offset + 1 + position, "a word without quotes stands in the list",
          allowed: "A list is texts in quotes: ('a', 'b')")
      }
    }
    guard !texts.isEmpty else { throw malformed("the list is empty") }
    return texts
  }

  private static func string(
    _ scalars: [Unicode.Scalar], _ start: Int, _ offset: Int
  ) throws(FilterError) -> (String, end: Int) {
    var text = String.UnicodeScalarView()
    var position = start + 1
    while position < scalars.count, scalars[position] != scalars[start] {
      guard scalars[position] == "\\", position + 1 < scalars.count else {
        text.append(scalars[position])
        position += 1
        continue
      }
      let name = scalars[position + 1]
      position += 2
      let digits: Int? = ["x": 2, "u": 4, "U": 8][name]
      if let digits {
        let end = min(position + digits, scalars.count)
        let number = String(String.UnicodeScalarView(scalars[position..<end]))
        guard end - position == digits, number.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit),
          let value = UInt32(number, radix: 16), let scalar = Unicode.Scalar(value)
        else {
          throw FilterError(
            .listNotLiteral, at: offset + 1 + position, "the escape \\\(name) is not complete",
            allowed: "Write \\x41, \\u0041, or the character itself")
        }
        text.append(scalar)
        position = end
      } else if let plain = escapes[name] {
        text.append(plain)
      } else if name != "\n" {
        text.append("\\")
        text.append(name)
      }
    }
    guard position < scalars.count else {
      throw FilterError(
        .listEmptyOrMalformed, at: offset + 1 + start, "the quote is not closed", allowed: "End the text with its quote"
      )
    }
    return (String(text), position + 1)
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\\": "\\", "'": "'", "\"": "\"", "n": "\n", "t": "\t", "r": "\r", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}",
    "v": "\u{B}", "0": "\0",
  ]
}
