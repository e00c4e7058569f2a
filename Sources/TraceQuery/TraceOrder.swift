import TraceModel

/// One key of an order.
public struct TraceOrder: Sendable, Hashable {
  /// What traces can be ordered by. Names as in MLflow's `order_by`.
  public enum Key: Sendable, Hashable {
    /// When it began.
    case timestamp
    /// How long it took.
    case executionTime
    /// When it ended; when it began, if its end was not recorded.
    case endTime
    /// Its state.
    case status
    /// Its name.
    case name
    /// Its id.
    case requestID
    /// Its experiment.
    case experimentID
    /// One of its tags.
    case tag(String)
    /// One of its metadata entries.
    case metadata(String)

    /// Keys without a name of their own.
    public static let plain: [Key] = [
      .timestamp, .executionTime, .endTime, .status, .name, .requestID, .experimentID,
    ]

    /// The key in MLflow's words.
    public var text: String {
      switch self {
      case .timestamp: "timestamp_ms"
      case .executionTime: "execution_time_ms"
      case .endTime: "end_time_ms"
      case .status: "status"
      case .name: "name"
      case .requestID: "request_id"
      case .experimentID: "experiment_id"
      case .tag(let key): "tag.`\(key)`"
      case .metadata(let key): "metadata.`\(key)`"
      }
    }

    /// Reads a key; nil when there is none of that name.
    init?(_ text: Substring) {
      let prefix = text.firstIndex(of: ".").map { text[..<$0] } ?? ""
      var key = prefix.isEmpty ? text : text[text.index(after: prefix.endIndex)...]
      key = Backticks.content(of: key) ?? key
      // What is left of one stands for nothing, and could not be written again.
      guard !Backticks.stand(in: key) else { return nil }
      let plain = ["timestamp", "execution_time", "end_time"].contains(key) ? "\(key)_ms" : String(key)
      switch prefix {
      case "", "trace", "attribute", "attributes":
        if plain == "run_id" {
          self = .metadata(ReservedKey.sourceRun)
        } else if let known = Self.plain.first(where: { $0.text == plain }) {
          self = known
        } else {
          return nil
        }
      case "tag", "tags":
        guard !key.isEmpty else { return nil }
        self = key.lowercased() == "name" ? .name : .tag(plain)
      case "metadata", "request_metadata":
        guard !key.isEmpty, !FilterKeys.reservedMetadata.contains(String(key)) else { return nil }
        self = key.lowercased() == "name" ? .name : .metadata(key == "run_id" ? ReservedKey.sourceRun : plain)
      default: return nil
      }
    }
  }

  /// By what.
  public var key: Key
  /// From high to low.
  public var isDescending: Bool

  /// An order from its parts.
  public init(_ key: Key, isDescending: Bool = false) {
    self.key = key
    self.isDescending = isDescending
  }

  /// MLflow's tie-break, and its order when none is asked for: newest first, then by id.
  public static let tieBreak = [TraceOrder(.timestamp, isDescending: true), TraceOrder(.requestID)]

  /// Reads `timestamp_ms DESC, status`. Ascending unless said otherwise; `timestamp` and `execution_time` are accepted, and
  /// keys with odd characters between backticks.
  public static func parse(_ text: String) throws(QueryError) -> [TraceOrder] {
    var orders: [TraceOrder] = []
    for item in split(text, at: ",") {
      let words = split(item, at: " ")
      guard let name = words.first else { continue }
      guard let key = Key(name) else {
        let keys = Key.plain.map(\.text) + ["run_id", "tag.<key>", "metadata.<key>"]
        throw QueryError("cannot order by '\(name)'", allowed: "keys are \(keys.joined(separator: ", "))")
      }
      let direction = words.count == 2 ? words[1].uppercased() : words.count == 1 ? "ASC" : ""
      guard direction == "ASC" || direction == "DESC" else {
        throw QueryError("'\(item)' in order_by is not understood", allowed: "write a key and ASC or DESC")
      }
      guard !orders.contains(where: { $0.key == key }) else {
        throw QueryError("'\(name)' stands twice in order_by", allowed: "name each key once")
      }
      orders.append(TraceOrder(key, isDescending: direction == "DESC"))
    }
    return orders
  }

  /// The parts between separators that stand outside backticks, empty ones left out.
  private static func split(_ text: some StringProtocol, at separator: Unicode.Scalar) -> [Substring] {
    var isQuoted = false
    return Substring(text).unicodeScalars.split { scalar in
      if scalar == "`" { isQuoted.toggle() }
      return !isQuoted && (scalar == separator || separator == " " && scalar.properties.isWhitespace)
    }.map { Substring($0) }
  }
}
