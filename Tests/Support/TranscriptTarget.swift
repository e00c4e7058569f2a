import Dispatch
public import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a transcript is played against.
public struct TranscriptTarget: Sendable {
  /// A target that has been started.
  struct Running: Sendable {
    /// Waits for the end; nil when it did not come within so many seconds, after which the target is killed.
    let exitStatus: @Sendable (_ seconds: Double) -> Int32?
    /// What it reported; asked for after its end.
    let log: @Sendable () -> String
  }

  /// Starts the target on two descriptors, which are then its own.
  let start: @Sendable (_ input: Int32, _ output: Int32) throws -> Running

  /// What a program is given of the environment of the tests: the last two say what scripts/sanitize looks for.
  private static let inherited: Set = ["PATH", "HOME", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"]

  /// A program. Its environment holds only what is given, beside `PATH` and `HOME`.
  public static func executable(
    _ program: URL, arguments: [String] = [], environment: [String: String] = [:]
  ) -> TranscriptTarget {
    TranscriptTarget { input, output in
      let process = Process()
      process.executableURL = program
      process.arguments = arguments
      let own = ProcessInfo.processInfo.environment.filter { inherited.contains($0.key) }
      // A crash would otherwise print a backtrace for seconds.
      process.environment = own.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
      process.standardInput = FileHandle(fileDescriptor: input, closeOnDealloc: false)
      process.standardOutput = FileHandle(fileDescriptor: output, closeOnDealloc: false)
      let errors = Pipe()
      process.standardError = errors
      let ended = DispatchSemaphore(value: 0)
      process.terminationHandler = { _ in ended.signal() }
      defer {
        _ = close(input)
        _ = close(output)
      }
      try process.run()
      let log = LineCollector(errors.fileHandleForReading)
      let identifier = process.processIdentifier
      let status = ProcessStatus(process)
      return Running { seconds in
        if ended.wait(timeout: .now() + seconds) == .success { return status.value }
        _ = kill(identifier, SIGKILL)
        return nil
      } log: {
        // The last words may still be on their way.
        _ = log.waitForEnd(within: 1)
        return log.all
      }
    }
  }

  /// A server in this process, which returns when its input ends.
  public static func inProcess(
    _ serve: @escaping @Sendable (_ input: Int32, _ output: Int32) async -> Void
  ) -> TranscriptTarget {
    TranscriptTarget { input, output in
      let ended = DispatchSemaphore(value: 0)
      Task {
        await serve(input, output)
        _ = close(input)
        _ = close(output)
        ended.signal()
      }
      return Running {
        ended.wait(timeout: .now() + $0) == .success ? 0 : nil
      } log: {
        ""
      }
    }
  }
}

/// A process is not Sendable, but asking an ended one for its status changes nothing.
private final class ProcessStatus: @unchecked Sendable {
  private let process: Process

  init(_ process: Process) { self.process = process }

  /// As a shell has it: 128 and the signal for a killed one.
  var value: Int32 { process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus }
}
