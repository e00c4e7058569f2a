import JSONText
public import LensTools
public import MCP
import TraceAnalysis
import TraceModel

/// A trace or a session as one HTML file that needs nothing else: no network, no server, no other file.
///
/// What was recorded stands in it as inert JSON, and the page's script makes text of it, never markup. Same subject, same bytes.
public struct Report: Sendable {
  /// The page.
  public let html: [UInt8]
  /// What it is about and what was left out, in a sentence each.
  public let remarks: [String]
  /// A name for the file, of letters, digits, dots and dashes only.
  public let fileName: String

  /// How much of what was recorded a page may hold.
  public struct Limits: Sendable {
    /// Bytes of one value; longer ones keep head and tail.
    public var value: Int
    /// Bytes of all values together; where they are more, the longest are cut.
    public var total: Int

    /// Limits from their values.
    public init(value: Int = 100_000, total: Int = 16_000_000) {
      self.value = value
      self.total = total
    }
  }

  /// Makes the page.
  ///
  /// - Parameter version: The program's version, which the page names.
  public init(
    _ subject: Subject, limits: Limits = Limits(), version: String, in context: LensContext
  ) async throws(ToolError) {
    let excerpter = context.excerpter
    let experiments = try await context.experiments(nil)
    var payloads = PayloadTable(
      excerpter: excerpter, limits: PayloadTable.Limits(value: limits.value, total: limits.total))
    var traces: [JSON] = []
    var session: JSON?
    let title: String
    let spanCount: Int
    func add(_ facts: TraceFacts) async -> String {
      let data = TraceData(
        facts: facts, diagnosis: await Diagnosis(facts), experiments: experiments, excerpter: excerpter)
      traces.append(data.json(&payloads))
      return data.name
    }
    switch subject {
    case .trace(let trace):
      let name = await add(TraceFacts(trace))
      title = "\(name) · \(excerpter.line(trace.info.id.rawValue, limit: 60))"
      spanCount = trace.spans.count
      fileName = Self.fileName(trace.info.id.rawValue, limit: 11)
    case .session(let id, let all):
      let facts = await SessionFacts(id: id, traces: all)
      let diagnosis = await SessionDiagnosis(facts, turns: 1...max(1, facts.turns.count), symptom: nil)
      session = SessionData(session: facts, diagnosis: diagnosis, experiments: experiments, excerpter: excerpter)
        .json(&payloads)
      for turn in facts.turns { _ = await add(turn.facts) }
      title = "session \(excerpter.line(id, limit: 60))"
      spanCount = all.reduce(0) { $0 + $1.spans.count }
      fileName = Self.fileName("session-\(id)", limit: 40)
    }
    let omission = payloads.level()
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("version", .string(version))
    writer.member("limit", .int(Int64(limits.total)))
    writer.member("masked", .bool(excerpter.masksSecrets))
    if omission.count > 0 {
      writer.member("omitted", [.int(Int64(omission.count)), .int(Int64(omission.bytes))])
    }
    if let session { writer.member("session", session) }
    writer.member("traces", .array(traces))
    writer.key("payloads")
    payloads.write(to: &writer)
    writer.endObject()
    html = Page.html(title: title, data: writer.bytes)

    var remarks = [
      (traces.count == 1 && session == nil ? "" : "\(Units.plural(traces.count, "turn")), ")
        + "\(Units.plural(spanCount, "span")), \(Units.bytes(html.count))"
    ]
    if omission.count > 0 {
      remarks.append(
        "\(Units.plural(omission.count, "long value")) with head and tail only (\(Units.bytes(omission.bytes)) left out; --value-bytes and --total-bytes allow more)"
      )
    }
    if !excerpter.masksSecrets { remarks.append("credentials that were recorded stand in it as they are") }
    self.remarks = remarks
  }

  /// What is no plain letter becomes a dash: an id is no path.
  private static func fileName(_ id: String, limit: Int) -> String {
    let plain = id.unicodeScalars.prefix(limit).map { scalar -> Character in
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == ".")
      return isPlain ? Character(scalar) : "-"
    }
    return "mlflow-lens-\(String(plain)).html"
  }
}
