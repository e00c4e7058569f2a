import JSONText
import LensTestSupport
import LensTools
import Testing
import TraceModel

@testable import LensReport

@Suite("A trace and a session in a terminal")
struct TerminalTests {
  private static func style(_ width: Int, color: Bool = false, unicode: Bool = true) -> TerminalStyle {
    TerminalStyle(width: width, usesColor: color, usesUnicode: unicode)
  }

  private static func lines(_ subject: Subject, _ style: TerminalStyle, rows: Int = 200) async throws -> [String] {
    try await TerminalView(subject, style: style, rows: rows, in: Made.context()).text.split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  private static func trace() throws -> Trace {
    TraceFixture.trace(
      [
        try TraceFixture.span(
          1, name: "日本語のエージェント", start: 0, end: 1_000,
          attributes: ["mlflow.spanType": #""AGENT""#, "mlflow.spanInputs": #""東京の天気は?""#]),
        try TraceFixture.span(
          2, parent: 1,
          name: "a tool with a name that is much longer than any terminal would like it to be, and then some",
          start: 250, end: 500, status: .error, message: "no 👍 such e\u{301}",
          attributes: ["mlflow.spanType": #""TOOL""#]),
        try TraceFixture.span(3, parent: 1, name: "\u{1B}[31mred\u{202E}", start: 500, end: nil),
      ])
  }

  @Test(arguments: [40, 80, 132]) func noLineIsWiderThanTheTerminal(_ width: Int) async throws {
    let trace = try Self.trace()
    for subject in [
      Subject.trace(trace), .session(id: "日本", traces: [trace, trace]), try await Made.sample("failing_agent"),
    ] {
      for line in try await Self.lines(subject, Self.style(width)) {
        #expect(Columns.width(line) <= width, "\(line)")
      }
    }
  }

  @Test func colourChangesNothingButColour() async throws {
    let trace = try Self.trace()
    for subject in [Subject.trace(trace), .session(id: "s", traces: [trace])] {
      let plain = try await Self.lines(subject, Self.style(80)).joined(separator: "\n")
      let colored = try await Self.lines(subject, Self.style(80, color: true)).joined(separator: "\n")
      #expect(!plain.contains("\u{1B}"))
      #expect(colored.contains("\u{1B}[31m"))
      let stripped = colored.replacing(try Regex(#"\x1B\[[0-9]+m"#), with: "")
      #expect(
        stripped.split(separator: "\n").map { Self.trimmed($0) }
          == plain.split(separator: "\n").map { Self.trimmed($0) })
    }
  }

  private static func trimmed(_ text: Substring) -> String { String(text.reversed().drop { $0 == " " }.reversed()) }

  @Test func withoutUnicodeEverythingIsASCII() async throws {
    let trace = try Self.trace()
    for subject in [Subject.trace(trace), .session(id: "日本", traces: [trace])] {
      let text = try await Self.lines(subject, Self.style(80, unicode: false)).joined(separator: "\n")
      #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
      #expect(text.contains("===="))
    }
  }

  @Test func barsStandWhereTheTimeIs() async throws {
    let style = Self.style(80)
    #expect(style.bar(from: 0, to: 1, columns: 4) == "━━━━")
    #expect(style.bar(from: 0.25, to: 0.5, columns: 4) == " ━  ")
    #expect(style.bar(from: 0.125, to: 0.375, columns: 4) == "╺╸  ")
    #expect(style.bar(from: 1, to: 1, columns: 4) == "   ╺")
    #expect(style.bar(from: -2, to: .infinity, columns: 3).count == 3)
    let rows = try await Self.lines(.trace(try Self.trace()), style).filter { $0.hasPrefix("s") }
    #expect(rows.count == 3)
    #expect(rows[1].hasSuffix("━") && rows[1].contains("✗") && rows[1].contains("[1]"))
  }

  @Test func whatFailedIsShownHoweverDeep() async throws {
    var spans = [try TraceFixture.span(1, name: "root", end: 1_000)]
    for number in 2...400 {
      let isLast = number == 400
      spans.append(
        try TraceFixture.span(
          UInt64(number), parent: UInt64(number < 6 || isLast ? number - 1 : 5), name: isLast ? "deep" : "step",
          start: Int64(number), end: Int64(number + 1), status: isLast ? .error : .ok))
    }
    let text = try await Self.lines(.trace(TraceFixture.trace(spans)), Self.style(100), rows: 20).joined(
      separator: "\n")
    #expect(text.contains("deep") && text.contains("more spans: --rows 400"))
    #expect(text.split(separator: "\n").count { $0.hasPrefix("s") } <= 20)
  }

  @Test(arguments: [("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("👍", 2), ("ｶ", 1), ("한", 2), ("❤️", 2), ("Ω", 1)])
  func charactersAreMeasuredInColumns(_ text: String, _ width: Int) {
    #expect(Columns.width(text) == width)
    #expect(Columns.width(Columns.cut(String(repeating: text, count: 50), to: 21, ellipsis: "…")) <= 21)
  }

  @Test func wordsAreWrappedAndCut() {
    #expect(Columns.wrapped("one two three four", to: 9, lines: 2, ellipsis: "…") == ["one two", "three fo…"])
    #expect(Columns.wrapped("one two", to: 9, lines: 2, ellipsis: "…") == ["one two"])
    #expect(Columns.wrapped("", to: 9, lines: 2, ellipsis: "…") == [""])
    #expect(
      Columns.wrapped("unbreakable-and-long tail", to: 9, lines: 2, ellipsis: "…").allSatisfy { Columns.width($0) <= 9 }
    )
  }
}
