package import JSONText

/// YAML as PyYAML's `safe_load` reads it, brought into JSON: the file store's infos and assessments.
///
/// What JSON has not becomes text: dates stay as they are written, keys that are no strings become their JSON text.
package struct YAMLReader {
  /// What a node amounts to once its aliases are written out.
  private struct Weight {
    var nodes = 1
    var bytes = 0
    var depth = 1

    mutating func add(_ part: Weight) {
      nodes += part.nodes
      bytes += part.bytes
      depth = max(depth, part.depth + 1)
    }
  }

  private struct Node {
    var json: JSON
    var weight: Weight
    var line: Int
    /// Whether it is the word `<<` without quotes, which as a key means "merge".
    var isMerge = false
  }

  /// Nesting beyond this is refused; what is handed on must be readable as JSON.
  package static let maximumDepth = 128
  /// Nodes of a document, those behind aliases counted each time: a few lines of aliases can stand for billions.
  static let maximumNodes = 1_000_000
  /// Text of a document, counted likewise.
  static let maximumBytes = 256 << 20

  private let events: YAMLEvents
  private var anchors: [String: Node] = [:]
  private var total = Weight(nodes: 0)

  /// Reads a text that holds one document; an empty one is `null`.
  package static func json(_ text: [UInt8]) throws(YAMLError) -> JSON {
    var reader = YAMLReader(events: YAMLEvents(text))
    var document: JSON?
    while true {
      let event = try reader.events.next()
      switch event.kind {
      case .streamEnd: return document ?? .null
      case .documentStart:
        guard document == nil else { throw YAMLError(line: event.line, message: "a second document begins") }
        document = try reader.node(try reader.events.next(), depth: 1).json
      default: continue
      }
    }
  }

  private init(events: YAMLEvents) { self.events = events }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Node {
    let node: Node
    let anchor: String?
    switch event.kind {
    case .scalar(let text, let isPlain, let properties):
      anchor = properties.anchor
      node = try scalar(text, isPlain: isPlain, tag: properties.tag, line: event.line)
      try count(node.weight, depth: depth, line: event.line)
    case .sequenceStart(let properties):
      anchor = properties.anchor
      try expect(properties.tag, "seq", line: event.line)
      try count(Weight(), depth: depth, line: event.line)
      node = try sequence(line: event.line, depth: depth)
    case .mappingStart(let properties):
      anchor = properties.anchor
      try expect(properties.tag, "map", line: event.line)
      try count(Weight(), depth: depth, line: event.line)
      node = try mapping(line: event.line, depth: depth)
    case .alias(let name):
      guard let target = anchors[name] else {
        throw YAMLError(line: event.line, message: "the alias *\(name) has no anchor before it")
      }
      try count(target.weight, depth: depth, line: event.line)
      return target
    default: throw YAMLError(line: event.line, message: "a value is missing")
    }
    if let anchor { anchors[anchor] = node }
    return node
  }

  private mutating func count(_ weight: Weight, depth: Int, line: Int) throws(YAMLError) {
    total.nodes += weight.nodes
    total.bytes += weight.bytes
    guard depth + weight.depth - 1 <= Self.maximumDepth else {
      throw YAMLError(line: line, message: "nested more than \(Self.maximumDepth) levels deep")
    }
    guard total.nodes <= Self.maximumNodes, total.bytes <= Self.maximumBytes else {
      throw YAMLError(line: line, message: "too large once its aliases are written out")
    }
  }

  private mutating func sequence(line: Int, depth: Int) throws(YAMLError) -> Node {
    var elements: [JSON] = []
    var weight = Weight()
    while true {
      let event = try events.next()
      if event.kind == .sequenceEnd { break }
      let element = try node(event, depth: depth + 1)
      weight.add(element.weight)
      elements.append(element.json)
    }
    return Node(json: .array(elements), weight: weight, line: line)
  }

  private mutating func mapping(line: Int, depth: Int) throws(YAMLError) -> Node {
    var own: [JSON.Member] = []
    var merged: [JSON.Member] = []
    var weight = Weight()
    while true {
      let event = try events.next()
      if event.kind == .mappingEnd { break }
      let key = try node(event, depth: depth + 1)
      let value = try node(try events.next(), depth: depth + 1)
      weight.add(value.weight)
      if key.isMerge {
        merged += try members(toMerge: value)
      } else {
        let name = try Self.name(of: key)
        weight.bytes += name.utf8.count
        own.append(JSON.Member(name, value.json))
      }
    }
    return Node(json: .object(Self.unique(merged + own)), weight: weight, line: line)
  }

  /// The members behind `<<`: of a mapping, or of several, of which the first wins.
  private func members(toMerge value: Node) throws(YAMLError) -> [JSON.Member] {
    switch value.json {
    case .object(let members): return members
    case .array(let list):
      var members: [JSON.Member] = []
      for element in list.reversed() {
        guard case .object(let more) = element else {
          throw YAMLError(line: value.line, message: "only mappings can be merged by '<<'")
        }
        members += more
      }
      return members
    default: throw YAMLError(line: value.line, message: "only mappings can be merged by '<<'")
    }
  }

  /// As a Python dictionary is filled: a key has the place of its first member and the value of its last.
  private static func unique(_ members: [JSON.Member]) -> [JSON.Member] {
    var places: [String: Int] = [:]
    var unique: [JSON.Member] = []
    for member in members {
      if let place = places[member.key] {
        unique[place].value = member.value
      } else {
        places[member.key] = unique.count
        unique.append(member)
      }
    }
    return unique
  }

  private static func name(of key: Node) throws(YAMLError) -> String {
    switch key.json {
    case .string(let text): return text
    case .array, .object: throw YAMLError(line: key.line, message: "a list or a mapping cannot be a key")
    default: return key.json.text
    }
  }

  // MARK: Scalars and tags

  private static let tagPrefix = "tag:yaml.org,2002:"

  private func scalar(_ text: String, isPlain: Bool, tag: String?, line: Int) throws(YAMLError) -> Node {
    let json: JSON
    switch tag {
    case nil: json = isPlain ? PlainScalar.json(text) : .string(text)
    case "!", Self.tagPrefix + "str", Self.tagPrefix + "timestamp", Self.tagPrefix + "binary": json = .string(text)
    case Self.tagPrefix + "null": json = .null
    case Self.tagPrefix + "bool", Self.tagPrefix + "int", Self.tagPrefix + "float":
      json = PlainScalar.json(text)
      if case .string = json { throw YAMLError(line: line, message: "'\(text.prefix(40))' is not what its tag says") }
    case .some(let tag): throw YAMLError(line: line, message: "the tag '\(tag.prefix(80))' is not known")
    }
    return Node(
      json: json, weight: Weight(bytes: text.utf8.count), line: line, isMerge: isPlain && tag == nil && text == "<<")
  }

  private func expect(_ tag: String?, _ word: String, line: Int) throws(YAMLError) {
    guard tag == nil || tag == "!" || tag == Self.tagPrefix + word else {
      throw YAMLError(line: line, message: "the tag '\((tag ?? "").prefix(80))' is not known")
    }
  }
}
