public import JSONText

/// Hints to the client about what a call may do. All four are always sent: their defaults in the protocol are the
/// pessimistic ones.
public struct ToolAnnotations: Hashable, Sendable {
  /// The tool changes nothing (`readOnlyHint`).
  public var readOnly: Bool
  /// The tool may destroy something (`destructiveHint`).
  public var destructive: Bool
  /// Calling again with the same arguments has no further effect (`idempotentHint`).
  public var idempotent: Bool
  /// The tool reaches into an open world, such as the web (`openWorldHint`).
  public var openWorld: Bool

  /// The four hints.
  public init(readOnly: Bool, destructive: Bool, idempotent: Bool, openWorld: Bool) {
    self.readOnly = readOnly
    self.destructive = destructive
    self.idempotent = idempotent
    self.openWorld = openWorld
  }

  /// Reads from one closed domain and changes nothing.
  public static let readOnlyClosedWorld = ToolAnnotations(
    readOnly: true, destructive: false, idempotent: true, openWorld: false)
}

/// What `tools/list` says about a tool.
public struct ToolDefinition: Sendable {
  /// The name it is called by.
  public let name: String
  /// The name shown to people.
  public let title: String
  /// What it does and when to use it, for the model.
  public let description: String
  /// JSON Schema of the arguments: a closed object.
  public let inputSchema: JSON
  /// Hints about its effects.
  public let annotations: ToolAnnotations
  /// `_meta`: keys for certain clients.
  public let metadata: JSON?
  /// The parameters in the order of their declaration, groups in their place.
  public let parameters: [ParameterDescriptor]

  /// A definition from its parts.
  public init(
    name: String, title: String, description: String, inputSchema: JSON, annotations: ToolAnnotations,
    metadata: JSON? = nil, parameters: [ParameterDescriptor] = []
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.inputSchema = inputSchema
    self.annotations = annotations
    self.metadata = metadata
    self.parameters = parameters
  }
}
