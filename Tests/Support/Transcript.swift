public import Foundation
import JSONText

/// A conversation in a file, one JSON object a line:
///
/// - `{"note": "…"}`: for readers.
/// - `{"send": message}`: an object is sent as compact JSON, a string as it stands; both with a line feed.
/// - `{"sendHex": "7b ff"}`: bytes, sent as they are, without a line feed.
/// - `{"end": true}`: the input ends here rather than after the last line.
/// - `{"expect": pattern}`: an answer, see ``Pattern``. It belongs to the answer with the same `id`, in whatever order
///   they come; without `id`, to the next answer without one.
///
/// `${NAME}` in a string stands for what the player was given under that name.
public struct Transcript: Sendable {
  /// One line.
  public enum Step: Sendable {
    case note
    case send([UInt8])
    case expect(Pattern)
    case end
  }

  /// Each line as it stands in the file, and what it means.
  public private(set) var lines: [(text: String, step: Step)] = []
  /// The substitutions that the file uses.
  public private(set) var used: [String: String] = [:]

  /// Reads a file.
  public init(contentsOf file: URL, substitutions: [String: String]) throws {
    try self.init(String(contentsOf: file, encoding: .utf8), substitutions: substitutions)
  }

  /// Reads a text.
  public init(_ text: String, substitutions: [String: String] = [:]) throws {
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty
    {
      do {
        lines.append((String(line), try step(String(line), substitutions)))
      } catch {
        throw TranscriptError("line \(number + 1): \(error)")
      }
    }
  }

  private mutating func step(_ line: String, _ substitutions: [String: String]) throws -> Step {
    let json = try substitute(JSON(JSONDocument(line).root), substitutions)
    if json["note"] != nil { return .note }
    if json["end"] != nil { return .end }
    if let pattern = json["expect"] { return .expect(Pattern(pattern)) }
    switch (json["send"], json["sendHex"]) {
    case (.string(let text), nil): return .send(Array(text.utf8) + [UInt8(ascii: "\n")])
    case (.some(let message), nil): return .send(message.bytes + [UInt8(ascii: "\n")])
    case (nil, .string(let digits)):
      let digits = Array(digits.filter { !$0.isWhitespace })
      return .send(
        try stride(from: 0, to: digits.count, by: 2).map { place in
          guard let byte = UInt8(String(digits[place..<min(place + 2, digits.count)]), radix: 16) else {
            throw TranscriptError("'sendHex' holds something else than hex digits")
          }
          return byte
        })
    default: throw TranscriptError("a step is a note, send, sendHex, expect or end")
    }
  }

  private mutating func substitute(_ json: JSON, _ substitutions: [String: String]) throws -> JSON {
    switch json {
    case .string(let text):
      var result = text
      for match in text.matches(of: /\$\{([A-Za-z0-9_:.\-]+)\}/) {
        let name = String(match.output.1)
        guard let value = substitutions[name] else { throw TranscriptError("nothing to put for ${\(name)}") }
        used[name] = value
        result = result.replacingOccurrences(of: String(match.output.0), with: value)
      }
      return .string(result)
    case .array(let elements): return .array(try elements.map { try substitute($0, substitutions) })
    case .object(let members):
      return .object(try members.map { JSON.Member($0.key, try substitute($0.value, substitutions)) })
    default: return json
    }
  }

  /// The file with other expectations, in the order of the `expect` lines, and the names put back for their values.
  /// Further ones are added at the end.
  func text(recording patterns: [Pattern]) -> String {
    var rest = patterns[...]
    var output = lines.map { line in
      guard case .expect = line.step, let pattern = rest.popFirst() else { return line.text }
      return recordedLine(pattern)
    }
    output += rest.map(recordedLine)
    return output.map { $0 + "\n" }.joined()
  }

  private func recordedLine(_ pattern: Pattern) -> String {
    var text = JSON.object([.init("expect", pattern.json)]).text
    // The longest first, since one value may be part of another.
    for (name, value) in used.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
      let quoted = JSON.string(value).text.dropFirst().dropLast()
      text = text.replacingOccurrences(of: String(quoted), with: "${\(name)}")
    }
    return text
  }
}

/// Why a transcript cannot be played.
public struct TranscriptError: Error, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}
