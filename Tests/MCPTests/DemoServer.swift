import JSONText
import LensTestSupport
import Logging
import Synchronization

@testable import MCP

/// What the demo tools note down.
final class DemoContext: Sendable {
  let cancelled = Atomic<Int>(0)
  let started = Atomic<Int>(0)
  let mostAtOnce = Atomic<Int>(0)
  let atOnce = Atomic<Int>(0)
  let quiet = Atomic<Int>(0)
}

/// Says back what it was given, having waited if asked to.
struct Echo: ParameterizedTool {
  static let name = "echo"
  static let title = "Echo"
  static let summary = "Says back a text."
  static let metadata: JSON? = ["example/key": true]

  @Parameter("What to say.", isPositional: true) var messageText: String
  @Parameter("Milliseconds to wait first.", in: 0...3_600_000) var delayMs: Int = 0
  @Parameter("Length of a padding that is added.", in: 0...2_000_000) var padding: Int?

  func run(in context: DemoContext) async throws(ToolError) -> ToolResult {
    context.started.add(1, ordering: .relaxed)
    let now = context.atOnce.add(1, ordering: .relaxed).newValue
    context.mostAtOnce.max(now, ordering: .relaxed)
    defer { context.atOnce.subtract(1, ordering: .relaxed) }
    do {
      if delayMs > 0 { try await Task.sleep(for: .milliseconds(delayMs)) }
    } catch {
      context.cancelled.add(1, ordering: .relaxed)
      throw ToolError(.interrupted, "cancelled")
    }
    return .text(messageText + String(repeating: "x", count: padding ?? 0))
  }
}

/// Answers with JSON, or fails.
struct Structured: ParameterizedTool {
  static let name = "structured"
  static let title = "Structured"
  static let summary = "Answers with an object."

  @Parameter("Whether to fail.") var fails: Bool = false

  func run(in context: DemoContext) async throws(ToolError) -> ToolResult {
    if fails {
      throw ToolError(.notFound, "no trace 'tr-12'", allowed: "Ids look like tr-<hex>", next: "Call search_traces.")
    }
    return .structured(["answer": 42])
  }
}

/// Sleeps and takes no notice of being cancelled.
struct Stubborn: ParameterizedTool {
  static let name = "stubborn"
  static let title = "Stubborn"
  static let summary = "Takes its time, whatever happens."

  func run(in context: DemoContext) async throws(ToolError) -> ToolResult {
    context.started.add(1, ordering: .relaxed)
    await Task.detached { try? await Task.sleep(for: .seconds(3600)) }.value
    return .text("late")
  }
}

enum DemoServer {
  static func make(_ context: DemoContext = DemoContext()) -> Server {
    Server(
      info: ServerInfo(name: "mlflow-lens", title: "Demo", version: "0.1"), instructions: "For tests.",
      tools: [
        Tool(Echo.self, context: context), Tool(Structured.self, context: context),
        Tool(Stubborn.self, context: context),
      ],
      logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() },
      whenQuiet: { context.quiet.add(1, ordering: .relaxed) })
  }

  /// Waits long for work in flight at the end of the input: the other tests share this process's threads, and may keep it
  /// from them for longer than the usual grace.
  static func target(_ context: DemoContext = DemoContext()) -> TranscriptTarget {
    var limits = Session.Limits()
    limits.graceMs = 3_600_000
    return .inProcess { [limits] input, output in
      await make(context).run(reading: input, writing: output, limits: limits, interrupt: Interrupt())
    }
  }
}
