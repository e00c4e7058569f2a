public import JSONText

/// The JSON type of a parameter's value or, for an array, of its elements.
public enum ParameterType: String, Sendable {
  /// Text, or a word of an enumeration.
  case string
  /// A whole number.
  case integer
  /// Any number.
  case number
  /// `true` or `false`.
  case boolean
}

/// Which JSON a ``ParameterValue`` is read from.
public struct ParameterShape: Hashable, Sendable {
  /// The type of the value, or of each element.
  public var type: ParameterType
  /// The words of an enumeration; nil when any value of the type will do.
  public var allowedValues: [String]?
  /// Whether this is an array of such values.
  public var isArray: Bool

  /// A shape from its parts.
  public init(_ type: ParameterType, allowedValues: [String]? = nil, isArray: Bool = false) {
    self.type = type
    self.allowedValues = allowedValues
    self.isArray = isArray
  }
}

/// One parameter of a tool: the source of its schema, its checks, its flag on the command line and its documentation.
public struct ParameterDescriptor: Hashable, Sendable {
  /// The name on the wire, in snake case.
  public var name: String
  /// What it is for.
  public var help: String
  /// The JSON type, of each element when ``isArray``.
  public var schemaType: ParameterType
  /// Whether a call without it is refused.
  public var isRequired: Bool
  /// The value taken when it is absent; nil when it is required or absence means "not given".
  public var defaultValue: JSON?
  /// The words of an enumeration.
  public var allowedValues: [String]?
  /// The least and greatest number allowed, of each element when ``isArray``.
  public var range: ClosedRange<Int>?
  /// Whether it takes several values.
  public var isArray: Bool
  /// Whether the command line takes it without a flag, in the order of declaration.
  public var isPositional: Bool

  /// What would be right, as the end of a sentence: "an integer from 1 to 64".
  var expectation: String {
    let bounds = range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""
    if let allowedValues {
      let words = allowedValues.joined(separator: ", ")
      return isArray ? "an array of these: \(words)" : "one of \(words)"
    }
    return switch (schemaType, isArray) {
    case (.string, false): "a string"
    case (.string, true): "an array of strings"
    case (.integer, false): "an integer\(bounds)"
    case (.integer, true): "an array of integers\(bounds)"
    case (.number, false): "a number\(bounds)"
    case (.number, true): "an array of numbers\(bounds)"
    case (.boolean, false): "true or false"
    case (.boolean, true): "an array of true and false"
    }
  }

  /// The JSON Schema of the value.
  var schema: JSON {
    var value: [JSON.Member] = [.init("type", .string(schemaType.rawValue))]
    if let allowedValues { value.append(.init("enum", .array(allowedValues.map(JSON.string)))) }
    if let range {
      value.append(.init("minimum", .int(Int64(range.lowerBound))))
      // A bound that nobody reaches is not worth its words.
      if range.upperBound < Int(Int32.max) { value.append(.init("maximum", .int(Int64(range.upperBound)))) }
    }
    var members = isArray ? [.init("type", "array"), .init("items", .object(value))] : value
    members.append(.init("description", .string(help)))
    if let defaultValue, defaultValue != .array([]) { members.append(.init("default", defaultValue)) }
    return .object(members)
  }

  /// The schema of a tool's arguments: a closed object. No `anyOf` and the like at the root; some model APIs refuse them.
  static func inputSchema(of parameters: [ParameterDescriptor]) -> JSON {
    var members: [JSON.Member] = [.init("type", "object")]
    if !parameters.isEmpty {
      members.append(.init("properties", .object(parameters.map { .init($0.name, $0.schema) })))
    }
    let required = parameters.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { members.append(.init("required", .array(required))) }
    members.append(.init("additionalProperties", false))
    return .object(members)
  }
}
