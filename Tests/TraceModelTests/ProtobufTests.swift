import JSONText
import Testing
import TraceModel

@Suite("Archived traces are read from OTLP's protobuf")
struct ProtobufTests {
  private func varint(_ value: UInt64) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }

  private func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  private func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
    varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] {
    field(9, field(1, Array(key.utf8)) + field(2, value))
  }

  private func archive(_ span: [UInt8]) -> [UInt8] { field(1, field(2, field(2, span))) }

  private func span(_ more: [UInt8] = []) -> [UInt8] {
    field(1, Array(repeating: 7, count: 16)) + field(2, [0xAE, 0x66, 0x11, 0xBB, 0x71, 0xCD, 0xD5, 0x7E])
      + field(5, Array("tool".utf8)) + fixed(7, 1_794_819_600_000_040_000) + fixed(8, 1_794_819_600_310_060_000)
      + field(15, field(2, Array("boom".utf8)) + [3 << 3, 2]) + more
  }

  @Test func reads() throws {
    let bytes = archive(
      span(
        attribute("text", field(1, Array("{\"not\": \"unwrapped\"}".utf8))) + attribute("flag", [2 << 3, 1])
          + attribute("number", [3 << 3] + varint(UInt64(bitPattern: -5)))
          + attribute("half", fixed(4, (0.5).bitPattern))
          + attribute("list", field(5, field(1, [3 << 3, 1]) + field(1, [3 << 3, 2]))) + attribute("null", [])
          + attribute("object", field(6, field(1, field(1, Array("k".utf8)) + field(2, field(1, Array("v".utf8))))))
          + field(
            11,
            fixed(1, 5) + field(2, Array("exception".utf8))
              + field(3, field(1, Array("exception.type".utf8)) + field(2, field(1, Array("E".utf8)))))
          + field(99, [1, 2, 3])))
    let spans = try OTLPProtobuf.spans(bytes, traceID: TraceID("tr-1"))
    let span = try #require(spans.first)
    #expect(span.id.description == "ae6611bb71cdd57e")
    #expect(span.parentID == nil)
    #expect(span.durationNanoseconds == 310_020_000)
    #expect(span.status == .error)
    #expect(span.statusMessage == "boom")
    #expect(span.attribute("text")?.stored.string == #""{\"not\": \"unwrapped\"}""#)
    #expect(span.attribute("flag")?.stored.string == "true")
    #expect(span.attribute("number")?.stored.string == "-5")
    #expect(span.attribute("half")?.stored.string == "0.5")
    #expect(span.attribute("list")?.stored.string == "[1, 2]", "as Python writes it")
    #expect(span.attribute("object")?.stored.string == #"{"k": "v"}"#)
    #expect(span.attribute("null")?.stored.string == "null")
    #expect(span.events.first?.exception?.type == "E")
  }

  @Test func everyCutIsAnErrorOrShorter() throws {
    let bytes = archive(span(attribute("text", field(1, Array("value".utf8)))))
    for length in 0..<bytes.count {
      // What is left of a message may itself be one, with less in it; it must never be the whole, and never crash.
      let spans = try? OTLPProtobuf.spans(Array(bytes.prefix(length)), traceID: TraceID("tr-1"))
      #expect(spans?.first?.attribute("text") == nil)
    }
  }

  @Test func deepValuesAreRefused() {
    var value = field(1, Array("x".utf8))
    for _ in 0..<150 { value = field(5, field(1, value)) }
    #expect(throws: SpanFormatError.self) {
      try OTLPProtobuf.spans(archive(span(attribute("deep", value))), traceID: TraceID("tr-1"))
    }
  }

  @Test(
    arguments: [[0xFF], [0x0B], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]] as [[UInt8]])
  func whatIsNoProtobuf(_ bytes: [UInt8]) {
    #expect(throws: SpanFormatError.self) { try OTLPProtobuf.spans(bytes, traceID: TraceID("tr-1")) }
  }
}
