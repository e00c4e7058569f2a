/// Languages by their names, and the one that a text is written in, as far as its letters and its commonest words tell.
enum AnswerLanguage {
  private struct Language {
    /// As it is called where an answer in it is asked for, in lower case.
    var names: [String]
    /// Words that are frequent in it and rare in the others.
    var words: Set<String> = []
    /// Letters that only it, or few others, have.
    var letters: [ClosedRange<UInt32>] = []
  }

  private static let all: [String: Language] = [
    "English": Language(
      names: ["english", "englisch", "inglés", "anglais", "inglês", "inglese"],
      words: ["the", "and", "is", "of", "to", "with", "for", "that", "this", "are", "it", "was", "you", "your", "have"]),
    "German": Language(
      names: ["german", "deutsch", "alemán", "allemand", "alemão", "tedesco"],
      words: [
        "der", "die", "und", "ist", "das", "nicht", "mit", "für", "ein", "eine", "von", "sie", "auf", "den", "zu",
      ]),
    "French": Language(
      names: ["french", "französisch", "francés", "français", "francese"],
      words: [
        "le", "les", "est", "et", "des", "une", "dans", "pour", "vous", "que", "du", "sur", "pas", "avec", "sont",
      ]),
    "Spanish": Language(
      names: ["spanish", "spanisch", "español", "espagnol", "espanhol", "spagnolo"],
      words: ["el", "los", "las", "y", "es", "una", "para", "por", "con", "que", "del", "su", "no", "está", "más"]),
    "Italian": Language(
      names: ["italian", "italienisch", "italiano", "italien"],
      words: ["il", "gli", "che", "è", "di", "una", "per", "con", "non", "della", "sono", "nel", "più", "si", "le"]),
    "Portuguese": Language(
      names: ["portuguese", "portugiesisch", "português", "portugais"],
      words: ["o", "os", "as", "um", "uma", "não", "para", "com", "que", "em", "do", "da", "você", "são", "é"]),
    "Dutch": Language(
      names: ["dutch", "niederländisch", "nederlands"],
      words: ["het", "een", "en", "van", "is", "niet", "dat", "voor", "met", "zijn", "op", "te", "aan", "je", "wordt"]),
    "Russian": Language(names: ["russian", "russisch", "ruso", "russe"], letters: [0x400...0x4FF]),
    "Chinese": Language(names: ["chinese", "mandarin", "chinesisch", "chino", "chinois"], letters: [0x4E00...0x9FFF]),
    "Japanese": Language(
      names: ["japanese", "japanisch", "japonés", "japonais"], letters: [0x3040...0x30FF, 0x4E00...0x9FFF]),
    "Korean": Language(names: ["korean", "koreanisch", "coreano", "coréen"], letters: [0xAC00...0xD7AF]),
    "Arabic": Language(names: ["arabic", "arabisch", "árabe", "arabe"], letters: [0x600...0x6FF]),
    "Hindi": Language(names: ["hindi"], letters: [0x900...0x97F]),
  ]

  /// The language of that name; nil where it is none of those that are told.
  static func named(_ word: String) -> String? {
    all.first { $0.value.names.contains(word) }?.key
  }

  /// Shorter texts tell no language.
  private static let (fewestWords, fewestHits, fewestLetters) = (20, 5, 20)

  /// The language that a text is in instead of another, where that is sure; nil where it may be in the one that was asked for.
  static func other(than wanted: String, in text: String) -> String? {
    guard let language = all[wanted] else { return nil }
    let prose = StepText.withoutCode(text)
    let letters = prose.unicodeScalars.filter(\.properties.isAlphabetic)
    guard letters.count >= fewestLetters else { return nil }
    let script = all.filter { !$0.value.letters.isEmpty }.map { name, other in
      (name, letters.count { letter in other.letters.contains { $0.contains(letter.value) } } * 100 / letters.count)
    }.max { ($0.1, $1.0) < ($1.1, $0.0) }
    if !language.letters.isEmpty {
      let own =
        letters.count { letter in language.letters.contains { $0.contains(letter.value) } } * 100 / letters.count
      return own < 20 ? script.flatMap { $0.1 > 50 ? $0.0 : nil } ?? "another script" : nil
    }
    if let (name, share) = script, share > 50 { return name }
    let words = StepText.words(prose).map { $0.lowercased() }
    guard words.count >= fewestWords else { return nil }
    let counts = all.compactMapValues { language in
      language.words.isEmpty ? nil : words.count { language.words.contains($0) }
    }
    let own = counts[wanted] ?? 0
    guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.key != wanted,
      most.value >= fewestHits, most.value > 3 * own, most.value * 8 >= words.count
    else { return nil }
    return most.key
  }
}
