/// What a user asked an answer to be like, where it can be checked: so many words or items, a language, a form of dates and
/// numbers, words that must not be in it. Only what is said plainly is read; what is said under a condition is not.
enum Constraint: Hashable, Sendable {
  /// At most so many words, sentences or characters.
  case atMost(Int, Unit)
  /// Exactly so many items.
  case items(Int)
  /// In this language.
  case language(String)
  /// Without these words.
  case without(String)
  /// At most so many digits behind the point.
  case decimals(Int)
  /// Days written so.
  case dates(DateText.Form)
  /// A year of these.
  case year(ClosedRange<Int>)

  /// What is counted.
  enum Unit: String, Sendable {
    case words
    case sentences
    case characters
  }

  /// A constraint and the sentence that sets it.
  typealias Said = (constraint: Constraint, sentence: String)

  /// A longer message holds more than the task.
  private static let longest = 6_000
  private static let conditions = ByteSearch([
    "if ", "when ", "unless ", "for example", "e.g.", "such as", "otherwise",
  ])
  /// Where none of these stands, nothing is asked of the answer: most sentences are read no further.
  private static let signs = ByteSearch([
    "word", "sentence", "character", "exactly", "top ", "list ", "name ", "suggest ", "recommend ", "answer", "antwort",
    "respond", "reply", "write", "répond", "repond", "rispond", "round", "nearest", "yyyy", "year", "jahr", "année",
    "año", "mention",
  ])

  /// The constraints of a message, in their order.
  static func all(in message: String) -> [Said] {
    guard message.utf8.count <= longest, signs.isFound(in: message.utf8) else { return [] }
    var found: [Said] = []
    for sentence in Sentences.of(message)
    where sentence.utf8.count <= 500 && signs.isFound(in: sentence.utf8)
      && !conditions.isFound(in: sentence.utf8)
    {
      let lowered = sentence.lowercased().replacing("’", with: "'")
      let words = StepText.words(lowered)
      let said = String(sentence.drop(while: \.isWhitespace).prefix(140))
      let all = [limit(words), items(words), language(words), decimals(words), dates(sentence), year(words, lowered)]
      found += all.compactMap { $0.map { ($0, said) } } + without(sentence, lowered).map { ($0, said) }
    }
    return found
  }

  // MARK: Reading

  private static let numbers: [String: Int] = [
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a": 1, "single": 1,
  ]

  private static func number(_ word: String) -> Int? { Int(word) ?? numbers[word] }

  private static let units: [String: Unit] = [
    "words": .words, "word": .words, "sentences": .sentences, "sentence": .sentences, "characters": .characters,
  ]
  private static let bounds: Set<[String]> = [
    ["at", "most"], ["more", "than"], ["less", "than"], ["fewer", "than"], ["up", "to"], ["exceed"], ["under"],
    ["maximum", "of"], ["max"], ["within"], ["maximum"], ["exactly"], ["in"], ["below"],
  ]

  /// `in at most 50 words`, `no more than two sentences`, `in one sentence`.
  private static func limit(_ words: [String]) -> Constraint? {
    for (place, word) in words.enumerated() {
      guard let unit = units[word], place >= 2, let count = number(words[place - 1]), count > 0 else { continue }
      let before = [words[place - 2], place >= 3 ? words[place - 3] + " " + words[place - 2] : ""]
      guard bounds.contains([before[0]]) || bounds.contains(before[1].split(separator: " ").map(String.init)) else {
        continue
      }
      // `more than 50 words` asks for many, `not more than` for few; and `in 5 words` may be where to look.
      if before[1] == "more than", !(place >= 4 && ["no", "not"].contains(words[place - 4])) { continue }
      if before[0] == "in", !words.contains(where: { asking.contains($0) }) { continue }
      return .atMost(count, unit)
    }
    return nil
  }

  private static let asking: Set<String> = [
    "answer", "respond", "reply", "summarize", "summarise", "summary", "explain", "describe", "write", "tell", "give",
  ]

  private static let listing: Set<String> = [
    "list", "give", "name", "recommend", "suggest", "provide", "find", "return", "show", "me",
  ]

  /// `exactly three reasons`, `top 5 restaurants`, `list 4 options`.
  private static func items(_ words: [String]) -> Constraint? {
    for (place, word) in words.enumerated() {
      guard let count = number(word), (2...50).contains(count), place >= 1, place + 1 < words.count,
        units[words[place + 1]] == nil, words[place + 1].count >= 4, Int(words[place + 1]) == nil
      else { continue }
      let before = words[place - 1]
      let isAsked =
        ["exactly", "top"].contains(before)
        && (before == "top" && place <= 4 || words.contains(where: { listing.contains($0) }))
        // `list 3 options`, not `list the 3 …`, and only at the beginning of what is asked.
        || ["list", "name", "suggest", "recommend"].contains(before) && place <= 4 && words[place + 1].hasSuffix("s")
      guard isAsked else { continue }
      // `list 3 cities and 2 rivers` are two lists.
      let others = words[(place + 1)...].contains { number($0).map { $0 > 1 } ?? false }
      return others ? nil : .items(count)
    }
    return nil
  }

  private static let speaking: Set<String> = [
    "answer", "respond", "reply", "write", "antworte", "antworten", "antwort", "responde", "répondez", "réponds",
    "rispondi",
    "responda", "reponds",
  ]

  /// `answer in French`, `antworte auf Deutsch`.
  private static func language(_ words: [String]) -> Constraint? {
    for (place, word) in words.enumerated() where place >= 2 && ["in", "auf", "en", "em"].contains(words[place - 1]) {
      guard let language = AnswerLanguage.named(word),
        words[max(0, place - 5)..<place].contains(where: { speaking.contains($0) })
      else { continue }
      // `write a word in French` asks for a word.
      guard place + 1 == words.count || !["word", "phrase", "letters"].contains(words[place + 1]) else { continue }
      return .language(language)
    }
    return nil
  }

  /// `rounded to two decimal places`, `to the nearest whole number`.
  private static func decimals(_ words: [String]) -> Constraint? {
    guard let place = words.firstIndex(where: { $0 == "round" || $0 == "rounded" || $0 == "nearest" }) else {
      return nil
    }
    let rest = Array(words[place...].prefix(9))
    for (next, word) in rest.enumerated() {
      switch word {
      case "decimal", "decimals":
        if next >= 1, let count = number(rest[next - 1]) { return .decimals(count) }
        if next >= 2, rest[next - 1] == "places", let count = number(rest[next - 2]) { return .decimals(count) }
      case "integer": return .decimals(0)
      case "whole" where next + 1 < rest.count && rest[next + 1].hasPrefix("number"): return .decimals(0)
      case "tenth": return .decimals(1)
      case "hundredth": return .decimals(2)
      case "thousandth": return .decimals(3)
      default: break
      }
    }
    return nil
  }

  /// `YYYY-MM-DD`, `DD/MM/YYYY`.
  private static func dates(_ sentence: Substring) -> Constraint? {
    let upper = sentence.uppercased()
    if upper.contains("YYYY-MM-DD") { return .dates(.iso) }
    if upper.contains("DD/MM/YYYY") || upper.contains("MM/DD/YYYY") { return .dates(.slashes) }
    return nil
  }

  private static let askingYear = ByteSearch([
    "which year", "what year", "in welchem jahr", "en quelle année", "en qué año",
  ])

  /// `in what year between 2010 and 2015`.
  private static func year(_ words: [String], _ lowered: String) -> Constraint? {
    guard askingYear.isFound(in: lowered.utf8) else { return nil }
    for (place, word) in words.enumerated() where word == "between" && place + 3 < words.count {
      if let from = Int(words[place + 1]), words[place + 2] == "and", let to = Int(words[place + 3]), from < to,
        (1_000...2_100).contains(from), (1_000...2_100).contains(to)
      {
        return .year(from...to)
      }
    }
    return nil
  }

  private static let forbidding = [
    "do not mention ", "don't mention ", "do not use the word ", "don't use the word ", "without using the word ",
    "do not include the word ", "don't include the word ", "without mentioning ", "avoid the word ", "never mention ",
  ]

  private static let forbiddingSigns = ByteSearch(["mention", "the word "])

  /// `do not mention "Acme"`: what is quoted, or a name.
  private static func without(_ sentence: Substring, _ lowered: String) -> [Constraint] {
    guard forbiddingSigns.isFound(in: lowered.utf8) else { return [] }
    return forbidding.compactMap { words in
      guard let place = lowered.firstRange(of: words) else { return nil }
      let rest = sentence.dropFirst(lowered.distance(from: lowered.startIndex, to: place.upperBound))
      let marks: [Character: Character] = ["\"": "\"", "'": "'", "“": "”", "`": "`", "‘": "’"]
      if let first = rest.first, let closing = marks[first] {
        let quoted = rest.dropFirst().prefix { $0 != closing }
        return (2...60).contains(quoted.count) ? .without(String(quoted)) : nil
      }
      let word = rest.prefix { $0.isLetter || $0.isNumber }
      return word.count >= 3 && word.first?.isUppercase == true ? .without(String(word)) : nil
    }
  }
}

extension Constraint {
  /// What of it an answer does not keep, in words; nil when it keeps it, or that cannot be told.
  func breach(in answer: String) -> String? {
    switch self {
    case .atMost(let count, let unit): Self.tooLong(answer, count, unit)
    case .items(let count): Self.listed(answer).flatMap { $0 == count ? nil : "the answer lists \($0)" }
    case .language(let wanted): AnswerLanguage.other(than: wanted, in: answer).map { "the answer is in \($0)" }
    case .without(let words):
      Self.holds(answer, words) ? "the answer has '\(words)'" : nil
    case .decimals(let count): Self.tooExact(answer, count)
    case .dates(let form):
      {
        let found = DateText.all(in: answer)
        guard let first = found.first, !found.contains(where: { $0.form == form }) else { return nil }
        return "the answer writes '\(first.words)'"
      }()
    case .year(let range):
      {
        let years = StepText.words(answer).filter { $0.utf8.count == 4 }.compactMap { Int($0) }.filter {
          (1_000...2_100).contains($0)
        }
        guard let first = years.first, !years.contains(where: { range.contains($0) }) else { return nil }
        return "the answer says \(first)"
      }()
    }
  }

  /// Counting words in any text is inexact: what is a little over is let pass.
  private static func tooLong(_ answer: String, _ count: Int, _ unit: Unit) -> String? {
    switch unit {
    case .words:
      let words = answer.split(whereSeparator: \.isWhitespace).count
      return words > count + max(2, count / 10) ? "the answer has \(words)" : nil
    case .characters:
      return answer.count > count + count / 20 ? "the answer has \(answer.count)" : nil
    case .sentences:
      let sentences = Sentences.of(answer).count { StepText.words(String($0)).count >= 3 }
      return sentences > count + max(1, count / 3) ? "the answer has \(sentences)" : nil
    }
  }

  /// How many items a list of an answer has; nil where it is not one plain list.
  private static func listed(_ answer: String) -> Int? {
    var numbered: [Int] = []
    var bullets = 0
    for line in answer.split(whereSeparator: \.isNewline) {
      // What is indented belongs to the item above.
      guard let first = line.first(where: { $0 != "*" && $0 != "#" }) else { continue }
      let digits = line.drop { $0 == "*" || $0 == "#" || $0 == " " }.prefix { $0.isASCII && $0.isNumber }
      if first.isNumber || line.hasPrefix("#"), !digits.isEmpty, digits.count <= 2,
        let mark = line[digits.endIndex...].first, ".)".contains(mark), let number = Int(digits)
      {
        numbered.append(number)
      } else if line.hasPrefix("- ") || line.hasPrefix("* ") || line.hasPrefix("• ") {
        bullets += 1
      }
    }
    if !numbered.isEmpty { return numbered == Array(1...numbered.count) && numbered.count >= 2 ? numbered.count : nil }
    return bullets >= 2 && !answer.contains("\n\n-") || bullets >= 2 && answer.split(separator: "\n\n").count <= 3
      ? bullets : nil
  }

  /// Whether words stand in a text as words.
  private static func holds(_ text: String, _ words: String) -> Bool {
    let (all, wanted) = (StepText.words(text), StepText.words(words))
    guard !wanted.isEmpty, all.count >= wanted.count else { return false }
    return all.indices.dropLast(wanted.count - 1).contains { Array(all[$0..<$0 + wanted.count]) == wanted }
  }

  /// Digits behind the point of the only number, or of the last of a short answer.
  private static func tooExact(_ answer: String, _ count: Int) -> String? {
    let numbers = answer.split { !($0.isASCII && ($0.isNumber || $0 == "." || $0 == ",")) }
      .map { String($0).trimmingPoints }.filter { $0.contains(where: \.isNumber) }
    guard numbers.count == 1, let number = numbers.first, let point = number.lastIndex(of: "."),
      number.count(where: { $0 == "." }) == 1
    else { return nil }
    let digits = number[number.index(after: point)...]
    return digits.count > count && digits.dropFirst(count).contains { $0 != "0" } ? "the answer says \(number)" : nil
  }
}

extension String {
  /// Without points and commas at its ends.
  fileprivate var trimmingPoints: String {
    String(drop { ".,".contains($0) }.reversed().drop { ".,".contains($0) }.reversed())
  }
}
