/// A window into text that has been made safe. Offsets count bytes of that text, so following the pages gives all of it.
struct Page: Sendable {
  /// Where the window begins.
  var offset: Int
  /// What is in it.
  var content: String
  /// Where the next one begins; nil when this is the last.
  var nextOffset: Int?
  /// Bytes in all.
  var total: Int

  /// The window at `offset` whose content costs at most `limit` bytes; `inJSON` when it will stand in a JSON string, where
  /// quotes and backslashes cost two. No character is split: an offset inside one begins at its first byte.
  init(of text: [UInt8], offset: Int, limit: Int, inJSON: Bool) {
    var start = min(max(0, offset), text.count)
    while start > 0, start < text.count, text[start] & 0xC0 == 0x80 { start -= 1 }
    var end = start
    var cost = 0
    while end < text.count {
      let byte = text[end]
      cost += inJSON && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")) ? 2 : 1
      guard cost <= limit else { break }
      end += 1
    }
    while end > start, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
    // Always go on by at least one character, or following the pages would never end.
    if end == start, start < text.count {
      end += 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    }
    self.offset = start
    content = String(decoding: text[start..<end], as: UTF8.self)
    nextOffset = end < text.count ? end : nil
    total = text.count
  }
}
