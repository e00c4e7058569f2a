#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import FuzzTargets

/// Starts a child for each target and tells what became of it.
struct Parent {
  private let options: Options

  init(_ options: Options) { self.options = options }

  /// The exit status: 0 when every target held.
  func run() -> Int32 {
    var status: Int32 = 0
    do throws(Mistake) {
      try Files.makeFolder(options.failures)
      for target in options.targets where try !holds(target) { status = 1 }
    } catch {
      LensFuzz.complain("lens-fuzz: \(error.words)\n")
      return 2
    }
    return status
  }

  private func holds(_ target: FuzzTarget) throws(Mistake) -> Bool {
    let place = "\(options.failures)/.\(target.name)-\(getpid())"
    let shared = try SharedInput(place)
    defer { _ = unsafe unlink(place) }
    let child = try start(["--target", target.name, "--shared", place] + options.handedOn)
    let end = wait(child, shared)
    if end == nil, shared.isFinished {
      let seconds = Double(shared.nanoseconds) / 1e9
      let rate = seconds > 0 ? Int(Double(shared.count) / seconds) : 0
      print("\(target.name): \(shared.count) executions in \(Int(seconds.rounded())) s, \(rate) a second: all held")
      fflush(nil)
      return true
    }
    let input = shared.input
    let file = options.input ?? "\(options.failures)/\(target.name)-\(String(Self.digest(input), radix: 16))"
    if options.input == nil { try Files.write(input, to: file) }
    print(
      """
      \(target.name): \(end ?? "does not hold (said above)"), at execution \(shared.count) of seed \(options.seed)
      \(target.name): the input is in \(file) (\(input.count) bytes); again: lens-fuzz --target \(target.name) --input \(file)
      """)
    fflush(nil)
    return false
  }

  /// Waits for the end of a child; nil when it ended by itself, else how it did. A child that is at one input for too long is
  /// ended.
  private func wait(_ child: pid_t, _ shared: SharedInput) -> String? {
    let clock = ContinuousClock()
    var (last, since) = (-1, clock.now)
    while true {
      var status: Int32 = 0
      let ended = unsafe waitpid(child, &status, WNOHANG)
      if ended == child {
        let signal = status & 0x7F
        if signal != 0 { return "died of signal \(signal)" }
        let code = (status >> 8) & 0xFF
        return code <= 2 ? nil : "ended with exit status \(code)"
      }
      guard ended == 0 || errno == EINTR else { return "was lost" }
      if shared.count != last { (last, since) = (shared.count, clock.now) }
      if clock.now - since > .seconds(options.hang), last > 0 {
        kill(child, SIGKILL)
        _ = unsafe waitpid(child, &status, 0)
        return "took more than \(Int(options.hang)) s over one input"
      }
      usleep(50_000)
    }
  }

  private func start(_ arguments: [String]) throws(Mistake) -> pid_t {
    let program = Files.ownPath
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, program, nil, nil, &words, environ) == 0 else {
      throw Mistake(words: "'\(program)' cannot be started")
    }
    return child
  }

  private static func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
