/// A JSON value to be written: what answers, schemas and messages are made of. Objects keep the order they were given.
///
/// Reading goes through ``JSONDocument``, which copies nothing; this type is for building.
public indirect enum JSON: Sendable, Hashable {
  /// The word `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// An integer.
  case int(Int64)
  /// A number; what JSON cannot write (NaN, infinities) is written as `null`.
  case double(Double)
  /// A number by its text, for numbers that neither of the above holds exactly.
  case number(String)
  /// A string.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object, its members in order.
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var key: String
    /// The value.
    public var value: JSON

    /// A member from its name and value.
    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The value as it was read, with numbers by their text.
  public init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .null
    case .true: self = .bool(true)
    case .false: self = .bool(false)
    case .number: self = value.int64.map(JSON.int) ?? .number(value.numberText ?? "0")
    case .string: self = .string(value.string ?? "")
    case .array: self = .array(value.elements.map { JSON($0) })
    case .object: self = .object(value.members.map { Member($0.key, JSON($0.value)) })
    }
  }

  /// An object without the members whose value is nil: absent is how answers say "unknown".
  public static func object(present members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { key, value in value.map { Member(key, $0) } })
  }

  /// The members of an object in order; empty for other kinds.
  public var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The member of that name, when this is an object that has it.
  public subscript(key: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.last { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      if let place = members.lastIndex(where: { $0.key == key }) {
        if let newValue { members[place].value = newValue } else { members.remove(at: place) }
      } else if let newValue {
        members.append(Member(key, newValue))
      }
      self = .object(members)
    }
  }

  /// Compact JSON text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// JSON text as Python writes it.
  public var pythonText: String {
    var writer = JSONWriter(style: .python)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Compact JSON text as UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object in the order written.
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}
