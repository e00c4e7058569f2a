import MCP
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far long work has come, on a line of the terminal that is gone when the answer is there. A file or a pipe gets none.
final class ConsoleProgress: Sendable {
  private static let width = 24
  private let isShown = Mutex(false)

  /// Whether somebody would see it: stderr is a terminal that can clear a line.
  static func isWanted(_ environment: [String: String]) -> Bool { isatty(2) == 1 && environment["TERM"] != "dumb" }

  /// Does the work and shows how far it has come, if anybody would see it.
  static func showing<Value>(
    _ environment: [String: String], _ work: () async throws(ToolError) -> Value
  ) async throws(ToolError) -> Value {
    guard isWanted(environment) else { return try await work() }
    let console = ConsoleProgress()
    let progress = Progress { done, total, message in console.show(done, total, message) }
    defer {
      progress.close()
      console.clear()
    }
    do {
      return try await Progress.$current.withValue(progress) { try await work() }
    } catch let error as ToolError {
      throw error
    } catch {
      // `withValue` has forgotten the type; there is no other.
      throw ToolError(.failed, "\(error)")
    }
  }

  private func show(_ done: Double, _ total: Double?, _ message: String?) {
    var line = "\r\u{1B}[K\(message ?? "working")"
    if let total, total > 0 {
      let filled = Int((min(1, max(0, done / total)) * Double(Self.width)).rounded(.down))
      line += " [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: Self.width - filled))]"
      line += " \(Int(done)) of \(Int(total))"
    } else {
      line += " \(Int(done))"
    }
    isShown.withLock { $0 = true }
    Console.write(line, to: .standardError)
  }

  private func clear() {
    if isShown.withLock({ $0 }) { Console.write("\r\u{1B}[K", to: .standardError) }
  }
}
