import Foundation
import FuzzTargets
import LensTestSupport
import Testing

@Suite("What takes bytes of others keeps its rules on the data of the repository")
struct FuzzTests {
  /// The driver tries millions; these show that every target works at all, in the build of the unit tests too.
  @Test(arguments: FuzzTarget.all.map(\.name))
  func holdsOnItsSeedsAndALittleMore(_ name: String) async throws {
    // Targets wait for what is asynchronous, which the threads that tests share must not.
    #expect(try await onOwnThread { try Self.failures(name) } == [])
  }

  private static func failures(_ name: String) throws -> [String] {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let corpus = try Corpus(root: PackageRoot.url.path)
    let check = try target.prepare(corpus)
    let mutator = Mutator(target, corpus: corpus, seed: 7)
    var failures = mutator.seedCount > 1 ? [] : ["no seeds"]
    for number in stride(from: 0, to: mutator.seedCount * 2, by: max(1, mutator.seedCount / 40)) {
      let input = mutator.input(number)
      do { try check(input) } catch {
        failures.append("\(error): \(String(decoding: input.prefix(200), as: UTF8.self))")
      }
      if mutator.input(number) != input { failures.append("number \(number) gave two inputs") }
    }
    return failures
  }
}
