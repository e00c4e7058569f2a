/// Shortens what nobody reads: base64 of pictures, recordings and files in excerpts. Pages of payloads keep every byte.
enum Base64Runs {
  /// Shorter runs may be ids, hashes or words.
  private static let shortest = 200

  /// The text with each long run of base64 replaced by what it is and how many bytes it holds.
  static func summarized(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= shortest else { return bytes }
    var output: [UInt8] = []
    var copied = 0
    var position = 0
    while position < bytes.count {
      let start = position
      while position < bytes.count, isDigit[Int(bytes[position])] { position += 1 }
      if position - start >= shortest, looksRandom(bytes[start..<position]) {
        let (head, kind) = beginning(of: start, in: bytes)
        output += bytes[copied..<head]
        output += "[\(kind), \(Units.bytes((position - start) / 4 * 3))]".utf8
        while position < bytes.count, bytes[position] == UInt8(ascii: "=") { position += 1 }
        copied = position
      }
      position += 1
    }
    return copied == 0 ? bytes : output + bytes[copied...]
  }

  /// Where the run begins with its `data:image/png;base64,`, and the words for it.
  private static func beginning(of start: Int, in bytes: [UInt8]) -> (Int, String) {
    let marker = Array(";base64,".utf8)
    let window = max(0, start - 120)
    guard start - window >= marker.count, bytes[(start - marker.count)..<start].elementsEqual(marker) else {
      return (start, "base64")
    }
    let data = Array("data:".utf8)
    for place in stride(from: start - marker.count - data.count, through: window, by: -1)
    where bytes[place..<place + data.count].elementsEqual(data) {
      let type = String(decoding: bytes[(place + data.count)..<(start - marker.count)], as: UTF8.self)
      return (place, "base64 of \(type)")
    }
    return (start, "base64")
  }

  private static let isDigit: [Bool] = {
    var table = Array(repeating: false, count: 256)
    for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_".utf8 { table[Int(byte)] = true }
    return table
  }()

  /// A run of one letter, or of words without blanks, is not base64: that has letters of both cases and digits throughout.
  private static func looksRandom(_ run: ArraySlice<UInt8>) -> Bool {
    let sample = run.prefix(400)
    func share(_ range: ClosedRange<UInt8>) -> Int { sample.count { range.contains($0) } * 100 / sample.count }
    return share(UInt8(ascii: "A")...UInt8(ascii: "Z")) >= 15 && share(UInt8(ascii: "a")...UInt8(ascii: "z")) >= 15
      && share(UInt8(ascii: "0")...UInt8(ascii: "9")) >= 4
  }
}
