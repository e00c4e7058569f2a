import JSONText
import LensTestSupport
import Testing
import TraceModel

@Suite("Ids and times are read in every form MLflow writes")
struct ScalarTests {
  @Test(arguments: ["ae6611b874cdd57e", "AE6611B874CDD57E", "rmYRuHTN1X4=", "rmYRuHTN1X4"])
  func spanIDs(_ text: String) {
    #expect(SpanID(text)?.description == "ae6611b874cdd57e")
  }

  /// An exported file may say anything is an id; it is shown as it is, to be given back.
  @Test(arguments: [
    ("tr-0123abcd", "tr-0123abcd"), ("run 7/ä", "run 7/ä"), ("tr-\u{1b}[31m1", "tr-\u{FFFD}[31m1"),
    ("tr-\u{202E}1\n2\u{200B}", "tr-\u{FFFD}1\u{FFFD}2\u{FFFD}"),
  ])
  func traceIDsMoveNoCursor(_ text: String, _ id: String) {
    #expect(TraceID(text).rawValue == id)
    #expect(TraceID(rawValue: text) == TraceID(id))
  }

  @Test(arguments: ["", "xyz", "ae6611b874cdd57", "rmYRuHTN1X", "not-an-id-at-all", "+e6611b874cdd57e"])
  func whatIsNoSpanID(_ text: String) {
    #expect(SpanID(text) == nil)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_700_000_000_000, "2023-11-14T22:13:20Z"),
      (1_700_000_000_596, "2023-11-14T22:13:20.596Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (4_102_444_799_000, "2099-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func timesAreWritten(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(
    arguments: [
      ("2026-11-16", 1_794_787_200_000), ("2026-11-16T09:00", 1_794_819_600_000),
      ("2026-11-16 10:00:00+01:00", 1_794_819_600_000),
      ("2026-11-16T09:00:00.5Z", 1_794_819_600_500), ("1794819600000", 1_794_819_600_000),
    ] as [(String, Int64)])
  func timesAreRead(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "yesterday", "2026-13-01", "2026-02-30", "2026-11-16T25:00", "2026-11-16T09:00:00X", "16.11.2026", "123",
  ])
  func whatIsNoTime(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func nanosecondsAreExact() {
    #expect(Timestamp(nanoseconds: 1_794_819_600_000_040_123).rfc3339 == "2026-11-16T09:00:00.000040123Z")
    for nanoseconds in [Int64.min, .min + 1, -1, 0, .max] {
      let time = Timestamp(nanoseconds: nanoseconds)
      #expect(Timestamp(time.rfc3339) == time, "\(time.rfc3339)")
    }
  }
}

@Suite("Spans are read from MLflow's stored encoding")
struct StoredSpanTests {
  @Test func attributesAreDecodedWhenAsked() throws {
    let span = try TraceFixture.span(
      1, status: .error, message: "boom",
      attributes: [
        "mlflow.spanType": "\"AGENT\"", "k": "5", "raw": "vercel_ai", "obj": "{\"a\": 1}", "empty": "{}",
        "none": "null",
      ],
      events: #"[{"name":"exception","time_unix_nano":5,"attributes":{"exception.type":"E","exception.message":"m"}}]"#)
    #expect(span.attribute("mlflow.spanType")?.text == "AGENT")
    #expect(span.attribute("k")?.decoded.int64 == 5)
    #expect(span.attribute("raw")?.text == "vercel_ai", "what is no JSON is itself")
    #expect(span.attribute("obj")?.decoded["a"]?.int64 == 1)
    #expect(span.attribute("empty")?.isEmpty == true)
    #expect(span.attribute("none")?.isEmpty == true)
    #expect(span.status == .error)
    #expect(span.statusMessage == "boom")
    #expect(span.events.first?.exception?.type == "E")
    #expect(span.durationNanoseconds == 10_000_000)
  }

  @Test(arguments: [
    ("[]", "not an object"), ("{", "not JSON"), ("{}", "no readable span_id"),
    (#"{"span_id":"ae6611b874cdd57e"}"#, "no readable start_time_unix_nano"),
  ])
  func whatIsMissingIsNamed(_ text: String, _ words: String) {
    #expect {
      try Span(stored: Array(text.utf8))
    } throws: { error in
      "\(error)".contains(words)
    }
  }

  @Test func olderReleasesWriteAnEmptyParentAndTimesAsText() throws {
    let span = try Span(
      stored: Array(
        #"{"span_id":"rmYRuHTN1X4=","parent_span_id":"","start_time_unix_nano":"1794819600000040000","status":{}}"#.utf8
      ))
    #expect(span.parentID == nil)
    #expect(span.startTime.nanoseconds == 1_794_819_600_000_040_000)
    #expect(span.status == .unset)
  }
}

@Suite("The spans are a forest, whatever the data says")
struct SpanTreeTests {
  @Test func childrenStandInOrderOfStart() throws {
    let trace = TraceFixture.trace([
      try TraceFixture.span(3, parent: 1, start: 5), try TraceFixture.span(2, parent: 1, start: 2),
      try TraceFixture.span(1),
    ])
    let tree = SpanTree(trace.spans)
    #expect(trace.spans.map(\.id.value) == [1, 2, 3], "aliases count by start")
    #expect(tree.roots == [0])
    #expect(tree.children[0] == [1, 2])
    #expect(tree.depths == [0, 1, 1])
    #expect(tree.subtreeSizes == [3, 1, 1])
    #expect(tree.depthFirst() == [0, 1, 2])
  }

  @Test func aLostParentMakesARoot() throws {
    let trace = TraceFixture.trace([try TraceFixture.span(1), try TraceFixture.span(2, parent: 99, start: 1)])
    let tree = SpanTree(trace.spans)
    #expect(tree.roots == [0, 1])
    #expect(tree.orphans == [1])
  }

  @Test(arguments: [[1: 1], [1: 2, 2: 1], [1: 2, 2: 3, 3: 1], [1: 2, 2: 1, 3: 1, 4: 3]] as [[UInt64: UInt64]])
  func ringsAreCut(_ parents: [UInt64: UInt64]) throws {
    let trace = TraceFixture.trace(
      try parents.keys.sorted().map { try TraceFixture.span($0, parent: parents[$0], start: Int64($0)) })
    let tree = SpanTree(trace.spans)
    #expect(tree.cycleCuts == [0])
    #expect(tree.roots == [0])
    #expect(tree.depthFirst().sorted() == Array(trace.spans.indices), "no span is lost")
  }
}

@Suite struct SaturatingTests {
  @Test(arguments: [
    (Int64.max, Int64.max), (.max, .min), (.min, .max), (.min, .min), (.min, -1), (-1, .min), (.max, -1), (0, .min),
    (7, 5), (-7, 5),
  ])
  func staysAtTheLimit(left: Int64, right: Int64) {
    // 128 bits hold every result.
    func limited(_ exact: Int128) -> Int64 { Int64(clamping: exact) }
    let (wideLeft, wideRight) = (Int128(left), Int128(right))
    #expect(left.addingSaturating(right) == limited(wideLeft + wideRight))
    #expect(left.subtractingSaturating(right) == limited(wideLeft - wideRight))
    #expect(left.multipliedSaturating(by: right) == limited(wideLeft * wideRight))
  }
}
