import JSONText
import Synchronization

/// Declares a parameter of a tool. The property's type and default say the rest:
///
/// ```swift
/// @Parameter("Trace id.", isPositional: true) var traceID: String    // required, `trace_id` on the wire
/// @Parameter("Deepest level shown.", in: 1...64) var depth: Int = 8  // 8 when absent
/// @Parameter("Only spans of this type.") var spanType: String?       // may be left out
/// ```
///
/// The value is filled in before the tool runs and does not change afterwards.
@propertyWrapper
public struct Parameter<Value: ParameterValue>: Sendable {
  /// A class, so that reflection, which hands out copies, reaches the tool's own value.
  private let slot: Slot<Value>
  private let help: String
  private let range: ClosedRange<Int>?
  private let isPositional: Bool
  private let declaredDefault: Value?

  /// A parameter without a default: required, unless its type is optional.
  ///
  /// - Parameters:
  ///   - help: What it is for; the description in the schema.
  ///   - range: The least and greatest number allowed.
  ///   - isPositional: Whether the command line takes it without a flag.
  public init(_ help: String, in range: ClosedRange<Int>? = nil, isPositional: Bool = false) {
    self.init(declaredDefault: nil, help: help, range: range, isPositional: isPositional)
  }

  /// A parameter with a default.
  ///
  /// - Parameters:
  ///   - wrappedValue: The value when the argument is absent.
  ///   - help: What it is for; the description in the schema.
  ///   - range: The least and greatest number allowed.
  ///   - isPositional: Whether the command line takes it without a flag.
  public init(
    wrappedValue: Value, _ help: String, in range: ClosedRange<Int>? = nil, isPositional: Bool = false
  ) {
    self.init(declaredDefault: wrappedValue, help: help, range: range, isPositional: isPositional)
  }

  private init(declaredDefault: Value?, help: String, range: ClosedRange<Int>?, isPositional: Bool) {
    self.declaredDefault = declaredDefault
    self.help = help
    self.range = range
    self.isPositional = isPositional
    slot = Slot(declaredDefault ?? Value.valueWhenAbsent)
  }

  /// The argument, or the default.
  public var wrappedValue: Value {
    guard let value = slot.value.withLock({ $0 }) else {
      preconditionFailure("a required parameter was read before the arguments were bound")
    }
    return value
  }
}

extension Parameter: DeclaredParameter {
  func descriptor(name: String) -> ParameterDescriptor {
    let shape = Value.shape
    return ParameterDescriptor(
      name: name, help: help, schemaType: shape.type,
      isRequired: declaredDefault == nil && Value.valueWhenAbsent == nil, defaultValue: declaredDefault?.json,
      allowedValues: shape.allowedValues, range: range, isArray: shape.isArray, isPositional: isPositional)
  }

  func take(_ argument: JSONValue) -> Bool {
    guard let value = Value.read(argument, in: range) else { return false }
    slot.value.withLock { $0 = value }
    return true
  }
}

/// A set of parameters that several tools share; a struct of ``Parameter`` properties.
public protocol ParameterSet: Sendable {
  /// The set with its defaults.
  init()
}

/// Declares a shared set of parameters. On the wire they stand beside the tool's own.
@propertyWrapper
public struct ParameterGroup<Group: ParameterSet>: Sendable {
  /// The set.
  public let wrappedValue: Group

  /// A set of its own for this tool.
  public init() { wrappedValue = Group() }
}

extension ParameterGroup: DeclaredGroup {
  var members: any ParameterSet { wrappedValue }
}

/// What reflection looks for in a tool.
protocol DeclaredParameter: Sendable {
  func descriptor(name: String) -> ParameterDescriptor
  /// Keeps the argument, or says that it does not fit.
  func take(_ argument: JSONValue) -> Bool
}

/// What reflection enters in a tool.
protocol DeclaredGroup {
  var members: any ParameterSet { get }
}

private final class Slot<Value: Sendable>: Sendable {
  let value: Mutex<Value?>

  init(_ value: Value?) { self.value = Mutex(value) }
}
