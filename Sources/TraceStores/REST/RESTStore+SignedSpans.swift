import JSONText
import TraceModel

extension RESTStore {
  /// The spans' records from Databricks, which keeps a trace as a file in object storage and signs an address for it. That
  /// address is asked without our credentials. Nil when there is no such file.
  func signedSpanRecords(_ id: TraceID) async throws(StoreError) -> JSONValue? {
    let answer = try await connection.ask(
      .get("/api/2.0/mlflow/traces/\(RESTRequest.escaped(id.rawValue))/credentials-for-data-download"))
    guard answer.response.status == 200, let record = answer.root?["credential_info"],
      let url = record["signed_uri"]?.string
    else { return nil }
    guard let origin = Origin(url), url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let slash = url.dropFirst(origin.scheme.utf8.count + 3).firstIndex(of: "/")
    else {
      throw StoreError(
        .unreadable, "\(connection.access.base) gave an address for the spans of \(id) that cannot be read")
    }
    // Storage is spoken to in the open only where the workspace is: no answer may lead us to a service without encryption,
    // which is what those inside a cloud are that hand out keys to whoever asks.
    guard origin.scheme == "https" || !connection.access.base.hasPrefix("https:") else {
      throw StoreError(
        .unreadable,
        "\(connection.access.base) gave an address without encryption for the spans of \(id), which is not asked")
    }
    var request = RESTRequest.get(String(url[slash...]))
    for header in record["headers"]?.elements ?? JSONValue.null.elements {
      guard let name = header["name"]?.string, let value = header["value"]?.string,
        "\(name)\(value)".utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !name.contains(":")
      else { continue }
      request.headers.append((name, value))
    }
    let storage = RESTConnection(
      access: ServerAccess(storageAt: String(url[..<slash]), askedBy: connection.access), client: storageClient)
    let file = try await storage.ask(request)
    if file.response.status == 404 { return nil }
    guard file.response.status == 200, let spans = file.root?["spans"], spans.kind == .array else {
      // The path holds a signature: it is nothing to be shown.
      throw storage.error(file, .get("(the file of \(id))"))
    }
    return spans
  }
}
