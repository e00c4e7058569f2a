/// A day, in whichever form it is written: `2024-03-05`, `20240305`, `March 5, 2024`, `5. März 2024`, `05/03/2024`.
struct DateText: Hashable, Sendable {
  let year: Int
  let month: Int
  let day: Int

  /// How a day may be written.
  enum Form: Sendable {
    /// `2024-03-05`.
    case iso
    /// `05/03/2024`, `5.3.2024`: which is the month is not said.
    case slashes
    /// With the month's name.
    case words
    /// `20240305`.
    case digits
  }

  /// A day that stands in a text; where it can be read in two ways, twice.
  struct Found: Sendable {
    var date: DateText
    var form: Form
    /// As it is written.
    var words: String
  }

  private init?(_ year: Int, _ month: Int, _ day: Int) {
    guard (1_000...2_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Longer texts are not read to their end.
  private static let longest = 200_000

  /// The days of a text, in their order.
  static func all(in text: String) -> [Found] {
    let tokens = tokens(of: text)
    var found: [Found] = []
    for (place, token) in tokens.enumerated() {
      found += whole(token)
      guard token.count >= 3, let month = month(token) else { continue }
      func number(_ offset: Int) -> Int? {
        tokens.indices.contains(place + offset) ? self.number(tokens[place + offset]) : nil
      }
      func add(_ year: Int?, _ day: Int?, _ range: ClosedRange<Int>) {
        guard let year, let day, let date = DateText(year, month, day) else { return }
        let words = tokens[range].joined(separator: " ")
        found.append(
          Found(date: date, form: .words, words: ".:?!".contains(words.last ?? " ") ? String(words.dropLast()) : words))
      }
      // `March 5, 2024`, else `5 March 2024` and `5 de marzo de 2024`.
      if let day = number(1), let year = number(2), year > 31 {
        add(year, day, place...place + 2)
      } else {
        let before = tokens.indices.contains(place - 1) && links.contains(tokens[place - 1].lowercased()) ? -2 : -1
        let after = tokens.indices.contains(place + 1) && links.contains(tokens[place + 1].lowercased()) ? 2 : 1
        if let day = number(before), let year = number(after) { add(year, day, place + before...place + after) }
      }
    }
    return found
  }

  /// Whether a text is nothing but a day.
  static func only(_ text: String) -> [DateText] {
    let found = all(in: text)
    guard let first = found.first else { return [] }
    let letters = text.count { $0.isLetter || $0.isNumber }
    return first.words.count { $0.isLetter || $0.isNumber } + 4 >= letters ? found.map(\.date) : []
  }

  private static func tokens(of text: String) -> [Substring] {
    text.prefix(longest).split { $0.isWhitespace || ",()[]\"'“”;|".contains($0) }
  }

  /// A day in one word.
  private static func whole(_ token: Substring) -> [Found] {
    guard let first = token.first, first.isASCII, first.isNumber, token.utf8.count >= 8 else { return [] }
    // `2024-03-05T10:00:00Z`, and the point at the end of a sentence.
    let bare = token.prefix { $0.isNumber || "-/.".contains($0) }
    let parts = bare.split { "-/.".contains($0) }.map { ($0.count, Int($0)) }
    func found(_ year: Int, _ month: Int, _ day: Int, _ form: Form) -> [Found] {
      DateText(year, month, day).map { [Found(date: $0, form: form, words: String(bare))] } ?? []
    }
    switch parts.count {
    case 3:
      guard let first = parts[0].1, let second = parts[1].1, let third = parts[2].1 else { return [] }
      if parts[0].0 == 4 { return found(first, second, third, .iso) }
      guard parts[2].0 == 4, parts[0].0 <= 2 else { return [] }
      return found(third, second, first, .slashes)
        + (first == second ? [] : found(third, first, second, .slashes))
    case 1:
      guard parts[0].0 == 8, bare.count == 8, let number = parts[0].1 else { return [] }
      let date = found(number / 10_000, number / 100 % 100, number % 100, .digits)
      return (1_900...2_099).contains(number / 10_000) ? date : []
    default: return []
    }
  }

  /// `5`, `5th`, `5.`, `2024.`.
  private static func number(_ token: Substring) -> Int? {
    let digits = token.prefix { $0.isASCII && $0.isNumber }
    let rest = token.dropFirst(digits.count).lowercased()
    guard (1...4).contains(digits.count), ["", ".", "st", "nd", "rd", "th", "º", "er", ":", "?", "!"].contains(rest)
    else {
      return nil
    }
    return Int(digits)
  }

  /// Days since a day long ago: two of them tell how many days lie between.
  var dayNumber: Int {
    let (shifted, moved) = (month > 2 ? year : year - 1, (month + 9) % 12)
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (moved * 153 + 2) / 5 + day
  }

  private static let links: Set<String> = ["de", "of", "del"]

  private static let months: [String: Int] = {
    let names = [
      ["january", "jan", "januar", "enero", "janvier", "janeiro", "gennaio"],
      ["february", "feb", "februar", "febrero", "février", "fevereiro", "febbraio"],
      ["march", "mar", "märz", "marzo", "mars", "março"],
      ["april", "apr", "abril", "avril", "aprile"],
      ["may", "mai", "mayo", "maio", "maggio"],
      ["june", "jun", "juni", "junio", "juin", "junho", "giugno"],
      ["july", "jul", "juli", "julio", "juillet", "julho", "luglio"],
      ["august", "aug", "agosto", "août"],
      ["september", "sep", "sept", "septiembre", "septembre", "setembro", "settembre"],
      ["october", "oct", "oktober", "okt", "octubre", "octobre", "outubro", "ottobre"],
      ["november", "nov", "noviembre", "novembre", "novembro"],
      ["december", "dec", "dezember", "dez", "diciembre", "décembre", "dezembro", "dicembre"],
    ]
    return Dictionary(
      names.enumerated().flatMap { place, all in all.map { ($0, place + 1) } }, uniquingKeysWith: { first, _ in first })
  }()

  private static func month(_ token: Substring) -> Int? {
    guard token.first?.isLetter == true else { return nil }
    return months[String(token.prefix(while: \.isLetter)).lowercased()]
  }
}
