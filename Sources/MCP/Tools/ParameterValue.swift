public import JSONText

/// A type that a ``Parameter`` may have.
public protocol ParameterValue: Sendable {
  /// The JSON it is read from.
  static var shape: ParameterShape { get }
  /// The value when the argument is absent and no default was declared; nil makes the parameter required.
  static var valueWhenAbsent: Self? { get }
  /// The value of an argument, or nil when the argument does not fit. Numbers must lie in the range, if there is one.
  static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Self?
  /// The value as JSON, for the schema's `default`; nil when there is nothing to write.
  var json: JSON? { get }
}

extension ParameterValue {
  /// Required, unless a default is declared.
  public static var valueWhenAbsent: Self? { nil }
}

/// A ``ParameterValue`` of one JSON scalar: what arrays may be made of.
public protocol ParameterScalar: ParameterValue {}

/// An enumeration of words: adopting this is all an enum with `String` raw values needs.
public protocol ParameterEnum: ParameterScalar, RawRepresentable<String>, CaseIterable {}

extension ParameterEnum {
  /// A string, one of the cases.
  public static var shape: ParameterShape { ParameterShape(.string, allowedValues: allCases.map(\.rawValue)) }

  /// The case of that very word.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Self? {
    argument.string.flatMap(Self.init(rawValue:))
  }

  /// The word.
  public var json: JSON? { .string(rawValue) }
}

extension String: ParameterScalar {
  /// A string.
  public static var shape: ParameterShape { ParameterShape(.string) }

  /// Any string.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> String? { argument.string }

  /// The string.
  public var json: JSON? { .string(self) }
}

extension Bool: ParameterScalar {
  /// A boolean.
  public static var shape: ParameterShape { ParameterShape(.boolean) }

  /// `true` or `false`, no other spelling.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Bool? { argument.bool }

  /// The boolean.
  public var json: JSON? { .bool(self) }
}

extension Int: ParameterScalar {
  /// An integer.
  public static var shape: ParameterShape { ParameterShape(.integer) }

  /// An integer in the range. `5.0` is taken as 5: JSON Schema counts it as an integer, and some clients write it so.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Int? {
    guard let number = argument.int64.flatMap(Int.init(exactly:)) ?? argument.double.flatMap(Int.init(exactly:)),
      range?.contains(number) != false
    else { return nil }
    return number
  }

  /// The integer.
  public var json: JSON? { .int(Int64(self)) }
}

extension Double: ParameterScalar {
  /// A number.
  public static var shape: ParameterShape { ParameterShape(.number) }

  /// A finite number in the range.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Double? {
    guard let number = argument.double, number.isFinite else { return nil }
    if let range, number < Double(range.lowerBound) || number > Double(range.upperBound) { return nil }
    return number
  }

  /// The number.
  public var json: JSON? { .double(self) }
}

extension Array: ParameterValue where Element: ParameterScalar {
  /// An array of the elements' type.
  public static var shape: ParameterShape {
    ParameterShape(Element.shape.type, allowedValues: Element.shape.allowedValues, isArray: true)
  }

  /// An array whose elements all fit. Where they are strings, one string is taken as a list divided by commas.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> [Element]? {
    switch argument.kind {
    case .array:
      return all(argument.elements.map { Element.read($0, in: range) })
    case .string where Element.shape.type == .string:
      let words = (argument.string ?? "").split(separator: ",").map { $0.trimming(while: \.isWhitespace) }
      let list = JSON.array(words.filter { !$0.isEmpty }.map { JSON.string(String($0)) })
      guard let document = try? JSONDocument(list.bytes) else { return nil }
      return all(document.root.elements.map { Element.read($0, in: range) })
    default:
      return nil
    }
  }

  private static func all(_ elements: [Element?]) -> [Element]? {
    let found = elements.compactMap(\.self)
    return found.count == elements.count ? found : nil
  }

  /// The elements.
  public var json: JSON? { .array(compactMap(\.json)) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  /// The shape of the wrapped value.
  public static var shape: ParameterShape { Wrapped.shape }

  /// Nil: an optional parameter may be left out.
  public static var valueWhenAbsent: Wrapped?? { .some(nil) }

  /// The wrapped value.
  public static func read(_ argument: JSONValue, in range: ClosedRange<Int>?) -> Wrapped?? {
    Wrapped.read(argument, in: range).map(Optional.some)
  }

  /// The wrapped value, if there is one.
  public var json: JSON? { self.flatMap(\.json) }
}

extension Substring {
  fileprivate func trimming(while isUnwanted: (Character) -> Bool) -> Substring {
    var rest = drop(while: isUnwanted)
    while let last = rest.last, isUnwanted(last) { rest.removeLast() }
    return rest
  }
}
