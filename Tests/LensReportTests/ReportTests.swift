import Foundation
import JSONText
import LensTestSupport
import LensTools
import MCP
import Testing
import TraceModel
import TraceStores

@testable import LensReport

/// What a page is made with: the sample store, for its experiments.
enum Made {
  static func context(revealsSecrets: Bool = false) -> LensContext {
    let locator = StoreLocator(
      option: "sqlite:///Samples/mlflow.db", environment: [:], workingDirectory: PackageRoot.url.path)
    return LensContext(
      locator: locator, environment: [:], face: .commandLine, revealsSecrets: revealsSecrets,
      now: { Timestamp(milliseconds: 0) })
  }

  static func page(
    _ subject: Subject, limits: Report.Limits = Report.Limits(), revealsSecrets: Bool = false
  ) async throws -> String {
    let report = try await Report(
      subject, limits: limits, version: "0", in: context(revealsSecrets: revealsSecrets))
    return String(decoding: report.html, as: UTF8.self)
  }

  /// The data that the page's script reads.
  static func data(_ page: String) throws -> JSONValue {
    let start = try #require(page.firstRange(of: #"<script type="application/json" id="data">"#)).upperBound
    let end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
    return try JSONDocument(String(page[start..<end])).root
  }

  static func sample(_ name: String) async throws -> Subject {
    let id = try #require(try SampleManifest.substitutions()["TRACE:\(name)"])
    return try await Subject.find(
      Subject.Reference(id: id, traceID: nil, sessionID: nil, experimentID: nil), in: context())
  }
}

@Suite("A report is one file that nothing recorded can act in")
struct ReportTests {
  private static let hostile = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--<script>", "javascript:alert(1)", "]]>",
    "\u{2028}\u{2029}", "\u{1B}[31m", "\u{202E}", "</title></style>", "&lt;b&gt;", "'\"`${alert(1)}",
  ]

  private static func hostileTrace() throws -> Trace {
    let words = hostile.joined(separator: " ")
    let text = JSON.string(words).text
    let inputs = JSON.object([JSON.Member(words, .string(words)), JSON.Member("nested", .string("{\"a\":\(text)}"))])
      .text
    let event = JSON.array([
      [
        "name": .string(words), "time_unix_nano": 1_794_819_600_000_000_000,
        "attributes": .object([JSON.Member(words, .string(words))]),
      ]
    ]).text
    return TraceFixture.trace(
      [
        try TraceFixture.span(
          1, name: words, status: .error, message: words,
          attributes: ["mlflow.spanInputs": inputs, "mlflow.spanOutputs": text, "mlflow.spanType": text], events: event)
      ], metadata: [ReservedKey.session: words, ReservedKey.user: words],
      tags: [ReservedKey.traceName: words, words: words],
      assessments: [try TraceFixture.feedback(words, text, rationale: words)], id: words)
  }

  @Test func noMarkupComesFromData() async throws {
    let trace = try Self.hostileTrace()
    for subject in [Subject.trace(trace), .session(id: Self.hostile.joined(), traces: [trace])] {
      let page = try await Made.page(subject)
      let own = Page.html(title: "", data: Array("{}".utf8)).count { $0 == UInt8(ascii: "<") }
      #expect(page.utf8.count { $0 == UInt8(ascii: "<") } == own, "no < beyond those of the page itself")
      // Nothing that splits a line or moves a cursor is in the file as it is.
      #expect(!page.unicodeScalars.contains { $0 != "\n" && SafeText.isHarmful($0) })
      _ = try Made.data(page)
    }
  }

  @Test func theScriptMakesTextOnly() {
    for word in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "</", "fetch(", "href",
      "<!--",
    ] {
      #expect(!Page.script.contains(word), "\(word)")
    }
    #expect(!Page.style.contains("</") && !Page.style.contains("url("))
  }

  @Test func thePolicyNamesTheStyleAndTheScriptThatAreThere() async throws {
    let page = try await Made.page(try await Made.sample("failing_agent"))
    func part(_ open: String, _ close: String) throws -> String {
      let start = try #require(page.firstRange(of: open)).upperBound
      return String(page[start..<(try #require(page[start...].firstRange(of: close)).lowerBound)])
    }
    for (kind, text) in [("style", try part("<style>", "</style>")), ("script", try part("\n<script>", "</script>"))] {
      #expect(page.contains("\(kind)-src 'sha256-\(Base64.encode(SHA256.digest(Array(text.utf8))))'"))
    }
    #expect(page.contains("default-src 'none'") && !page.contains("unsafe-inline"))
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
  ]) func digestsAreThoseOfTheStandard(_ text: String, _ digest: String) {
    let hex = SHA256.digest(Array(text.utf8)).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
    #expect(hex.joined() == digest)
  }

  @Test func credentialsAreMaskedWhereverTheyStand() async throws {
    let secret = "sk-proj-abcdefghijklmnopqrstuvwx"
    let words = JSON.string("key \(secret)").text
    let trace = TraceFixture.trace(
      [
        try TraceFixture.span(
          1, name: "call \(secret)", status: .error, message: "bad key \(secret)",
          attributes: [
            "mlflow.spanInputs": #"{"password": "swordfish", "key": \#(words)}"#, "secret_key": #""opensesame""#,
          ])
      ], tags: ["t": secret, "api_token_password": "swordfish"],
      assessments: [try TraceFixture.feedback("ok", words, rationale: "because \(secret)")])
    for subject in [Subject.trace(trace), .session(id: "s", traces: [trace])] {
      let masked = try await Made.page(subject)
      for word in [secret, "swordfish", "opensesame"] { #expect(!masked.contains(word), "\(word)") }
      let shown = try await Made.page(subject, revealsSecrets: true)
      for word in [secret, "swordfish", "opensesame"] { #expect(shown.contains(word), "\(word)") }
    }
  }

  @Test func theSameSubjectGivesTheSameBytes() async throws {
    let subject = try await Made.sample("failing_agent")
    #expect(try await Made.page(subject) == (try await Made.page(subject)))
  }

  @Test func whatWasRecordedIsThereWhole() async throws {
    let value = #"{"n": 123456789012345678901234567890, "f": 1.0, "nan": NaN, "s": "a\nb"}"#
    let trace = TraceFixture.trace([try TraceFixture.span(1, attributes: ["mlflow.spanOutputs": value])])
    let data = try Made.data(try await Made.page(.trace(trace)))
    let place = try #require(data["traces"]?[0]?["spans"]?[0]?["outputs"]?.int64)
    #expect(data["payloads"]?[Int(place)]?.string == value)
  }

  @Test func blanksBetweenTokensDoNotBecomeEscapes() async throws {
    let trace = TraceFixture.trace([
      try TraceFixture.span(1, attributes: ["mlflow.spanOutputs": "{\n  \"a\": [\n 1 ]\n}"])
    ])
    let data = try Made.data(try await Made.page(.trace(trace)))
    let place = try #require(data["traces"]?[0]?["spans"]?[0]?["outputs"]?.int64)
    #expect(data["payloads"]?[Int(place)]?.string == #"{"a":[1]}"#)
  }

  // MARK: Budget

  @Test func longValuesKeepHeadAndTailAndSayHowMuchIsMissing() async throws {
    let text = "HEAD" + String(repeating: "x", count: 50_000) + "TAIL"
    let trace = TraceFixture.trace([
      try TraceFixture.span(1, attributes: ["mlflow.spanOutputs": JSON.string(text).text])
    ])
    let data = try Made.data(try await Made.page(.trace(trace), limits: Report.Limits(value: 1_000, total: 10_000)))
    let place = try #require(data["traces"]?[0]?["spans"]?[0]?["outputs"]?.int64)
    let value = try #require(data["payloads"]?[Int(place)])
    let (head, tail) = (try #require(value[0]?.string), try #require(value[1]?.string))
    #expect(head.hasPrefix("\"HEAD") && tail.hasSuffix("TAIL\""))
    #expect(head.utf8.count == 750 && tail.utf8.count == 250)
    #expect(value[2]?.int64 == Int64(text.utf8.count + 2))
    // The asked-for words (the answer) are the same text, cut likewise.
    #expect(data["omitted"]?[1]?.int64 == Int64(text.utf8.count + 2 - 1_000))
    #expect(data["traces"]?[0]?["read"]?.string?.hasPrefix("mlflow-lens get-trace --trace-id tr-") == true)
  }

  @Test func allValuesTogetherStayWithinTheirBudget() async throws {
    let spans = try (1...200).map { number in
      try TraceFixture.span(
        UInt64(number), parent: number == 1 ? nil : 1,
        attributes: ["mlflow.spanOutputs": JSON.string("\(number) " + String(repeating: "y", count: number * 20)).text])
    }
    let data = try Made.data(
      try await Made.page(.trace(TraceFixture.trace(spans)), limits: Report.Limits(value: 5_000, total: 40_000)))
    let payloads = try #require(data["payloads"])
    func size(_ value: JSONValue) -> Int {
      value.string?.utf8.count ?? (0..<2).reduce(0) { $0 + (value[$1]?.string?.utf8.count ?? 0) }
    }
    #expect(payloads.elements.reduce(0) { $0 + size($1) } <= 40_000)
    // Short ones are whole: it is the longest that are cut.
    #expect(payloads.elements.filter { $0.kind == .string }.count > 5)
    #expect(payloads.elements.contains { $0.kind == .array })
  }

  @Test func theSameValueStandsThereOnce() async throws {
    let text = JSON.string(String(repeating: "the same words ", count: 40)).text
    let spans = try (1...9).map {
      try TraceFixture.span(UInt64($0), attributes: ["mlflow.spanInputs": text, "mlflow.spanOutputs": text])
    }
    let page = try await Made.page(.trace(TraceFixture.trace(spans)))
    let payloads = try #require(try Made.data(page)["payloads"])
    #expect(payloads.elements.count { $0.string?.contains("the same words") ?? false } == 1)
  }

  @Test(arguments: [
    ("../../etc/passwd", "mlflow-lens-..-..-etc-p.html"), ("tr-0123456789abcdef", "mlflow-lens-tr-01234567.html"),
    ("a b\u{0}$(x)\"é", "mlflow-lens-a-b---x---.html"),
  ]) func theFilesNameIsOfPlainLetters(_ id: String, _ name: String) async throws {
    let trace = TraceFixture.trace([try TraceFixture.span(1)], id: id)
    #expect(try await Report(.trace(trace), version: "0", in: Made.context()).fileName == name)
  }
}
