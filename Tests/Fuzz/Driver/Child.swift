#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import FuzzTargets

/// Tries the inputs of one target.
struct Child {
  private let options: Options
  private let place: String

  init(_ options: Options, _ place: String) {
    self.options = options
    self.place = place
  }

  /// The exit status: 0 when all held, 1 when something did not, 2 when there was nothing to try.
  func run() -> Int32 {
    guard let target = options.targets.first else { return 2 }
    do {
      let shared = try SharedInput(place)
      let corpus = try Corpus(root: options.root)
      let check = try target.prepare(corpus)
      if let input = options.input {
        let bytes = try Files.read(input)
        shared.begin(bytes)
        try check(bytes)
      } else {
        try loop(Mutator(target, corpus: corpus, seed: options.seed), check, shared)
      }
      shared.isFinished = true
      return 0
    } catch let mistake as Mistake {
      LensFuzz.complain("\(target.name): \(mistake.words)\n")
      return 2
    } catch {
      LensFuzz.complain("\(target.name): \(error)\n")
      return 1
    }
  }

  private func loop(_ mutator: Mutator, _ check: FuzzTarget.Check, _ shared: SharedInput) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let end = options.seconds.map { start + .seconds($0) }
    var number = 0
    defer { shared.nanoseconds = Int((clock.now - start) / .nanoseconds(1)) }
    while options.executions.map({ number < $0 }) ?? true {
      let input = mutator.input(number)
      shared.begin(input)
      do {
        try check(input)
      } catch {
        let smallest = shrunk(input, check)
        shared.begin(smallest)
        try check(smallest)
        throw error
      }
      number += 1
      // Asking for the time costs as much as a small input.
      if number & 15 == 0, let end, clock.now >= end { break }
    }
  }

  /// A smaller input that does not hold either: pieces are left out, ever smaller ones.
  private func shrunk(_ input: [UInt8], _ check: FuzzTarget.Check) -> [UInt8] {
    var smallest = input
    var size = max(1, input.count / 2)
    var attempts = 0
    while true {
      var place = 0
      while place < smallest.count, attempts < 5_000 {
        attempts += 1
        var smaller = smallest
        smaller.removeSubrange(place..<min(place + size, smallest.count))
        do {
          try check(smaller)
          place += size
        } catch {
          smallest = smaller
        }
      }
      guard size > 1 else { return smallest }
      size /= 2
    }
  }
}
