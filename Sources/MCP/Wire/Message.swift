package import JSONText

/// One line from the client, told apart. (JSON-RPC 2.0; MCP allows no null ids, no fractions, no positional parameters.)
package enum IncomingMessage: Sendable {
  case request(RequestID, method: String, params: JSONValue?)
  case notification(method: String, params: JSONValue?)
  /// Several messages on one line, which one revision allows.
  case batch([IncomingMessage])
  /// To be passed over: an answer to nothing we asked, or a notification out of shape, which may not be answered.
  case ignored(reason: String)
  /// To be answered with the error, and with the id if one could be read.
  case refused(ProtocolError, id: RequestID?)

  /// Reads a line, whose bytes are kept by what refers to them.
  package init(line: [UInt8]) {
    if let offset = UTF8Check.firstIllFormed(in: line.span) {
      self = .refused(ProtocolError(.parseError, "not UTF-8 at byte \(offset)"), id: nil)
      return
    }
    do throws(ScanError) {
      self.init(try JSONDocument(line, dialect: .strict).root)
    } catch {
      self = .refused(ProtocolError(.parseError, error.description), id: nil)
    }
  }

  private init(_ root: JSONValue) {
    if root.kind == .array {
      // Messages inside cannot be batches themselves.
      self = .batch(root.elements.map { $0.kind == .array ? Self.noObject : IncomingMessage($0) })
      return
    }
    guard root.kind == .object else {
      self = Self.noObject
      return
    }
    guard let method = root["method"] else {
      if root["result"] != nil || root["error"] != nil {
        self = .ignored(reason: "an answer to no request of ours")
      } else {
        self = .refused(ProtocolError(.invalidRequest, "'method' is missing"), id: root["id"].flatMap(RequestID.init))
      }
      return
    }
    let mistake = Self.mistake(in: root)
    let params = root["params"].flatMap { $0.isNull ? nil : $0 }
    switch (root["id"], mistake) {
    case (nil, nil): self = .notification(method: method.string ?? "", params: params)
    case (nil, .some(let mistake)): self = .ignored(reason: "a notification: \(mistake)")
    case (.some(let id), _):
      guard let id = RequestID(id) else {
        self = .refused(ProtocolError(.invalidRequest, "'id' must be a string or an integer"), id: nil)
        return
      }
      if let mistake {
        self = .refused(ProtocolError(.invalidRequest, mistake), id: id)
      } else {
        self = .request(id, method: method.string ?? "", params: params)
      }
    }
  }

  private static let noObject = IncomingMessage.refused(
    ProtocolError(.invalidRequest, "a message is an object"), id: nil)

  /// What is wrong with a message beside its id.
  private static func mistake(in root: JSONValue) -> String? {
    if root["jsonrpc"]?.string != "2.0" { return "'jsonrpc' must be \"2.0\"" }
    if root["method"]?.kind != .string { return "'method' must be a string" }
    if let params = root["params"], !params.isNull, params.kind != .object { return "'params' must be an object" }
    return nil
  }
}

/// One line to the client, with its line feed.
package enum OutgoingMessage {
  /// The answer to a request.
  package static func result(_ result: JSON, id: RequestID) -> [UInt8] {
    line(id: id) { $0.member("result", result) }
  }

  /// A refusal; without an id when none could be read.
  package static func error(_ error: ProtocolError, id: RequestID?) -> [UInt8] {
    let body = JSON.object(present: [
      "code": .int(error.code.rawValue), "message": .string(error.message), "data": error.data,
    ])
    return line(id: id) { $0.member("error", body) }
  }

  private static func line(id: RequestID?, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    if let id {
      writer.key("id")
      writer.raw(id.text)
    }
    body(&writer)
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
