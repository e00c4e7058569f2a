/// What a configuration file would become.
public struct Change: Hashable, Sendable {
  /// A place that changes, for people to see before it does.
  public struct Edit: Hashable, Sendable {
    /// The line it begins on, from 1.
    public var line: Int
    /// What stands there, if anything; without its surroundings, which may hold secrets of others.
    public var old: String?
    /// What will.
    public var new: String
  }

  /// The whole file as it will be.
  public var text: [UInt8]
  /// What differs; empty when it is as it should be.
  public var edits: [Edit]
}

/// Why a file is left alone.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is in the way, and where.
  public var description: String

  init(_ description: String) { self.description = description }
}

extension ServerEntry {
  /// The change that makes a client start this server.
  ///
  /// - Parameter bytes: The file as it is; nil when there is none.
  /// - Throws: when the file cannot be read, or holds what must be changed by hand.
  public func change(in bytes: [UInt8]?, for client: Client) throws(Refusal) -> Change {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let hasMark = bytes?.starts(with: mark) ?? false
    let body = hasMark ? Array(bytes?.dropFirst(3) ?? []) : bytes ?? []
    guard body.contains(where: { !Blank.bytes.contains($0) }) else {
      let text = file(for: client)
      return Change(text: Array(text.utf8), edits: [Change.Edit(line: 1, old: nil, new: text)])
    }
    var change =
      switch client.form {
      case .json(let member, let isTyped):
        try JSONMerge(body).merged(json(isTyped: isTyped), at: [member, name])
      case .toml(let table): try TOMLMerge(body).appended(self, to: table)
      }
    if hasMark { change.text = mark + change.text }
    return change
  }
}

/// Bytes between words.
enum Blank {
  static let bytes: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
}

/// Where a byte stands, as an editor counts.
enum Position {
  /// Line and column, both from 1; the column in bytes.
  static func at(_ offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    let before = bytes.prefix(offset)
    let line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return (line, min(offset, bytes.count) - start + 1)
  }
}
