import JSONText
import TraceModel
import TraceSemantics

/// Tools that change something, as the records of a run or a session tell whatever their names are: a record that was read before is
/// another behind the call, or the call takes more than a name for a record that another tool has read already.
struct ChangingTools: Sendable {
  /// What tells that a tool changes something.
  enum Sign: Sendable {
    /// A record is another behind its call.
    case changes
    /// It takes a record that was read before, and words or lists besides.
    case acts

    /// Behind the tool's name.
    var words: String {
      switch self {
      case .changes: "behind which a record is another"
      case .acts: "on a record that was read before"
      }
    }
  }

  /// By the tool's name.
  private(set) var signs: [String: Sign] = [:]

  /// Of longer sessions and larger values less is read.
  private static let (mostCalls, largest, mostIDs) = (4_000, 262_144, 4)

  private struct Call {
    var tool: String
    /// The names of records among its arguments.
    var ids: [String]
    /// Whether it takes lists, objects or texts of several words.
    var takesMore: Bool
    /// What it gave back; nil where that is no object.
    var record: JSONValue?
    /// Whether it gave back a list, as searches do.
    var givesList: Bool
  }

  /// What was read of a record last.
  private struct Known {
    var tool: String
    var record: JSONValue
    /// Other tools that were called for it since.
    var since: Set<String> = []
  }

  /// - Parameter uses: Calls in their order.
  init(_ uses: some Sequence<ToolUse>) {
    var known: [String: Known] = [:]
    for use in uses.prefix(Self.mostCalls) {
      guard let call = Self.call(use) else { continue }
      for id in call.ids { note(call, id, &known[id]) }
    }
  }

  private mutating func note(_ call: Call, _ id: String, _ known: inout Known?) {
    let record = call.record.flatMap { Self.holds($0, id) ? $0 : nil }
    guard let before = known else {
      if let record { known = Known(tool: call.tool, record: record) }
      return
    }
    if before.tool != call.tool, call.takesMore, !call.givesList { add(call.tool, .acts) }
    guard let record else {
      if before.tool != call.tool { known?.since.insert(call.tool) }
      return
    }
    if Self.isOtherState(record, of: before.record) {
      if before.tool != call.tool, before.since.isEmpty { add(call.tool, .changes) }
      // Read again by the same tool: who was called between has changed it.
      if before.tool == call.tool, before.since.count == 1, let other = before.since.first { add(other, .changes) }
    }
    known = Known(tool: call.tool, record: record)
  }

  private mutating func add(_ tool: String, _ sign: Sign) {
    guard signs[tool] != .changes, !ToolEffect.reads(toolNamed: tool) else { return }
    signs[tool] = sign
  }

  private static func call(_ use: ToolUse) -> Call? {
    guard let given = use.arguments, given.rawBytes.count <= largest else { return nil }
    var arguments = whole(given)
    // Some wrap the arguments once more.
    if arguments.count == 1, let only = arguments.members.first(where: { _ in true })?.value,
      whole(only).kind == .object
    {
      arguments = whole(only)
    }
    guard arguments.kind == .object else { return nil }
    var ids: [String] = []
    var takesMore = false
    for member in arguments.members {
      if let id = id(member.value) {
        if ids.count < mostIDs { ids.append(id) }
      } else if member.value.isContainer {
        takesMore = takesMore || member.value.count > 0
      } else if let text = member.value.string {
        takesMore = takesMore || text.utf8.contains(0x20)
      }
    }
    let output = use.result.flatMap { $0.rawBytes.count <= largest ? whole($0) : nil }
    return Call(
      tool: use.name, ids: ids, takesMore: takesMore,
      record: output.flatMap { $0.kind == .object ? $0 : nil },
      givesList: output?.kind == .array)
  }

  /// A value that is JSON in a string, as that JSON.
  private static func whole(_ value: JSONValue) -> JSONValue { value.nestedDocument()?.root ?? value }

  /// The name of a record: a word with a digit in it, or a large number.
  private static func id(_ value: JSONValue) -> String? {
    switch value.kind {
    case .number: return value.int64.flatMap { abs($0 / 1_000) > 0 ? "\($0)" : nil }
    case .string:
      guard value.encodedStringLength <= 80, let text = value.string, text.utf8.count >= 3,
        text.utf8.contains(where: { $0 &- UInt8(ascii: "0") < 10 }), !text.utf8.contains(where: { $0 <= 0x20 })
      else { return nil }
      return text
    default: return nil
    }
  }

  private static func holds(_ record: JSONValue, _ id: String) -> Bool {
    record.members.contains { Self.id($0.value) == id }
  }

  /// Whether two objects are one record at two times: most of what both have is the same, and something is not.
  private static func isOtherState(_ record: JSONValue, of other: JSONValue) -> Bool {
    var (shared, same) = (0, 0)
    for member in record.members {
      guard let before = other[member.key] else { continue }
      shared += 1
      if before.rawBytes.elementsEqual(member.value.rawBytes) { same += 1 }
    }
    return shared >= 3 && same < shared && same * 2 >= shared
  }
}
