import FuzzTargets
import Testing

@testable import TraceAnalysis

@Suite("A table of keys answers as a dictionary does") struct KeyTableTests {
  /// Few different keys, so that many are added again; and keys that differ in their top or bottom bits alone.
  @Test(arguments: [(UInt64(40), 0), (400, 0), (5_000, 40), (3, 63)])
  func likeADictionary(_ different: UInt64, _ shift: Int) {
    var generator = SeededNumbers(11)
    var table = KeyTable(bits: 2)
    var known: [UInt64: Int] = [:]
    for place in 0..<4_000 {
      let key = UInt64.random(in: 0..<different, using: &generator) << UInt64(shift)
      #expect(table[key] == known[key])
      #expect(table.add(key, place) == known[key])
      if known[key] == nil { known[key] = place }
    }
    #expect(table.count == known.count)
    for (key, place) in known { #expect(table[key] == place) }
    #expect(table[.max] == nil)
  }
}
