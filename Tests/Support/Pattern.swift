public import JSONText

/// What a transcript expects: JSON of which the listed members must match. Arrays match element by element, and an
/// object with a key in `$` is a matcher: `{"$any": "string"}` (or integer, number, boolean, object, array, null, value),
/// `{"$contains": "text"}` (or an array of texts, all of them), `{"$absent": true}`.
public struct Pattern: Hashable, Sendable {
  /// The pattern as JSON.
  public var json: JSON

  /// A pattern from its JSON.
  public init(_ json: JSON) { self.json = json }

  /// Where and how a value differs; empty when it matches.
  public func mismatches(with actual: JSON?, at path: String = "$") -> [String] {
    if let matcher { return matcher.mismatches(actual, path) }
    guard let actual else { return ["\(path): expected \(json.text), but there is nothing"] }
    switch (json, actual) {
    case (.object(let members), .object):
      return members.flatMap { Pattern($0.value).mismatches(with: actual[$0.key], at: "\(path).\($0.key)") }
    case (.array(let expected), .array(let found)):
      var problems = zip(expected, found).enumerated().flatMap { place, pair in
        Pattern(pair.0).mismatches(with: pair.1, at: "\(path)[\(place)]")
      }
      if expected.count != found.count {
        problems.append("\(path): expected \(expected.count) elements, got \(found.count)")
      }
      return problems
    case (.string(let expected), .string(let found)) where expected != found && (expected + found).contains("\n"):
      return ["\(path):\n" + LineDiff.describe(expected: expected, actual: found)]
    default:
      return json == actual ? [] : ["\(path): expected \(json.text), got \(actual.text)"]
    }
  }

  /// The pattern that the answer would have made: the whole answer, with the matchers that still match in their places.
  public func recorded(_ actual: JSON) -> Pattern {
    if matcher != nil, mismatches(with: actual).isEmpty { return self }
    switch (json, actual) {
    case (.object(let expected), .object(let found)):
      var members = found.map { member in
        JSON.Member(
          member.key, (json[member.key].map(Pattern.init) ?? Pattern(member.value)).recorded(member.value).json)
      }
      members += expected.filter { actual[$0.key] == nil && $0.value["$absent"] != nil }
      return Pattern(.object(members))
    case (.array(let expected), .array(let found)) where expected.count == found.count:
      return Pattern(.array(zip(expected, found).map { Pattern($0).recorded($1).json }))
    default:
      return Pattern(actual)
    }
  }

  private var matcher: Matcher? {
    guard case .object(let members) = json, let member = members.first, members.count == 1 else { return nil }
    return switch (member.key, member.value) {
    case ("$any", .string(let kind)): .any(kind)
    case ("$contains", .string(let text)): .contains([text])
    case ("$contains", .array(let texts)):
      .contains(texts.compactMap { if case .string(let text) = $0 { text } else { nil } })
    case ("$absent", _): .absent
    default: nil
    }
  }
}

private enum Matcher {
  case any(String)
  case contains([String])
  case absent

  func mismatches(_ actual: JSON?, _ path: String) -> [String] {
    switch self {
    case .absent:
      return actual.map { ["\(path): expected nothing, got \($0.text)"] } ?? []
    case .any(let kind):
      guard let actual else { return ["\(path): expected any \(kind), but there is nothing"] }
      return kind == "value" || Self.kinds(of: actual).contains(kind)
        ? [] : ["\(path): expected any \(kind), got \(actual.text)"]
    case .contains(let texts):
      guard case .string(let text) = actual else {
        return ["\(path): expected a string, got \(actual?.text ?? "nothing")"]
      }
      return texts.filter { !text.contains($0) }.map { "\(path): expected to contain \"\($0)\", got:\n\(text)" }
    }
  }

  private static func kinds(of value: JSON) -> [String] {
    switch value {
    case .null: ["null"]
    case .bool: ["boolean"]
    case .int: ["integer", "number"]
    case .double: ["number"]
    case .number(let text): text.contains { ".eE".contains($0) } ? ["number"] : ["integer", "number"]
    case .string: ["string"]
    case .array: ["array"]
    case .object: ["object"]
    }
  }
}
