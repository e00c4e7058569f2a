import Testing

@testable import MCP

@Suite struct LineBufferTests {
  typealias Line = LineBuffer.Line

  /// Feeds a stream in pieces of a size and collects the lines.
  private func lines(_ stream: [UInt8], pieces size: Int, limit: Int = 1000) -> [Line] {
    var buffer = LineBuffer(limit: limit)
    var found: [Line] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let piece = rest.prefix(size)
      rest = rest.dropFirst(piece.count)
      _ = unsafe buffer.fill { room in
        unsafe room.copyBytes(from: piece)
        return piece.count
      }
      while let line = buffer.next() { found.append(line) }
    }
    if let line = buffer.finish() { found.append(line) }
    return found
  }

  private func text(_ text: String) -> Line { .line(Array(text.utf8)) }

  @Test(arguments: [1, 2, 3, 7, 4096])
  func cutsWhereverTheReadsEnd(size: Int) {
    let stream = "\u{FEFF}{\"a\":1}\r\n\n \t\r\nzwei ü\n\u{FEFF}kept\nlast"
    #expect(
      lines(Array(stream.utf8), pieces: size)
        == [text("{\"a\":1}"), text("zwei ü"), text("\u{FEFF}kept"), text("last")])
  }

  @Test(arguments: [1, 5, 50, 1000])
  func tellsOversizedLinesOnceAndGoesOn(size: Int) {
    let long = String(repeating: "x", count: 25)
    let stream = "a\n\(long)\nb\n\(String(repeating: "y", count: 10))\n\(long)"
    #expect(
      lines(Array(stream.utf8), pieces: size, limit: 10)
        == [text("a"), .oversized, text("b"), text("yyyyyyyyyy"), .oversized])
  }

  /// What does not count for the limit may be the last that has come in yet.
  @Test(arguments: [1, 4, 11, 1000])
  func aLineOfJustTheLimitIsOne(size: Int) {
    let stream = "\u{FEFF}0123456789\r\n0123456789\r\n0123456789\r"
    #expect(lines(Array(stream.utf8), pieces: size, limit: 10) == Array(repeating: text("0123456789"), count: 3))
  }

  @Test func emptyStreamHasNoLines() {
    #expect(lines([], pieces: 1) == [])
    #expect(lines(Array("\n\n".utf8), pieces: 1) == [])
  }

  @Test func memoryIsBoundedAndGivenBack() {
    var buffer = LineBuffer(limit: 1 << 20)
    var oversized = 0
    for _ in 0..<100 {
      _ = unsafe buffer.fill { room in
        unsafe room.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        return room.count
      }
      while let line = buffer.next() { if line == .oversized { oversized += 1 } }
      #expect(buffer.capacity < 4 << 20)
    }
    #expect(oversized == 1)
    _ = unsafe buffer.fill { room in
      unsafe room.copyBytes(from: Array("\n{}\n".utf8))
      return 4
    }
    #expect(buffer.next() == text("{}"))
    #expect(buffer.next() == nil)
    _ = unsafe buffer.fill { _ in 0 }
    #expect(buffer.capacity < 1 << 20)
  }
}
