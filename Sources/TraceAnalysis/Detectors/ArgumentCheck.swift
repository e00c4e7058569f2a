import JSONText

/// Holds a value against the part of JSON Schema that tools and answers in JSON use: required and known properties, types,
/// choices, items, references inside of the schema. What it does not know, it allows.
enum ArgumentCheck {
  /// What is wrong with the arguments of a call, in words; nil when nothing is.
  static func mistake(in arguments: JSONValue?, _ schema: JSONValue) -> String? {
    let given = arguments ?? .null
    guard given.kind == .object || given.isNull else { return "the arguments are no object" }
    return mistake(in: given, resolved(schema, schema), schema, [])
  }

  /// What is wrong with a value, in words; nil when nothing is.
  static func mistake(inValue value: JSONValue, _ schema: JSONValue) -> String? {
    mistake(value, schema, schema, [])
  }

  private static let (deepest, mostElements) = (12, 200)

  /// An object's members.
  private static func mistake(
    in given: JSONValue, _ schema: JSONValue, _ root: JSONValue, _ path: [String]
  ) -> String? {
    func name(_ key: String) -> String { (path + [key]).joined(separator: ".") }
    let properties = schema["properties"]
    for key in schema["required"]?.elements.compactMap(\.string) ?? [] where given[key] == nil {
      return "'\(name(key))' is missing"
    }
    for member in given.members {
      guard let property = properties?[member.key] else {
        // Unless the schema says so, further properties are allowed; a tool that has none takes none.
        if schema["additionalProperties"]?.bool == false {
          let known = properties?.members.map(\.key).joined(separator: ", ") ?? "none"
          return "there is no '\(name(member.key))' (there is: \(known))"
        }
        continue
      }
      if let mistake = mistake(member.value, property, root, path + [member.key]) { return mistake }
    }
    return nil
  }

  private static func mistake(
    _ value: JSONValue, _ schema: JSONValue, _ root: JSONValue, _ path: [String]
  ) -> String? {
    guard path.count < deepest else { return nil }
    let schema = resolved(schema, root)
    let name = path.isEmpty ? "it" : "'\(path.joined(separator: "."))'"
    // Null stands for "left out" in many clients.
    if value.isNull { return nil }
    if let choices = schema["enum"], choices.count > 0, value.kind == .string,
      !choices.elements.contains(where: { $0.string == value.string })
    {
      let list = choices.elements.prefix(6).compactMap(\.string).joined(separator: ", ")
      return "\(name) is '\(value.string?.prefix(40) ?? "")', not one of \(list)"
    }
    for key in ["anyOf", "oneOf"] {
      guard let choices = schema[key], choices.count > 0 else { continue }
      let mistakes = choices.elements.map { mistake(value, $0, root, path) }
      guard mistakes.allSatisfy({ $0 != nil }) else { continue }
      // Of several forms it cannot be told which was meant.
      return mistakes.count == 1 ? mistakes[0] : "\(name) fits none of the forms that are allowed"
    }
    let types = types(schema)
    guard types.isEmpty || types.contains(where: { fits(value, $0) }) else {
      return "\(name) should be of type \(types.joined(separator: " or "))"
    }
    switch value.kind {
    case .object: return mistake(in: value, schema, root, path)
    case .array:
      guard let items = schema["items"], items.kind == .object else { return nil }
      return value.elements.prefix(mostElements).enumerated().lazy.compactMap { place, element in
        mistake(element, items, root, path + ["\(place)"])
      }.first
    default: return nil
    }
  }

  /// The schema that a reference inside of the whole points to.
  private static func resolved(_ schema: JSONValue, _ root: JSONValue) -> JSONValue {
    guard let reference = schema["$ref"]?.string, reference.hasPrefix("#/"),
      case .found(let target) = JSONPath(steps: reference.dropFirst(2).split(separator: "/").map(String.init)).resolve(
        in: root)
    else { return schema }
    return target
  }

  /// `"string"`, `["string", "null"]`, and Gemini's `"STRING"`.
  private static func types(_ schema: JSONValue) -> [String] {
    guard let type = schema["type"] else { return [] }
    return (type.string.map { [$0] } ?? type.elements.compactMap(\.string)).map { $0.lowercased() }
  }

  private static func fits(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "string": value.kind == .string
    case "integer": value.kind == .number && (value.double.map { $0 == $0.rounded() } ?? false)
    case "number": value.kind == .number
    case "boolean": value.bool != nil
    case "array": value.kind == .array
    case "object": value.kind == .object
    case "null": value.isNull
    default: true
    }
  }
}
