/// What the program ends with: the same for every verb, in every help text and in the README.
enum ExitStatus: Int32, CaseIterable {
  case answered = 0
  case notThere = 1
  case failed = 2
  case grave = 3
  case wrongUse = 64

  /// What it says, for people.
  var meaning: String {
    switch self {
    case .answered: "answered"
    case .notThere: "what was asked for is not there"
    case .failed: "failed: the store, a file or the network"
    case .grave: "answered, and a finding is of high severity (with --exit-code)"
    case .wrongUse: "wrong use: an option, an argument or its value"
    }
  }

  /// The part of a help text.
  ///
  /// - Parameter statuses: Those that the verb can end with.
  static func help(_ statuses: [ExitStatus]) -> String {
    (["EXIT CODES:"]
      + statuses.map { status in
        let number = "\(status.rawValue)"
        return "  \(number)\(String(repeating: " ", count: 4 - number.count))\(status.meaning)"
      }).joined(separator: "\n")
  }
}
