import TraceSemantics

/// What a number counts: kilometres, dollars, a rate per week. Only units whose words mean nothing else are known, for a unit
/// that is read wrongly accuses a right answer.
enum MeasureUnit: String, Sendable, Hashable {
  case millisecond, second, minute, hour, day, week, month, year
  case perSecond, perMinute, perHour, perDay, perWeek, perMonth, perYear
  case millimetre, centimetre, metre, kilometre, foot, mile
  case gram, kilogram, ounce, poundOfWeight
  case celsius, fahrenheit
  case cent, usDollar, euro, poundSterling, yen, rupee, swissFranc
  case byte, kilobyte, megabyte, gigabyte, terabyte

  /// Units of one kind can be taken for each other.
  enum Kind: Sendable { case duration, rate, length, mass, temperature, money, size }

  /// What kind of thing it measures.
  var kind: Kind {
    switch self {
    case .millisecond, .second, .minute, .hour, .day, .week, .month, .year: .duration
    case .perSecond, .perMinute, .perHour, .perDay, .perWeek, .perMonth, .perYear: .rate
    case .millimetre, .centimetre, .metre, .kilometre, .foot, .mile: .length
    case .gram, .kilogram, .ounce, .poundOfWeight: .mass
    case .celsius, .fahrenheit: .temperature
    case .cent, .usDollar, .euro, .poundSterling, .yen, .rupee, .swissFranc: .money
    case .byte, .kilobyte, .megabyte, .gigabyte, .terabyte: .size
    }
  }

  /// As a person would write it behind a number.
  var words: String {
    switch self {
    case .perSecond, .perMinute, .perHour, .perDay, .perWeek, .perMonth, .perYear:
      "per \(rawValue.dropFirst(3).lowercased())"
    case .poundOfWeight: "pounds of weight"
    case .usDollar: "US dollars"
    case .poundSterling: "pounds sterling"
    case .swissFranc: "Swiss francs"
    case .celsius, .fahrenheit: "degrees \(rawValue.prefix(1).uppercased() + rawValue.dropFirst())"
    case .foot: "feet"
    default: rawValue + "s"
    }
  }

  private static let spellings: [(MeasureUnit, [String])] = [
    (.millisecond, ["ms", "msec", "millis", "millisecond", "milliseconds"]),
    (.second, ["sec", "secs", "second", "seconds"]),
    (.minute, ["mins", "minute", "minutes"]), (.hour, ["hrs", "hour", "hours"]), (.day, ["day", "days"]),
    (.week, ["week", "weeks"]), (.month, ["month", "months"]), (.year, ["year", "years"]),
    (.perHour, ["hourly"]), (.perDay, ["daily"]), (.perWeek, ["weekly"]), (.perMonth, ["monthly"]),
    (.perYear, ["yearly", "annual", "annually"]),
    (.millimetre, ["mm", "millimeters", "millimetres"]), (.centimetre, ["cm", "centimeters", "centimetres"]),
    (.metre, ["meters", "metres"]), (.kilometre, ["km", "kilometer", "kilometers", "kilometre", "kilometres"]),
    (.foot, ["ft", "feet"]), (.mile, ["mile", "miles"]),
    (.gram, ["gram", "grams"]), (.kilogram, ["kg", "kgs", "kilogram", "kilograms", "kilos"]),
    (.ounce, ["oz", "ounces"]), (.poundOfWeight, ["lb", "lbs"]),
    (.celsius, ["°c", "℃", "celsius"]), (.fahrenheit, ["°f", "℉", "fahrenheit"]),
    (.cent, ["cent", "cents", "¢"]), (.usDollar, ["usd", "us$", "$", "dollar", "dollars"]),
    (.euro, ["eur", "€", "euro", "euros"]), (.poundSterling, ["gbp", "£"]), (.yen, ["jpy", "yen"]),
    (.rupee, ["inr", "₹", "rupees"]), (.swissFranc, ["chf"]),
    (.byte, ["byte", "bytes"]), (.kilobyte, ["kb", "kib"]), (.megabyte, ["mb", "mib"]), (.gigabyte, ["gb", "gib"]),
    (.terabyte, ["tb", "tib"]),
  ]
  private static let bySpelling = Dictionary(
    uniqueKeysWithValues: spellings.flatMap { unit, words in words.map { ($0, unit) } })
  /// Currencies that are written with `$`, too.
  private static let otherDollars: Set<String> = ["cad", "aud", "nzd", "sgd", "hkd", "mxn"]

  /// The unit of a word in lower case.
  init?(word: some StringProtocol) {
    guard let unit = Self.bySpelling[String(word)] else { return nil }
    self = unit
  }

  /// What a duration is as the time of a rate: `week` is ``perWeek``.
  var asRate: MeasureUnit? {
    guard kind == .duration else { return nil }
    return MeasureUnit(rawValue: "per" + rawValue.prefix(1).uppercased() + rawValue.dropFirst())
  }

  /// The unit that words begin with: `km`, `per week`, `a day`, `units per day`. The words are in lower case.
  init?(leading words: some Collection<Substring>) {
    let words = Array(words.prefix(Self.mostWords))
    guard let first = words.first else { return nil }
    if let unit = MeasureUnit(word: first) {
      // Of `20 km per hour` and `5 USD/day` the first is not the whole, but what money is of stays.
      if words.count > 1, Self.ofEach.contains(words[1]), unit.kind != .money { return nil }
      if first == "degrees" { return nil }
      self = unit
      return
    }
    if first == "degrees", words.count > 1 {
      self.init(word: words[1])
      return
    }
    // `62 per week`, `62 units a day`, `62 open tickets per month`.
    guard let place = words.firstIndex(where: { Self.ofEach.contains($0) }), place + 1 < words.count,
      let unit = MeasureUnit(word: words[place + 1])?.asRate
    else { return nil }
    self = unit
  }

  /// More words do not name a unit.
  static let mostWords = 4

  private static let ofEach: Set<Substring> = ["per", "a", "an", "each", "every"]

  /// The unit that a field states in words of its own: `{"unit": "per week"}`, `{"currency": "EUR"}`.
  init?(stated text: String) {
    let words = text.lowercased().replacing("/", with: " per ").split { $0.isWhitespace || $0 == "_" || $0 == "-" }
    self.init(leading: words)
  }

  /// The unit that a key tells: `distance_km`, `amountCents`, `weekly_demand`, `temperature_c`, `demand_per_week`.
  init?(key: String) {
    let words = IdentifierWords.of(key)
    guard let last = words.last else { return nil }
    if words.count > 2, words[words.count - 2] == "per" {
      guard let unit = MeasureUnit(word: last)?.asRate else { return nil }
      self = unit
      return
    }
    if words.count > 1, words.contains(where: { $0.hasPrefix("temp") }), ["c", "f"].contains(last) {
      self = last == "c" ? .celsius : .fahrenheit
      return
    }
    if let unit = MeasureUnit(word: last), unit.kind != .rate, last != unit.rawValue || unit.kind != .duration {
      // `year` and `start_day` are of a calendar, `days` are counted.
      self = unit
      return
    }
    guard words.count > 1, let unit = words.lazy.compactMap({ MeasureUnit(word: $0) }).first, unit.kind == .rate else {
      return nil
    }
    self = unit
  }

  /// Whether a field names a currency that shares its sign with another.
  static func isOtherDollar(_ text: String) -> Bool { otherDollars.contains(text.lowercased()) }
}
