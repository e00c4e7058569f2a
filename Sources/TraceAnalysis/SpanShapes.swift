import TraceModel
import TraceSemantics

/// Which spans are alike: same name but for its numbers, same type, same status, and the same kinds of spans below. A loop
/// of a thousand turns is one turn a thousand times, and is shown so.
public struct SpanShapes: Sendable {
  /// Equal for spans that are alike with all that is below them, however often each kind stands there. An error makes a
  /// span and all that called it unlike any other.
  public let whole: [UInt64]
  /// Equal for spans that are alike without regard to what is below them. An error is only a status here.
  public let own: [UInt64]

  /// Computes them from the leaves up, in time linear in the number of spans.
  public init(_ facts: TraceFacts) {
    let spans = facts.trace.spans
    var own: [UInt64] = []
    own.reserveCapacity(spans.count)
    for index in spans.indices {
      var hash = Self.hash(of: spans[index].name)
      hash = Self.mixed(hash, Self.hash(of: facts.type(index)))
      hash = Self.mixed(hash, Self.hash(of: spans[index].status.rawValue))
      own.append(hash)
    }
    var whole = own
    for index in spans.indices where spans[index].status == .error {
      whole[index] = Self.mixed(own[index], UInt64(index) + 1)
    }
    for index in facts.tree.depthFirst().reversed() where !facts.tree.children[index].isEmpty {
      let kinds = Set(facts.tree.children[index].lazy.map { whole[$0] })
      // The order of a set is by chance, so the kinds are added up.
      whole[index] = Self.mixed(whole[index], kinds.reduce(0) { $0 &+ Self.mixed($1, 0x9E37_79B9) })
    }
    (self.own, self.whole) = (own, whole)
  }

  /// A name with each run of digits as `#`: what like spans have in common.
  public static func template(of name: String) -> String {
    var template = ""
    for character in name {
      if !character.isNumber {
        template.append(character)
      } else if template.last != "#" {
        template.append("#")
      }
    }
    return template
  }

  /// FNV-1a over the bytes, a run of digits as one.
  private static func hash(of text: String) -> UInt64 {
    var hash = FNV1a()
    var wasDigit = false
    for byte in text.utf8 {
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      if !(isDigit && wasDigit) { hash.add(isDigit ? UInt8(ascii: "#") : byte) }
      wasDigit = isDigit
    }
    return hash.value
  }

  private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var value = (left ^ right.byteSwapped) &* 0xBF58_476D_1CE4_E5B9
    value ^= value >> 29
    return value &* 0x94D0_49BB_1331_11EB &+ right
  }
}
