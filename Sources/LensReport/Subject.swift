import JSONText
public import LensTools
public import MCP
public import TraceModel

/// What a picture is made of: one run, or a conversation of several.
public enum Subject: Sendable {
  /// One trace.
  case trace(Trace)
  /// The traces of a session, in any order.
  case session(id: String, traces: [Trace])
}

extension Subject {
  /// Which trace or session is meant.
  public struct Reference: Sendable {
    /// A trace id, a prefix of one, or a session id.
    public var id: String?
    /// A trace id or a prefix of one.
    public var traceID: String?
    /// A session id.
    public var sessionID: String?
    /// Experiments to look for a session in, as `analyze_session` has it.
    public var experimentID: String?

    /// A reference from its parts, of which one of the ids must be there.
    public init(id: String?, traceID: String?, sessionID: String?, experimentID: String?) {
      self.id = id
      self.traceID = traceID
      self.sessionID = sessionID
      self.experimentID = experimentID
    }
  }

  /// Reads what is meant from the store.
  ///
  /// An id that nobody says is one of a trace or of a session is looked for as both; as what it looks like first.
  public static func find(_ reference: Reference, in context: LensContext) async throws(ToolError) -> Subject {
    let given = [reference.id, reference.traceID, reference.sessionID].compactMap { $0 }
    guard let only = given.first, given.count == 1 else {
      throw ToolError(
        .invalidArguments, given.isEmpty ? "missing a trace or session id" : "more than one id is given",
        allowed: "Give one trace id or one session id",
        next: "For ids call \(NextCall("search_traces", [:]).text(context.style))")
    }
    func session() async throws(ToolError) -> Subject {
      let experiments = try await context.experiments(reference.experimentID)
      return .session(id: only, traces: try await context.session(only, experiments: experiments))
    }
    if reference.traceID != nil { return .trace(try await context.trace(only)) }
    if reference.sessionID != nil { return try await session() }
    let looksLikeTrace = only.hasPrefix("tr-")
    do throws(ToolError) {
      return looksLikeTrace ? .trace(try await context.trace(only)) : try await session()
    } catch {
      guard error.code == .notFound else { throw error }
      do throws(ToolError) {
        return looksLikeTrace ? try await session() : .trace(try await context.trace(only))
      } catch let second {
        guard second.code == .notFound else { throw second }
        let shown = context.excerpter.line(only, limit: 80)
        throw ToolError(
          .notFound, "There is no trace and no session '\(shown)'",
          allowed: "A trace id is tr- and 32 hex digits or a prefix of it; a session id is written whole",
          next: "For ids call \(NextCall("search_traces", [:]).text(context.style))")
      }
    }
  }
}
